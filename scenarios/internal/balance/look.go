package balance

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// lookStats is what one look says of every rule.
type lookStats struct {
	sample
	terms
	shares  []float64 // expected, by slot
	counts  []int     // sessions by slot, the burst left out
	all     []int     // the same with it
	answers [numRules]answer

	order     orderStats
	reach     reachStats
	coverage  coverageStats
	imbalance imbalanceStats
	source    sourceStats
}

// assess asks a look every rule.
func assess(cs batch.CoordinatorSet, s sample, t terms) lookStats {
	l := lookStats{sample: s, terms: t, shares: cs.Shares(), counts: s.counts(), all: s.all()}
	switch {
	case s.identified() == 0:
		l.answerAll(idle, "no session identified its coordinator")
	case s.k < 2 && t.policy != scenarios.PolicySource:
		l.answerAll(skipped, "one coordinator was seen: there is nothing to balance")
	case s.identified() < s.k && len(s.nodes)*s.values <= maxPairs && t.policy != scenarios.PolicySource:
		l.judgeOrder()
		for q := reachRule; q < numRules; q++ {
			l.answers[q] = answer{state: idle, why: tooFew(s.identified(), s.k), final: true}
		}
	case t.policy == scenarios.PolicySource:
		l.judgeSource()
	case len(s.nodes)*s.values > maxPairs:
		for q := range numRules {
			l.answers[q] = answer{state: idle, final: true, why: fmt.Sprintf("%d nodes and %d coordinators are too many to compare", len(s.nodes), s.values)}
		}
	default:
		l.judgeOrder()
		l.judgeCoverage(l.shares)
		l.judgeReach()
		l.judgeCoverage(l.reach.due)
		l.judgeImbalance()
		l.unsettle()
	}
	if s.cut {
		l.distrustQuiet()
	}
	return l
}

// maxPairs bounds the nodes and coordinators that are compared: names and addresses
// may be a stranger's.
const maxPairs = 1 << 18

// tooFew says that a look has fewer sessions than there are coordinators.
func tooFew(sessions, k int) string {
	return fmt.Sprintf("%s cannot show %d coordinators", phrase.Count(sessions, "session"), k)
}

func (l *lookStats) answerAll(s state, why string) {
	for q := range numRules {
		l.answers[q] = answer{state: s, why: why}
	}
}

// distrustQuiet takes what is quiet in a look that was cut short for no answer: the
// rest of it could have shown more.
func (l *lookStats) distrustQuiet() {
	for q := range l.answers {
		if l.answers[q].state == quiet {
			l.answers[q] = answer{state: idle, why: fmt.Sprintf("the run ended after %d of %s, which %s too few", l.identified(), phrase.Count(l.planned, "session"), phrase.Agree(l.identified(), "is", "are"))}
		}
	}
}

// unsettle takes the alarms of a look for doubt where they have another explanation
// than a fault: a balancer that sticks or knows the load, in a look whose order says
// so, or whose shares move with time. Where the policy was declared there is none.
func (l *lookStats) unsettle() {
	if !l.policyUndeclared() {
		return
	}
	for q := reachRule; q < numRules; q++ {
		a := &l.answers[q]
		switch {
		case a.state != alarm:
		case l.order.sticks:
			a.state, a.why = doubt, sticksOrLoad
		case l.moves(q == reachRule):
			a.state, a.why = doubt, sharesMove
		}
	}
}

// Why an alarm is doubtful.
const (
	sticksOrLoad = "the balancer sticks to the last coordinator or follows its load, which may explain it"
	sharesMove   = "the shares move during the run, as under least-connections or P2C with other clients' load"
)

// present lists the slots with sessions.
func (l lookStats) present() []int {
	var out []int
	for i, n := range l.all {
		if n > 0 {
			out = append(out, i)
		}
	}
	return out
}
