package scenarios

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
)

// Logins is how long sessions took to open from when they started, all of them and
// by coordinator; by node it is in [NodeTally]. A wait for a slot, or for sessions
// before, is not in it, for that would be another coordinator's.
type Logins struct {
	All          Spread            `json:"all"`
	Coordinators map[string]Spread `json:"coordinators"` // by name, as far as they fit

	// Times are those that the spreads are of, so that a merge is exact; nil in results
	// of earlier versions.
	Times *LoginTimes `json:"times,omitempty"`
}

// LoginTimes are the times of logins: all, by coordinator, and by node.
type LoginTimes struct {
	All          Times       `json:"all"`
	Coordinators TimesByName `json:"coordinators"`
	Nodes        TimesByName `json:"nodes"`
}

// TimesByName are times by the name of a coordinator or the address of a node.
type TimesByName map[string]Times

// MaxNames is the longest list of times by name: each is a few bytes in a file and close
// to 200 KB in memory.
const MaxNames = 256

// UnmarshalJSON reads as many as a run can have, which is checked before any is decoded.
func (t *TimesByName) UnmarshalJSON(b []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	if err := checkLength(len(raw), MaxNames); err != nil {
		return err
	}
	*t = make(TimesByName, len(raw))
	for name, text := range raw {
		var times Times
		if err := json.Unmarshal(text, &times); err != nil {
			return fmt.Errorf("%.100q: %w", name, err)
		}
		(*t)[name] = times
	}
	return nil
}

// Merge adds all that other has recorded, of as many names as fit.
func (t TimesByName) Merge(other TimesByName) {
	for _, name := range slices.Sorted(maps.Keys(other)) {
		if _, ok := t[name]; !ok && len(t) >= MaxNames {
			continue
		}
		into := t[name]
		into.Merge(other[name])
		t[name] = into
	}
}

// Has reports whether t has all names that other has.
func (t TimesByName) Has(other TimesByName) bool {
	for name := range other {
		if _, ok := t[name]; !ok {
			return false
		}
	}
	return true
}

// Merge adds all that other has recorded.
func (l *LoginTimes) Merge(other LoginTimes) {
	if l.Coordinators == nil {
		l.Coordinators, l.Nodes = TimesByName{}, TimesByName{}
	}
	l.All.Merge(other.All)
	l.Coordinators.Merge(other.Coordinators)
	l.Nodes.Merge(other.Nodes)
}

// LoginsOf shortens times; nil where no login was timed.
func LoginsOf(t LoginTimes) *Logins {
	if t.All.Count() == 0 {
		return nil
	}
	out := &Logins{All: SpreadOf(t.All), Coordinators: map[string]Spread{}, Times: &t}
	for name, times := range t.Coordinators {
		out.Coordinators[name] = SpreadOf(times)
	}
	return out
}

// Over is how long logins over a node took; nil where none was timed.
func (l *Logins) Over(node netip.AddrPort) *Spread {
	if l == nil || l.Times == nil {
		return nil
	}
	times, ok := l.Times.Nodes[node.String()]
	if !ok {
		return nil
	}
	out := SpreadOf(times)
	return &out
}

// Spread is how long something took, in short.
type Spread struct {
	Count int     `json:"count"`
	Min   Seconds `json:"min_s"`
	P50   Seconds `json:"p50_s"`
	P95   Seconds `json:"p95_s"`
	Max   Seconds `json:"max_s"`
}

// SpreadOf shortens times.
func SpreadOf(t Times) Spread {
	return Spread{
		Count: t.Count(), Min: SecondsOf(t.Min()), P50: SecondsOf(t.Quantile(.5)), P95: SecondsOf(t.Quantile(.95)), Max: SecondsOf(t.Max()),
	}
}
