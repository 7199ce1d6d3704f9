package reconcile

import (
	"net/netip"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
)

// translated are the lines of addresses that are not ours, in case a NAT changes our
// address on the way to the balancer.
type translated struct {
	of   map[netip.Addr]*translation
	kept int
	full bool // there were more than are kept
}

// translation are the lines of one address.
type translation struct {
	lines map[uint16][]line // of those with one of our ports
	total int
}

// The bounds of what is kept of other addresses, and the share of our ports that one of
// them must have to be ours.
const (
	maxAddresses   = 10_000
	shareOfPorts   = 0.9
	minTranslated  = 5
	maxFalsePairs  = 0.1
	ephemeralPorts = 28232 // of Linux: 32768 to 60999
)

func (t *translated) add(r *balancerlog.Record, ourPort bool) {
	address := r.Client.Addr()
	of := t.of[address]
	if of == nil {
		if len(t.of) == maxAddresses {
			t.full = true
			return
		}
		of = &translation{lines: map[uint16][]line{}}
		t.of[address] = of
	}
	of.total++
	switch lines := of.lines[r.Client.Port()]; {
	case !ourPort:
	case t.kept == maxTranslated || len(lines) == maxLinesOfKey:
		t.full = true
	default:
		of.lines[r.Client.Port()] = append(lines, line{Record: *r})
		t.kept++
	}
}

// find is the one address that has nine in ten of our ports, at our times, and so few other
// lines that no pair by port alone is likely to be false. Where lines had to be left out,
// or two addresses fit, there is none.
func (j *Join) findTranslated() (netip.Addr, clock) {
	var found netip.Addr
	var c clock
	if j.translated.full {
		return found, c
	}
	for address, of := range j.translated.of {
		guess, ok := j.translatedTo(of)
		if !ok {
			continue
		}
		if found.IsValid() {
			return netip.Addr{}, clock{}
		}
		found, c = address, guess
	}
	return found, c
}

func (j *Join) translatedTo(of *translation) (clock, bool) {
	n := j.connected()
	if n < minTranslated || float64(len(of.lines)) < shareOfPorts*float64(len(j.keys)) {
		return clock{}, false
	}
	c := j.estimate(j.votesOf(of.linesOf))
	if !c.known || float64(c.votes) < shareOfPorts*float64(n) {
		return clock{}, false
	}
	seconds := max(1, j.window.end.Sub(j.window.start).Seconds())
	strangers := float64(max(0, of.total-c.votes)) / seconds
	return c, float64(n)*strangers*2*c.leeway(j.format.Resolution).Seconds()/ephemeralPorts < maxFalsePairs
}

func (of *translation) linesOf(s Session) []line {
	if !s.Client.IsValid() {
		return nil
	}
	return of.lines[s.Client.Port()]
}

// busiest is the address with the most lines near the run that is not ours.
func (t *translated) busiest() (netip.Addr, int) {
	var most netip.Addr
	n := 0
	for address, of := range t.of {
		if of.total > n || of.total == n && address.Less(most) {
			most, n = address, of.total
		}
	}
	return most, n
}

// connected counts the sessions of which our end is known.
func (j *Join) connected() int {
	n := 0
	for _, s := range j.sessions {
		if s.Client.IsValid() {
			n++
		}
	}
	return n
}

// linesOf are the lines with a session's own address and port.
func (j *Join) linesOf(s Session) []line {
	if k := j.keys[s.Client]; k != nil && s.Client.IsValid() {
		return k.lines
	}
	return nil
}

// shifted is by how many of the sessions fit the log if its clock were off by more than
// is taken for possible, and by how much.
func (j *Join) shifted(votes []vote) (time.Duration, int) {
	from, to, n := densest(votes, max(voteWidth, 2*j.format.Resolution))
	if n < minVotes {
		return 0, 0
	}
	return median(votes[from:to]), n
}
