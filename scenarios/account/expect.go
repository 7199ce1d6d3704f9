package account

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// Expect fills in what s leaves open of the policy, the number of coordinators and that
// of nodes. It returns what it took, and where s says something else, a sentence each.
// Names and weights wait for what the coordinators call themselves: [Named].
func Expect(s scenarios.Scenario, a scenarios.Audited) (scenarios.Scenario, []string) {
	behind, why := behindListener(s, a)
	if why != "" {
		return s, []string{"The account says nothing of what is to be expected: " + why}
	}
	var taken, remarks []string
	contradicts := func(what string, declared, found any) {
		remarks = append(remarks, fmt.Sprintf("The declared %s is %v, and by the account it is %v: what is declared is used", what, declared, found))
	}
	if policy := behind.policy(); policy != "" {
		switch declared := cmp.Or(s.Expect.Balance.Policy, scenarios.PolicyAuto); {
		case declared == scenarios.PolicyAuto:
			s.Expect.Balance.Policy = policy
			taken = append(taken, "the policy "+string(policy))
		case !alike(declared, policy):
			contradicts("policy", declared, policy)
		}
	}
	if k := len(behind.machines); k > 0 {
		switch declared := s.Expect.Coordinators.K(); {
		case declared == 0:
			s.Expect.Coordinators.Count = min(k, scenarios.MaxCoordinators)
			taken = append(taken, phrase.Count(k, "coordinator"))
		case declared != k:
			contradicts("number of coordinators", declared, k)
		}
	}
	if n := behind.nodes(s); n > 0 {
		switch {
		case s.Expect.Nodes == 0:
			s.Expect.Nodes = n
			taken = append(taken, phrase.Count(n, "node"))
		case s.Expect.Nodes != n:
			contradicts("number of nodes", s.Expect.Nodes, n)
		}
	}
	if len(taken) > 0 {
		remarks = append([]string{fmt.Sprintf("Expected by the account of %s: %s%s", a.Name, strings.Join(taken, ", "), behind.leftOut())}, remarks...)
	}
	return s, remarks
}

// alike reports whether two policies are judged alike: a client cannot tell a flow hash
// from chance.
func alike(x, y scenarios.Policy) bool {
	plain := func(p scenarios.Policy) scenarios.Policy {
		if p == scenarios.PolicyFlowHash {
			return scenarios.PolicyRandom
		}
		return p
	}
	return plain(x) == plain(y)
}
