package judge

import (
	"fmt"
	"math"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// doubtful is below which chance a coordinator that was not met for a while may have
// been absent. To say that it was takes far less.
const doubtful = .05

// doubts are the coordinators that may have been absent, in the course of a watch too
// short to tell: declared and never met, or not met at its beginning or end.
func (w watchData) doubts() []string {
	cs := batch.MatchExpected(w.e.Scenario, batch.Pool(w.e.Looks))
	var out []string
	for _, name := range cs.Missing() {
		out = append(out, name+" was never met")
	}
	if unseen := cs.Declared - len(w.Coords); !cs.Named && unseen > 0 {
		out = append(out, fmt.Sprintf("%d of %s answered", len(w.Coords), phrase.Count(cs.Declared, "coordinator")))
	}
	k := max(len(w.Coords), len(cs.Slots))
	if k < 2 || w.For <= 0 {
		return out
	}
	first, last := scenarios.Seconds(math.Inf(1)), scenarios.Seconds(0)
	for _, c := range w.Coords {
		first, last = min(first, c.First), max(last, c.Last)
	}
	missed := func(gap scenarios.Seconds) (sessions int, telling bool) {
		n := float64(w.Sessions) * float64(gap) / float64(w.For)
		return int(n), stats.MissProbability(1/float64(k), n) <= doubtful
	}
	for _, c := range w.Coords {
		if c.Gone != nil {
			continue
		}
		if n, telling := missed(last - c.Last); telling {
			out = append(out, fmt.Sprintf("%s was not met after %s, in some %s", c.Name, phrase.MeasuredSeconds(c.Last), phrase.Count(n, "session")))
		} else if n, telling := missed(c.First - first); telling {
			out = append(out, fmt.Sprintf("%s was not met before %s, in some %s", c.Name, phrase.MeasuredSeconds(c.First), phrase.Count(n, "session")))
		}
	}
	return out
}

// noEffect is the note of a watch that saw nothing happen.
func (w watchData) noEffect(command bool) string {
	if doubts := w.doubts(); len(doubts) > 0 {
		return "No session failed, but " + phrase.List(doubts) + ": watch for longer, or at a higher rate, to tell whether it was absent"
	}
	if command {
		return "The command had no visible effect: no session failed and no coordinator was absent"
	}
	return "No coordinator was absent and no session failed; if nothing was done to a coordinator, this proves nothing"
}
