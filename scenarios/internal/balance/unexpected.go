package balance

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
)

// Unexpected judges coordinators that answered without being declared, of a run whose
// sessions have no shares to be judged. It has no finding where nothing was declared,
// or nothing is known of who answered.
func Unexpected(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	looks := batch.Pool(e.Looks)
	cs := batch.MatchExpected(e.Scenario, looks)
	if cs.Declared == 0 || len(batch.NamesSeen(looks)) == 0 {
		return nil, scenarios.NextLook{}
	}
	findings := unexpectedFindings(cs, looks)
	for i := range findings {
		findings[i].Note = "" // it is on shares
	}
	return findings, scenarios.NextLook{}
}
