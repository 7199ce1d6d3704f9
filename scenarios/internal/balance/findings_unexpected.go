package balance

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// unexpectedFinding judges who answered without being declared. It needs no
// chance, so it needs no second look.
func unexpectedFinding(r batch.CoordinatorSet, looks []batch.Look) []scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.BalanceUnexpected, Observed: phrase.Num(len(r.Undeclared)), Limit: phrase.Num(0)}
	extra := len(r.Slots) - r.Declared
	switch {
	case r.Declared == 0:
		f.Status, f.Observed, f.Limit = scenarios.Skipped, nil, nil
		f.Message = fmt.Sprintf("nobody declared which coordinators there are; %s answered", phrase.Count(len(r.Slots), "coordinator"))
		f.Fix = phrase.Set("expect.coordinators", strconv.Itoa(len(r.Slots)), "")
	case !r.Named && extra > 0:
		f.Status, f.Observed = scenarios.Fail, phrase.Num(extra)
		f.Message = fmt.Sprintf("%s answered where %d were declared: %s", phrase.Count(len(r.Slots), "coordinator"), r.Declared, phrase.List(batch.NamesSeen(looks)))
		f.Fix = slices.Concat(phrase.Try("deregister the one that does not belong here"), phrase.Set("expect.coordinators", "", "correct the expected coordinators"))
	case len(r.Undeclared) > 0:
		return foreignFindings(r, looks)
	default:
		f.Status = scenarios.Pass
		f.Message = "nobody answered who was not declared"
	}
	return []scenarios.Finding{f}
}

// foreignFindings names each coordinator that nobody declared.
func foreignFindings(r batch.CoordinatorSet, looks []batch.Look) []scenarios.Finding {
	var all scenarios.Tally
	for _, l := range looks {
		all.Merge(l.All())
	}
	total, _, _, _ := all.Total()
	by := all.ByCoordinator()
	var out []scenarios.Finding
	for _, name := range r.Undeclared {
		out = append(out, scenarios.Finding{
			ID: scenarios.BalanceUnexpected, Status: scenarios.Fail, Subject: name,
			Observed: phrase.Num(by[name]), Expected: phrase.Num(0), Limit: phrase.Num(0),
			Message: fmt.Sprintf("%s answered %s of %d and is none of the declared coordinators: a stale target, or one of another cluster",
				name, phrase.Count(by[name], "session"), total),
			Note: fmt.Sprintf("It took %s of all sessions; the shares of the others are judged without it", phrase.Percent(float64(by[name])/float64(total))),
			Fix:  slices.Concat(phrase.Try("deregister it from the balancer"), phrase.Set("expect.coordinators", "", "add it to the expected coordinators")),
		})
	}
	return out
}
