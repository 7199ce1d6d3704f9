package merge

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// kindRules say what a sum of runs of one kind is.
type kindRules struct {
	refused     string // why there is none; "": there is
	notRepeated string // why only shards that ran at the same time can be summed; "": other runs can, too

	// apart is how far apart the loads of shards may begin, in a scenario that says; nil: as
	// far as their runs meet, or what they held is judged by when they held it.
	apart func(scenarios.Scenario) (limit, bool)
}

// kinds has every kind.
var kinds = map[scenarios.Kind]kindRules{
	scenarios.KindLooks:        {},
	scenarios.KindStages:       {apart: limitOfStages},
	scenarios.KindQuery:        {},
	scenarios.KindHandleReuse:  {},
	scenarios.KindCapacity:     {notRepeated: "their sessions were not open at the same time"},
	scenarios.KindWatch:        {notRepeated: "each watched an event of its own", apart: limitOfWatch},
	scenarios.KindCertificates: {refused: "each run sees every certificate"},
	scenarios.KindAudit:        {refused: "each has a whole load balancer"},
	scenarios.KindIdle:         {refused: "each run has a ladder of its own"},
}

// Refused is why results of a kind, of shards as well, are not summed; "": they are.
func Refused(k scenarios.Kind) string { return kinds[k.OrLooks()].refused }

// checkKind fails where results of a kind cannot be summed.
func checkKind(name string, k scenarios.Kind, groups int) error {
	switch rules := kinds[k.OrLooks()]; {
	case Refused(k) != "":
		return fmt.Errorf("%s: runs of kind %s are not merged: %s", name, k.OrLooks(), rules.refused)
	case groups > 1 && rules.notRepeated != "":
		return fmt.Errorf("%s: repeated runs of kind %s are not merged, for %s; shards of one run are, and compare tells how runs differ", name, k.OrLooks(), rules.notRepeated)
	}
	return nil
}
