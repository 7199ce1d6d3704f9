package balance

import (
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

// judgeSource asks whether the address decides (order), and whether the addresses
// spread over the coordinators (coverage).
func (l *lookStats) judgeSource() {
	one := answer{why: "policy source was declared: the address decides which coordinator answers"}
	l.answers = [numRules]answer{reachRule: one, imbalanceRule: one}
	if !l.sequenced {
		l.answers[orderRule], l.answers[coverageRule] = answer{why: noSequence}, answer{why: noSequence}
		return
	}
	l.reach.due = l.shares
	l.readKeys()
	l.answers[orderRule] = l.answerSplit()
	l.answers[coverageRule] = l.answerSpread()
}

func (l *lookStats) readKeys() {
	type key struct {
		node  int
		local netip.Addr
	}
	met := map[key][]int{}
	var addresses []netip.Addr
	for _, e := range l.events {
		if e.value == unknown || e.how == inBurst {
			continue
		}
		k := key{e.node, e.local}
		if !slices.Contains(met[k], e.value) {
			met[k] = append(met[k], e.value)
		}
		if !slices.Contains(addresses, e.local) {
			addresses = append(addresses, e.local)
		}
	}
	s := &l.source
	s.addresses = len(addresses)
	slices.SortFunc(addresses, netip.Addr.Compare)
	for node := range l.nodes {
		for _, local := range addresses {
			if values := met[key{node, local}]; len(values) > 1 {
				slices.Sort(values)
				s.split = append(s.split, splitKey{node, local, values})
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
