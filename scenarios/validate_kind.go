package scenarios

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// kindRules are what a kind of scenario is like.
type kindRules struct {
	sessions bool                   // it opens sessions
	claims   func(Scenario) []claim // what it needs beyond the table of settings
}

// kinds has every kind.
var kinds = map[Kind]kindRules{
	KindLooks:        {true, func(Scenario) []claim { return nil }},
	KindCertificates: {false, Scenario.certificatesClaims},
	KindStages:       {true, Scenario.stagesClaims},
	KindCapacity:     {true, Scenario.capacityClaims},
	KindQuery:        {true, Scenario.queryClaims},
	KindIdle:         {true, Scenario.idleClaims},
	KindWatch:        {true, Scenario.watchClaims},
}

// checkKind looks for what the scenario's kind needs.
func (s Scenario) checkKind() *InvalidError { return firstWrong(kinds[s.Kind.OrLooks()].claims(s)) }

func (s Scenario) certificatesClaims() []claim {
	return []claim{{!s.TLS.Enabled, "kind", "certificates needs TLS", []vocab.Fix{setTo("tls.enabled", "true")}}}
}

func (s Scenario) stagesClaims() []claim {
	claims := []claim{{len(s.Load.Stages) == 0, "load.stages", "there is none; write one such as {rate: 20/s, for: 30s}", nil}}
	for i, st := range s.Load.Stages {
		claims = append(claims, st.claims(fmt.Sprintf("stage %d: ", i+1))...)
	}
	return claims
}

func (st Stage) claims(which string) []claim {
	models := 0
	for _, is := range []bool{st.Rate > 0, st.Closed > 0, st.Hold > 0} {
		if is {
			models++
		}
	}
	return []claim{
		{models != 1, "load.stages", which + "set exactly one of rate, closed and hold", nil},
		{st.Ramp > 0 && st.Rate == 0, "load.stages", which + "ramp needs a rate", nil},
		{st.For == 0 && st.Ramp == 0, "load.stages", which + "how long? Add for: 30s", nil},
	}
}

func (s Scenario) capacityClaims() []claim {
	return []claim{{s.Capacity.Hold == 0 && !s.Capacity.UntilFull, "capacity.hold", "a number of sessions is needed, or to continue until the service is full", []vocab.Fix{setTo("capacity.hold", "400"), setTo("capacity.until_full", "true")}}}
}

func (s Scenario) queryClaims() []claim {
	return []claim{{s.Query == "", "query", "which statement? Write one that needs executors", nil}}
}

func (s Scenario) idleClaims() []claim {
	if len(s.Idle.Steps) == 0 {
		return []claim{{true, "idle.steps", "how long should connections be idle? Write [55s, 65s, 345s, 355s]", nil}}
	}
	longest := slices.Max(s.Idle.Steps)
	return []claim{{s.Expect.MinIdle > longest, "expect.min_idle", fmt.Sprintf("%s is longer than the last step, %s, and would not be seen", s.Expect.MinIdle, longest), nil}}
}

func (s Scenario) watchClaims() []claim {
	return []claim{
		{s.Watch.For == 0, "watch.for", "how long? Write 5m", nil},
		{s.Load.Rate == 0, "load.rate", "a watch needs a rate", []vocab.Fix{setTo("load.rate", "2/s")}},
		{s.Watch.EventAfter >= s.Watch.For, "watch.event_after", fmt.Sprintf("%s must be less than watch.for, %s", s.Watch.EventAfter, s.Watch.For), nil},
	}
}
