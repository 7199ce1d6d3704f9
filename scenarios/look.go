package scenarios

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/enum"
)

// LookKind says why a look was taken.
type LookKind int

// The kinds of look. Several First looks in a row count as one: the later ones
// make the first longer, where the number of coordinators was not known.
const (
	LookFirst   LookKind = iota
	LookConfirm          // a fresh look, since something is not decided
	LookThird            // in results of earlier versions: the one after confirm
	LookExtend           // one three times as long, since something is near its limit
	LookWhole            // all sessions of a run that is not made of looks
)

var lookNames = []string{"first", "confirm", "third", "extend", "whole"}

// String returns the name that result files use.
func (k LookKind) String() string { return enum.Name(lookNames, k, "") }

// MarshalText writes the name.
func (k LookKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name; it fails on any other.
func (k *LookKind) UnmarshalText(b []byte) error { return enum.Parse(lookNames, "look", b, k) }

// Look is one batch of sessions, judged at once. Tally holds the sessions that
// were meant to be N, Burst those that were opened together after them; a
// session whose certificate was refused is in neither.
type Look struct {
	Kind    LookKind     `json:"kind"`
	Planned int          `json:"planned"` // N: how many sessions, the burst not counted
	Cut     bool         `json:"cut"`     // ended early, by a breaker or a signal
	Tally   Tally        `json:"tally"`
	Burst   Tally        `json:"burst,omitempty"`
	Errors  []ErrorGroup `json:"errors,omitempty"` // sorted by class, then coordinator
	Seen    []Seen       `json:"seen,omitempty"`   // by name, sorted
	Refused int          `json:"refused,omitempty"`

	// The sessions of Tally as they came to the balancer, those left out that this
	// machine could not open: in order, and then the others. Both are empty in
	// results of earlier versions.
	Sequence Sequence `json:"sequence,omitzero"`
	Blocks   Blocks   `json:"blocks,omitzero"`

	// Of a merged result: how many machines took the look side by side (0: one), the
	// order of each of them in the place of Sequence where several have one, and whether
	// this look and the one before it are one batch, taken by two runs.
	Clients   int        `json:"clients,omitempty"`
	Sequences []Sequence `json:"sequences,omitempty"`
	Joins     bool       `json:"joins,omitempty"`

	Successes []SuccessGroup `json:"successes,omitempty"` // sorted by place
	Failures  []FailureGroup `json:"failures,omitempty"`  // sorted by class, then place
}

// Seen is what one look learned of a coordinator besides how often it answered.
type Seen struct {
	Coordinator string   `json:"coordinator"`
	PIDs        []int32  `json:"pids,omitempty"`        // in the order of appearance; two mean a restart, or two processes
	Returns     int      `json:"pid_returns,omitempty"` // how often a pid was seen again after another one
	Versions    []string `json:"versions,omitempty"`
	Weak        bool     `json:"weak,omitempty"` // the name came from a weak source

	pid int32 // the latest
}

// SharedName reports whether several processes have the name. After a restart the
// pid before does not come back, but for a few sessions that end out of order.
func (s Seen) SharedName() bool {
	const many = 3
	return len(s.PIDs) > 1 && s.Returns >= many
}

// Add folds an observation into the look. Scout and settle sessions, and those
// whose certificate was refused, are not tallied.
func (l *Look) Add(o Observation) {
	switch {
	case o.Refused:
		l.Refused++
		return
	case o.Part == PartScout || o.Part == PartSettle:
		return
	case o.Part == PartBurst:
		l.Burst.Add(o.Node, o.Who.Coordinator, o.Outcome)
	default:
		l.Tally.Add(o.Node, o.Who.Coordinator, o.Outcome)
		l.addToOrder(o)
	}
	l.addToGroup(o)
	if o.Outcome == OutcomeFailed {
		l.addError(o)
	}
	if o.Who.Coordinator != "" {
		l.addSeen(o.Who)
	}
}

// addToOrder keeps where the session stands among the others.
func (l *Look) addToOrder(o Observation) {
	switch {
	case o.Outcome == OutcomeFailed && o.Class.IsLocal(): // it never came to the balancer
	case o.Part == PartOrdered:
		l.Sequence.Add(Session{Node: o.Node, Coordinator: o.Who.Coordinator, Local: o.Local.Addr().Unmap()})
	default:
		l.Blocks.Add(o.Seq, o.Node, o.Who.Coordinator)
	}
}

// Merge adds the sessions of other, which is part of the same look. The ordered
// sessions are all in one of the two: a sequence cannot be merged.
func (l *Look) Merge(other Look) {
	l.Sequence.Append(other.Sequence)
	l.Blocks.Merge(other.Blocks)
	l.Tally.Merge(other.Tally)
	l.Burst.Merge(other.Burst)
	l.Errors = MergeErrors(l.Errors, other.Errors...)
	l.Successes = MergeSuccesses(l.Successes, other.Successes...)
	l.Failures = MergeFailures(l.Failures, other.Failures...)
	l.Refused += other.Refused
	for _, s := range other.Seen {
		for i := range max(len(s.PIDs), len(s.Versions), 1) {
			who := s.identity(i)
			l.learn(who).rememberPID(who.PID)
		}
		into := l.learn(s.identity(0))
		into.Returns += s.Returns
		into.pid = s.pid
	}
}

// MergeClient adds the look that another machine took at the same time. Their orders
// stay apart: what two machines did has none. Sessions without an order, and those that
// groups speak of, are numbered by machine.
func (l *Look) MergeClient(other Look) {
	orders := slices.Concat(l.Orders(), other.Orders())
	planned, cut, clients := l.Planned+other.Planned, l.Cut || other.Cut, max(1, l.Clients)+max(1, other.Clients)
	l.Sequence, other.Sequence = Sequence{}, Sequence{}
	l.Merge(other)
	l.Planned, l.Cut, l.Clients, l.Sequences = planned, cut, clients, orders
	if len(orders) == 1 {
		l.Sequence, l.Sequences = orders[0], nil
	}
}

// Continues reports whether the look and the one before it are one batch.
func (l Look) Continues(before Look) bool {
	return l.Joins || l.Kind == LookFirst && before.Kind == LookFirst
}

// Orders are the sequences of the look: one, or in a merged result one of each machine;
// none where no session was in order.
func (l Look) Orders() []Sequence {
	if len(l.Sequence.Steps) > 0 {
		return []Sequence{l.Sequence}
	}
	return l.Sequences
}

// Ordered counts the sessions that have an order.
func (l Look) Ordered() int {
	n := 0
	for _, s := range l.Orders() {
		n += len(s.Steps)
	}
	return n
}

// identity is one of those that s was learned from.
func (s Seen) identity(i int) Identity {
	who := Identity{Coordinator: s.Coordinator, Source: SourcePing}
	if s.Weak {
		who.Source = SourceCoordinator
	}
	if i < len(s.PIDs) {
		who.PID = s.PIDs[i]
	}
	if i < len(s.Versions) {
		who.Version = s.Versions[i]
	}
	return who
}

// All is the tally of every session of the look, the burst included.
func (l Look) All() Tally {
	all := slices.Clone(l.Tally)
	all.Merge(l.Burst)
	return all
}

// Local counts the sessions that failed for want of something of the measuring machine,
// and so never came to the balancer.
func (l Look) Local() int {
	n := 0
	for _, g := range l.Errors {
		if g.Class.IsLocal() {
			n += g.Count
		}
	}
	return n
}

// NextLook is a further look that the judges ask for; the zero value asks for none.
// A finding that waits for a look is inconclusive, and stays so where the look
// cannot be had.
type NextLook struct {
	Kind     LookKind
	Sessions int
	Why      string // one clause for the progress line: "balance.coverage alarmed"
}

// addSeen takes in who answered a session.
func (l *Look) addSeen(who Identity) {
	s := l.learn(who)
	if who.PID == 0 || who.PID == s.pid {
		return
	}
	if s.pid != 0 && slices.Contains(s.PIDs, who.PID) {
		s.Returns++
	}
	s.rememberPID(who.PID)
	s.pid = who.PID
}

// learn adds what is new in who to what is known of the coordinator.
func (l *Look) learn(who Identity) *Seen {
	i, found := slices.BinarySearchFunc(l.Seen, who.Coordinator, func(s Seen, name string) int {
		return cmp.Compare(s.Coordinator, name)
	})
	if !found {
		l.Seen = slices.Insert(l.Seen, i, Seen{Coordinator: who.Coordinator, Weak: who.Source.Weak()})
	}
	s := &l.Seen[i]
	if who.Version != "" && !slices.Contains(s.Versions, who.Version) && len(s.Versions) < maxSeen {
		s.Versions = append(s.Versions, who.Version)
	}
	return s
}

func (s *Seen) rememberPID(pid int32) {
	if pid != 0 && !slices.Contains(s.PIDs, pid) && len(s.PIDs) < maxSeen {
		s.PIDs = append(s.PIDs, pid)
	}
}

// maxSeen bounds the pids and versions remembered of one coordinator.
const maxSeen = 16
