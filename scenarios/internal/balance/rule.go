package balance

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// rule is one of the four questions that a look is asked about balance.
type rule int

const (
	orderRule rule = iota
	reachRule
	coverageRule
	imbalanceRule
	numRules
)

var ruleIDs = [numRules]string{scenarios.BalanceOrder, scenarios.BalanceReach, scenarios.BalanceCoverage, scenarios.BalanceImbalance}

// state is a rule's answer for one look.
type state int

const (
	skipped state = iota // it cannot be asked, here or in a look like this one
	idle                 // it could not be asked in this look
	quiet
	doubt
	alarm
)

// answer is what one look says of one rule.
type answer struct {
	state state
	near  bool   // doubt, which a look three times as long is to end
	why   string // of idle, skipped and doubt
	final bool   // idle, and so would be any look that is as short
	marks []mark // what an alarm is about, where another one must be about the same; kept where it became doubt
}

// mark is a coordinator, by slot, and whether it had too many sessions or too few.
type mark struct {
	slot    int
	tooMany bool
}

// agrees reports whether two alarms have a mark in common; of rules without marks,
// all agree.
func (a answer) agrees(with answer) bool {
	if len(a.marks) == 0 || len(with.marks) == 0 {
		return true
	}
	for _, m := range a.marks {
		for _, n := range with.marks {
			if m == n {
				return true
			}
		}
	}
	return false
}

// terms are what a look is judged by.
type terms struct {
	policy    scenarios.Policy
	alpha     float64
	tolerance float64
	conns     []connCounts // by slot; nil: the coordinators did not report them
	whole     bool         // no further look is possible, and this one is all there is
}

// policyUndeclared reports whether the balancer may choose as it likes.
func (t terms) policyUndeclared() bool {
	return t.policy == scenarios.PolicyAuto || t.policy == ""
}
