package balance

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// sourceStats is what a look says under policy source: each client address meets one
// coordinator on each node.
type sourceStats struct {
	addresses int // of this machine
	split     []splitKey
	toDiffer  int   // sessions, or addresses, that meet one coordinator alone by no chance
	toSee     int   // addresses that meet every coordinator
	missing   []int // slots that none of them met
}

// splitKey is a client address that met several coordinators on one node.
type splitKey struct {
	node   int
	local  netip.Addr
	values []int
}

// clientAddress is an address of one of the machines that took a look: two of them may
// have the same one, each in its own network.
type clientAddress struct {
	client int
	local  netip.Addr
}

func (a clientAddress) compare(b clientAddress) int {
	return cmp.Or(cmp.Compare(a.client, b.client), a.local.Compare(b.local))
}

// judgeSource asks whether the address decides (order), and whether the addresses
// spread over the coordinators (coverage).
func (l *lookStats) judgeSource() {
	one := answer{why: "policy source was declared: the address decides which coordinator answers"}
	l.answers = [numRules]answer{reachRule: one, imbalanceRule: one}
	if !l.sequenced || l.mixed {
		why := noSequence
		if l.mixed {
			why = "several machines took this look, and the result does not hold which of them opened the sessions that have no order"
		}
		l.answers[orderRule], l.answers[coverageRule] = answer{why: why}, answer{why: why}
		return
	}
	l.reach.due = l.shares
	l.readKeys()
	l.answers[orderRule] = l.answerSplit()
	l.answers[coverageRule] = l.answerSpread()
}

func (l *lookStats) readKeys() {
	type key struct {
		node int
		clientAddress
	}
	met := map[key][]int{}
	var addresses []clientAddress
	for _, e := range l.events {
		if e.value == unknown || e.how == inBurst {
			continue
		}
		k := key{e.node, clientAddress{e.client, e.local}}
		if !slices.Contains(met[k], e.value) {
			met[k] = append(met[k], e.value)
		}
		if !slices.Contains(addresses, k.clientAddress) {
			addresses = append(addresses, k.clientAddress)
		}
	}
	s := &l.source
	s.addresses = len(addresses)
	slices.SortFunc(addresses, clientAddress.compare)
	for node := range l.nodes {
		for _, address := range addresses {
			if values := met[key{node, address}]; len(values) > 1 {
				slices.Sort(values)
				s.split = append(s.split, splitKey{node, address.local, values})
			}
		}
	}
	p := l.shares
	if len(p) < 2 {
		p = stats.Fractions(make([]float64, 2))
	}
	s.toDiffer = stats.DrawsToDiffer(p, l.alpha)
	s.toSee = stats.DrawsToSee(slices.Min(p), l.alpha/float64(len(p)))
}

// answerSplit is an alarm where one address met several coordinators on one node.
func (l *lookStats) answerSplit() answer {
	switch n := l.identified(); {
	case len(l.source.split) > 0:
		return answer{state: alarm}
	case n < l.source.toDiffer:
		return answer{state: idle, why: fmt.Sprintf("%s on one coordinator could be chance; %d are needed", phrase.Count(n, "session"), l.source.toDiffer), final: true}
	}
	return answer{state: quiet}
}

// answerSpread is an alarm where so many addresses met so few coordinators that
// the address cannot have decided.
func (l *lookStats) answerSpread() answer {
	s, present := &l.source, l.present()
	s.missing = unseen(l.all)
	switch {
	case len(s.missing) == 0:
		return answer{state: quiet}
	case len(present) == 1 && s.addresses >= s.toDiffer, s.addresses >= s.toSee:
		return alarmOf(s.missing)
	case s.addresses == 1:
		return answer{why: "one client address shows one coordinator under policy source"}
	}
	return answer{why: fmt.Sprintf("%d client addresses are too few to show every coordinator under policy source; that takes %d", s.addresses, s.toSee)}
}
