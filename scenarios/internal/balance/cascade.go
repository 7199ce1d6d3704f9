package balance

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// cascade is the way through the looks: from the first one to the verdict of
// each rule.
type cascade struct {
	first    lookStats   // the look that is judged: the first, or the extended one
	fresh    []lookStats // the fresh ones that had to confirm it: at most two
	extended bool
	next     scenarios.NextLook // the look that is missing
}

// assessLooks walks the looks: extend where the first is suspicious, confirm where
// it alarms, take a third where the two disagree. A run that is not made of looks
// waits for none: what alarms there stays open, and suspicion is a note.
func assessLooks(cs batch.CoordinatorSet, looks []batch.Look, t terms) cascade {
	c := walkLooks(cs, looks, t)
	if looks[0].Kind == scenarios.LookWhole {
		c.next = scenarios.NextLook{}
	}
	return c
}

func walkLooks(cs batch.CoordinatorSet, looks []batch.Look, t terms) cascade {
	at := 0
	c := cascade{first: assessWithLost(cs, sampleOf(cs, looks[0]), t)}
	for c.first.any(doubtful) && !c.first.any(alarmed) && at+1 < len(looks) {
		at++ // a look spoilt by errors; another was taken because of them
		c.first = assessWithLost(cs, sampleOf(cs, looks[at]), t)
	}
	n := looks[at].Planned
	if c.first.suspicious {
		longer := nextOfKind(looks, at, scenarios.LookExtend)
		if longer < 0 {
			c.next = scenarios.NextLook{Kind: scenarios.LookExtend, Sessions: budget.Extension * n, Why: "the shares are suspicious"}
			return c
		}
		at, n, c.extended = longer, looks[longer].Planned, true
		t.alpha /= 2
		c.first = assessWithLost(cs, sampleOf(cs, looks[at]), t)
	}
	if !c.first.any(alarmed) {
		return c
	}
	for _, kind := range []scenarios.LookKind{scenarios.LookConfirm, scenarios.LookThird} {
		at = nextOfKind(looks, at, kind)
		if at < 0 {
			c.next = scenarios.NextLook{Kind: kind, Sessions: n, Why: c.why(kind)}
			return c
		}
		c.fresh = append(c.fresh, assessWithLost(cs, sampleOf(cs, looks[at]), t))
		if c.failed() {
			return c
		}
	}
	return c
}

// nextOfKind is the first look after at that is of this kind; -1 where there is none.
func nextOfKind(looks []batch.Look, at int, kind scenarios.LookKind) int {
	for i := at + 1; i < len(looks); i++ {
		if looks[i].Kind == kind {
			return i
		}
	}
	return -1
}

// alarms counts the looks in which a rule alarmed, of those that were read.
func (c cascade) alarms(q rule) (n, of int) {
	for _, r := range append([]lookStats{c.first}, c.fresh...) {
		if r.state[q] == alarmed {
			n++
		}
	}
	return n, 1 + len(c.fresh)
}

// failed reports whether two looks alarmed by one rule.
func (c cascade) failed() bool {
	for q := range numRules {
		if n, _ := c.alarms(q); n > 1 {
			return true
		}
	}
	return false
}

// last is the latest look in which a rule alarmed; the first where none did.
func (c cascade) last(q rule) lookStats {
	for i := len(c.fresh) - 1; i >= 0; i-- {
		if c.fresh[i].state[q] == alarmed {
			return c.fresh[i]
		}
	}
	return c.first
}

var ruleIDs = [numRules]string{scenarios.BalanceOrder, scenarios.BalanceReach, scenarios.BalanceCoverage, scenarios.BalanceImbalance}

// why says which rule asks for a look.
func (c cascade) why(kind scenarios.LookKind) string {
	for q := range numRules {
		if c.first.state[q] == alarmed {
			if kind == scenarios.LookThird {
				return "two looks disagree on " + ruleIDs[q]
			}
			return ruleIDs[q] + " alarmed"
		}
	}
	return ""
}
