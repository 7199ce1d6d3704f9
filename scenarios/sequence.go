package scenarios

import (
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Sequence is the ordered sessions of a look in the order in which the balancer
// got them: one began when the one before it had ended, over all nodes. It has a
// step for each, whatever became of it, so that failures keep their place.
type Sequence struct {
	Nodes        []netip.AddrPort `json:"nodes"`
	Coordinators []string         `json:"coordinators"`
	Locals       []netip.Addr     `json:"local_addresses,omitempty"` // of this machine
	Steps        Steps            `json:"sessions"`
}

// MaxOrdered is how many sessions of one look are in order; those beyond it are
// opened in parallel.
const MaxOrdered = 1 << 12

// Step is one session: the numbers of its node, coordinator and local address in
// the lists of its sequence, from 1; 0 where that is not known.
type Step struct{ Node, Coordinator, Local int }

// Steps are written as one text, "1:2:1 2:0:1": a line for each number would
// make a result that nobody can read.
type Steps []Step

// Session is one step of a sequence by its names.
type Session struct {
	Node        netip.AddrPort
	Coordinator string     // "": unidentified
	Local       netip.Addr // zero: never connected
}

// Add appends a session.
func (s *Sequence) Add(o Session) {
	step := Step{Node: numberIn(&s.Nodes, o.Node)}
	if o.Coordinator != "" {
		step.Coordinator = numberIn(&s.Coordinators, o.Coordinator)
	}
	if o.Local.IsValid() {
		step.Local = numberIn(&s.Locals, o.Local)
	}
	s.Steps = append(s.Steps, step)
}

// numberIn is the number of v in a list, to which it is added where it is missing.
func numberIn[T comparable](list *[]T, v T) int {
	i := slices.Index(*list, v)
	if i < 0 {
		*list = append(*list, v)
		i = len(*list) - 1
	}
	return i + 1
}

// All are the sessions in order.
func (s Sequence) All() iter.Seq[Session] {
	return func(yield func(Session) bool) {
		for i := range s.Steps {
			if !yield(s.At(i)) {
				return
			}
		}
	}
}

// At is the i-th session, from 0.
func (s Sequence) At(i int) Session {
	step := s.Steps[i]
	o := Session{Node: s.Nodes[step.Node-1]}
	if step.Coordinator > 0 {
		o.Coordinator = s.Coordinators[step.Coordinator-1]
	}
	if step.Local > 0 {
		o.Local = s.Locals[step.Local-1]
	}
	return o
}

// Append adds the sessions of a later sequence.
func (s *Sequence) Append(later Sequence) {
	nodes, coordinators, locals := numbersIn(&s.Nodes, later.Nodes), numbersIn(&s.Coordinators, later.Coordinators), numbersIn(&s.Locals, later.Locals)
	for _, step := range later.Steps {
		s.Steps = append(s.Steps, Step{nodes[step.Node], coordinators[step.Coordinator], locals[step.Local]})
	}
}

// numbersIn adds what a list lacks, and returns the new number for each old one.
func numbersIn[T comparable](list *[]T, more []T) []int {
	numbers := make([]int, 1+len(more))
	for i, v := range more {
		numbers[i+1] = numberIn(list, v)
	}
	return numbers
}

// Clone is a copy that shares nothing with s.
func (s Sequence) Clone() Sequence {
	return Sequence{slices.Clone(s.Nodes), slices.Clone(s.Coordinators), slices.Clone(s.Locals), slices.Clone(s.Steps)}
}

// check fails on a list that is too long, on a step without a node, and on a number
// that its list does not have.
func (s Sequence) check() error {
	for _, n := range []int{len(s.Steps), len(s.Nodes), len(s.Coordinators), len(s.Locals)} {
		if err := checkLength(n, MaxOrdered); err != nil {
			return err
		}
	}
	for i, step := range s.Steps {
		if step.Node < 1 || step.Node > len(s.Nodes) || step.Coordinator > len(s.Coordinators) || step.Local > len(s.Locals) {
			return fmt.Errorf("sessions: number %d is %s, but there are %d nodes, %d coordinators and %d local addresses",
				i+1, step, len(s.Nodes), len(s.Coordinators), len(s.Locals))
		}
	}
	return nil
}

func (s Step) String() string { return fmt.Sprintf("%d:%d:%d", s.Node, s.Coordinator, s.Local) }

// MarshalText writes the steps.
func (s Steps) MarshalText() ([]byte, error) {
	var b []byte
	for i, step := range s {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(strconv.AppendInt(b, int64(step.Node), 10), ':')
		b = append(strconv.AppendInt(b, int64(step.Coordinator), 10), ':')
		b = strconv.AppendInt(b, int64(step.Local), 10)
	}
	return b, nil
}

// UnmarshalText reads steps.
func (s *Steps) UnmarshalText(b []byte) error {
	*s = nil
	for _, word := range strings.Fields(string(b)) {
		numbers, err := numbersOf(word, 3)
		if err != nil {
			return err
		}
		*s = append(*s, Step{numbers[0], numbers[1], numbers[2]})
	}
	return nil
}

// numbersOf reads count numbers with colons between them.
func numbersOf(word string, count int) ([]int, error) {
	parts := strings.SplitN(word, ":", count+1)
	if len(parts) != count {
		return nil, fmt.Errorf("%.40q is not %d numbers with colons between them", word, count)
	}
	out := make([]int, count)
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return nil, fmt.Errorf("%.40q is not %d numbers with colons between them", word, count)
		}
		out[i] = int(n)
	}
	return out, nil
}
