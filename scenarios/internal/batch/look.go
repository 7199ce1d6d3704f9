package batch

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// Refusals counts the sessions that ended for their certificate, scouts included,
// which are in no look.
func Refusals(e scenarios.Measured) int {
	n := 0
	for _, l := range e.Looks {
		n += l.Refused
	}
	return max(e.Sessions.Refused, n)
}

// Look is one batch as the judges read it. Several first looks in a row are one, and so
// are those that repeated runs took at the same place.
type Look struct {
	Kind    scenarios.LookKind
	Planned int
	Cut     bool
	Tally   scenarios.Tally
	burst   scenarios.Tally
	Parts   []scenarios.Look // that it was made of, in order
	errors  []scenarios.ErrorGroup
}

// Pool turns the looks of a run into the batches that are judged.
func Pool(looks []scenarios.Look) []Look {
	var out []Look
	for i, l := range looks {
		if i > 0 && l.Continues(looks[i-1]) {
			out[len(out)-1].grow(l)
			continue
		}
		out = append(out, Look{Kind: l.Kind, Planned: l.Planned, Cut: l.Cut,
			Tally: l.Tally, burst: l.Burst, Parts: []scenarios.Look{l}, errors: l.Errors})
	}
	return out
}

// grow appends a further look. The orders of the two stay apart: a burst, or the end of
// a run, was between them.
func (l *Look) grow(more scenarios.Look) {
	l.Planned += more.Planned
	l.Cut = l.Cut || more.Cut
	l.Tally = slices.Clone(l.Tally)
	l.Tally.Merge(more.Tally)
	l.burst = slices.Clone(l.burst)
	l.burst.Merge(more.Burst)
	l.Parts = append(slices.Clone(l.Parts), more)
	l.errors = append(slices.Clone(l.errors), more.Errors...)
}

// All is every session of the look.
func (l Look) All() scenarios.Tally {
	all := slices.Clone(l.Tally)
	all.Merge(l.burst)
	return all
}

// Failed counts the sessions that failed, those of this machine's own left out.
func (l Look) Failed() int {
	_, _, f, _ := l.All().Total()
	return max(0, f-l.Local())
}

// Sessions counts all of them, those that failed on this machine left out.
func (l Look) Sessions() int {
	n, _, _, _ := l.All().Total()
	return max(0, n-l.Local())
}

// Sessions counts those of all looks, as [Look.Sessions] does of one.
func Sessions(looks []Look) int {
	n := 0
	for _, l := range looks {
		n += l.Sessions()
	}
	return n
}

// Local counts the sessions that failed on this machine.
func (l Look) Local() int {
	n := 0
	for _, part := range l.Parts {
		n += part.Local()
	}
	return n
}

// LocalFailures counts them over all looks.
func LocalFailures(looks []Look) int {
	n := 0
	for _, l := range looks {
		n += l.Local()
	}
	return n
}

// Final reports whether no further look can follow.
func (l Look) Final() bool { return l.Cut || l.Kind == scenarios.LookWhole }

// NoSession says why there is no session to judge: skipped where certificates were
// refused, and inconclusive where no session was measured.
func NoSession(refused int) (scenarios.Status, string) {
	if refused > 0 {
		return scenarios.StatusSkipped, fmt.Sprintf("no session was left: the certificate was refused on %s", phrase.Count(refused, "connection"))
	}
	return scenarios.StatusInconclusive, "no session was measured"
}

// TallyOf is every session of all looks.
func TallyOf(looks []Look) scenarios.Tally {
	var all scenarios.Tally
	for _, l := range looks {
		all.Merge(l.All())
	}
	return all
}

// NamesSeen lists the coordinators of all looks, sorted.
func NamesSeen(looks []Look) []string { return TallyOf(looks).Coordinators() }
