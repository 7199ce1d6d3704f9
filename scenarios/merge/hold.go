package merge

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// hold is when a run had all sessions open that it held. Times count from the first start.
// Where a result of an earlier version does not say when, it began no later, and ended no
// sooner: somewhere in the run the sessions stayed for their time.
type hold struct {
	run          scenarios.SourceRun
	began, ended scenarios.Seconds
	known        bool
}

// holdsOf are those of the runs that a document is of; stayed is how long the sessions
// stayed, at the shortest.
func holdsOf(sources []scenarios.SourceRun, first time.Time, stayed scenarios.Seconds) []hold {
	var out []hold
	for _, s := range sources {
		at := scenarios.SecondsOf(s.Started.Sub(first))
		switch {
		case s.Hold != nil:
			out = append(out, hold{s, at + s.Hold.Began, at + s.Hold.Ended, true})
		case s.Sessions > 0:
			out = append(out, hold{s, at + scenarios.Seconds(s.Seconds) - stayed, at + stayed, false})
		}
	}
	return out
}

// meeting is for how long the holds of all runs had a time in common; negative: there was
// none. The last began when the first ended, of two runs.
type meeting struct {
	last, first hold
	lasted      scenarios.Seconds
}

// meetingOf is that of the two runs that met for the shortest.
func meetingOf(holds []hold) meeting {
	out := meeting{lasted: math.MaxFloat64}
	last := slices.SortedStableFunc(slices.Values(holds), func(a, b hold) int { return cmp.Or(cmp.Compare(b.began, a.began), cmp.Compare(a.run.Run, b.run.Run)) })
	first := slices.SortedStableFunc(slices.Values(holds), func(a, b hold) int { return cmp.Or(cmp.Compare(a.ended, b.ended), cmp.Compare(a.run.Run, b.run.Run)) })
	for _, l := range last[:min(2, len(last))] { // the other, where one run is both
		for _, f := range first[:min(2, len(first))] {
			if l.run.Run != f.run.Run && f.ended-l.began < out.lasted {
				out = meeting{l, f, f.ended - l.began}
			}
		}
	}
	return out
}

// never reports whether there was no instant, or none that is known of, at which all
// sessions were open.
func (m meeting) never() bool { return m.lasted < 0 }

func (m meeting) known() bool { return m.last.known && m.first.known }

// isOneLoad reports whether what shards held is one. Clocks differ between machines, and a
// session may get in just when another shard's have left: an instant is too short.
func (m meeting) isOneLoad(allGotIn bool, asked scenarios.Seconds) bool {
	switch {
	case !allGotIn:
		return true // it is not, and it has failed
	case m.known():
		return !m.never() && m.lasted >= asked/2
	}
	return !m.never()
}

// String says what is wrong, without the ids of the runs.
func (m meeting) String() string {
	a, b := m.first.run, m.last.run
	if a.Shard != nil && b.Shard != nil && a.Shard.Index > b.Shard.Index {
		a, b = b, a
	}
	of := fmt.Sprintf("the holds of shards %s and %s (seed %d)", a.Shard, b.Shard, a.Seed)
	switch {
	case !m.known():
		return "it is not known whether " + of + " were at the same time: a result of an earlier version does not say when"
	case m.never():
		return of + " were not at the same time"
	}
	return fmt.Sprintf("%s were at the same time for %s only", of, brief(m.lasted))
}

// remark says it with their times.
func (m meeting) remark() string {
	if !m.known() || !m.never() {
		return m.String()
	}
	return fmt.Sprintf("%s: the run %.100s had begun to close its sessions %s before the run %.100s had all of its own open", m, m.first.run.Run, brief(-m.lasted), m.last.run.Run)
}

// fix is what to do about it.
func (m meeting) fix() string {
	return "start all shards together, hold longer than a login may wait (capacity.for above load.timeout), and merge again: where the service is full, a login then fails instead of getting the place of another shard's session"
}

func brief(s scenarios.Seconds) time.Duration { return s.Duration().Round(time.Millisecond) }
