package judge

import (
	"fmt"
	"math"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/cause"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// handlesJudge asks whether sessions are there over other connections, too.
func handlesJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	f := scenarios.Finding{ID: scenarios.AffinityHandles}
	h := handlesOf(e)
	f.Explain = h.explain()
	switch {
	case h.foreign > 0:
		f.Status, f.Message = scenarios.StatusFail, h.lostText()
		f.Fix, f.Note = cause.PersistenceOfHandles(), "Sessions of impala-shell, JDBC and ODBC stay on their connection and need no persistence"
	case h.reached == 0:
		_, f.Message = batch.NoSession(batch.Refusals(e))
		if h.unknown > 0 {
			f.Message = fmt.Sprintf("of none of %s it is known whether another connection reaches its session", phrase.Count(h.unknown, "session"))
		}
	case h.coordinators < 2:
		f.Message = fmt.Sprintf("another connection reached each of %s, but %s: without another coordinator nothing can be told", phrase.Count(h.reached, "session"), h.whoText())
		if e.Scenario.Expect.Coordinators.K() == 0 {
			f.Fix = phrase.Set("expect.coordinators", "", "say how many coordinators there are")
		}
	case h.chance() > h.alpha:
		f.Message = fmt.Sprintf("another connection reached each of %s, which a balancer without persistence does as well in %s of runs", phrase.Count(h.reached, "session"), phrase.Percent(h.chance()))
		f.Fix = phrase.Set("reuse.handles", fmt.Sprint(h.needed()), "")
	default:
		f.Status, f.P, f.Limit = scenarios.StatusPass, phrase.Num(h.chance()), phrase.Num(h.alpha)
		f.Message = fmt.Sprintf("another connection reached each of %s", phrase.Count(h.reached, "session"))
	}
	if n := h.reached + h.foreign; n > 0 {
		f.Observed, f.Expected = phrase.Num(h.foreign), phrase.Num(0)
	}
	if h.unknown > 0 && h.reached+h.foreign > 0 {
		f.Note = phrase.Join(f.Note, fmt.Sprintf("Of %s it is not known", phrase.Count(h.unknown, "more session")))
	}
	return []scenarios.Finding{f}, scenarios.NextLook{}
}

// reusedHandles are the handles of a run, added up.
type reusedHandles struct {
	reached, foreign, unknown int
	sameNode                  int      // of reached, over the node that the session was opened over
	foreignSame               int      // of foreign, over that node
	names                     []string // of the coordinators that opened or answered, sorted
	coordinators              int      // declared, or else seen
	alpha                     float64
}

func handlesOf(e scenarios.Measured) reusedHandles {
	var h reusedHandles
	h.alpha, _ = budget.Limits(e.Scenario)
	for _, t := range e.Handles {
		h.reached, h.foreign, h.unknown = h.reached+t.Reached, h.foreign+t.Foreign, h.unknown+t.Unknown
		if !t.OtherNode {
			h.sameNode, h.foreignSame = h.sameNode+t.Reached, h.foreignSame+t.Foreign
		}
		for _, name := range []string{t.Opened, t.Answered} {
			if name != "" && !slices.Contains(h.names, name) {
				h.names = append(h.names, name)
			}
		}
	}
	slices.Sort(h.names)
	h.coordinators = max(e.Scenario.Expect.Coordinators.K(), len(h.names))
	return h
}

// chance is how often a balancer that chooses anew for each connection reaches as many.
func (h reusedHandles) chance() float64 {
	return math.Pow(1/float64(h.coordinators), float64(h.reached))
}

// needed is how many handles make that unlikely enough.
func (h reusedHandles) needed() int {
	return int(math.Ceil(math.Log(h.alpha) / math.Log(1/float64(h.coordinators))))
}

// whoText is who answered, where it is one or none.
func (h reusedHandles) whoText() string {
	if len(h.names) == 0 {
		return "nobody said which coordinator answers"
	}
	return h.names[0] + " answered all"
}

// lostText says how many sessions were not there over another connection.
func (h reusedHandles) lostText() string {
	text := fmt.Sprintf("%d of %s %s unknown to the coordinator that another connection reached", h.foreign, phrase.Count(h.reached+h.foreign, "session"), phrase.Agree(h.foreign, "was", "were"))
	if h.foreignSame == 0 && h.sameNode > 0 {
		return text + fmt.Sprintf("; all of them over another node of the balancer, none of %d over the same: each node remembers clients for itself", h.sameNode)
	}
	return text + ": the balancer chooses a coordinator anew for each connection"
}

func (h reusedHandles) explain() string {
	return fmt.Sprintf("%d reached, %d foreign, %d unknown", h.reached, h.foreign, h.unknown)
}
