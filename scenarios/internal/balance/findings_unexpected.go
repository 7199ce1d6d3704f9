package balance

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// unexpectedFindings judges coordinators that answered without being declared. It needs no
// chance, so it needs no second look.
func unexpectedFindings(cs batch.CoordinatorSet, looks []batch.Look) []scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.BalanceUnexpected, Observed: phrase.Num(len(cs.Undeclared)), Limit: phrase.Num(0)}
	extra := len(cs.Slots) - cs.Declared
	switch {
	case cs.Declared == 0:
		f.Status, f.Observed, f.Limit = scenarios.StatusSkipped, nil, nil
		f.Message = fmt.Sprintf("no coordinators were declared; %s answered", phrase.Count(len(cs.Slots), "coordinator"))
		f.Fix = phrase.Set("expect.coordinators", strconv.Itoa(len(cs.Slots)), "")
	case !cs.Named && extra > 0:
		f.Status, f.Observed = scenarios.StatusFail, phrase.Num(extra)
		f.Message = fmt.Sprintf("%s answered where %d %s declared: %s", phrase.Count(len(cs.Slots), "coordinator"), cs.Declared, phrase.Agree(cs.Declared, "was", "were"), phrase.List(batch.NamesSeen(looks)))
		f.Fix = slices.Concat(phrase.Try("deregister the one that does not belong here"), phrase.Set("expect.coordinators", "", "correct the expected coordinators"))
	case len(cs.Undeclared) > 0:
		return undeclaredFindings(cs, looks)
	default:
		f.Status = scenarios.StatusPass
		f.Message = "no undeclared coordinator answered"
	}
	return []scenarios.Finding{f}
}

// undeclaredFindings names each undeclared coordinator.
func undeclaredFindings(cs batch.CoordinatorSet, looks []batch.Look) []scenarios.Finding {
	all := batch.TallyOf(looks)
	total, _, _, _ := all.Total()
	by := all.ByCoordinator()
	var out []scenarios.Finding
	for _, name := range cs.Undeclared {
		out = append(out, scenarios.Finding{
			ID: scenarios.BalanceUnexpected, Status: scenarios.StatusFail, Subject: name,
			Observed: phrase.Num(by[name]), Expected: phrase.Num(0), Limit: phrase.Num(0),
			Message: fmt.Sprintf("%s answered %s of %d and is not a declared coordinator: a stale target, or part of another cluster",
				name, phrase.Count(by[name], "session"), total),
			Note: fmt.Sprintf("It took %s of all sessions; the shares of the others are judged without it", phrase.Percent(float64(by[name])/float64(total))),
			Fix:  slices.Concat(phrase.Try("deregister it from the balancer"), phrase.Set("expect.coordinators", "", "add it to the expected coordinators")),
		})
	}
	return out
}
