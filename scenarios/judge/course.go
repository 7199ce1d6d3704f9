package judge

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// course is the way through the looks: from the first one to the verdict of
// each rule.
type course struct {
	base     reading   // the look that is judged: the first, or the extended one
	again    []reading // the fresh ones that had to confirm it: at most two
	extended bool
	waits    NextLook // the look that is missing
}

// follow walks the looks: extend where the first is suspicious, confirm where
// it alarms, take a third where the two disagree. A run that is not made of looks
// waits for none: what alarms there stays open, and suspicion is a note.
func follow(r roster, looks []look, t terms) course {
	c := walk(r, looks, t)
	if looks[0].kind == scenarios.Whole {
		c.waits = NextLook{}
	}
	return c
}

func walk(r roster, looks []look, t terms) course {
	at := 0
	c := course{base: read(r, sampled(r, looks[0]), t)}
	for c.base.any(doubtful) && !c.base.any(alarmed) && at+1 < len(looks) {
		at++ // a look spoilt by errors; another was taken because of them
		c.base = read(r, sampled(r, looks[at]), t)
	}
	n := looks[at].planned
	if c.base.suspicious {
		longer := next(looks, at, scenarios.Extend)
		if longer < 0 {
			c.waits = NextLook{Kind: scenarios.Extend, Sessions: extension * n, Why: "the shares are suspicious"}
			return c
		}
		at, n, c.extended = longer, looks[longer].planned, true
		t.alpha /= 2
		c.base = read(r, sampled(r, looks[at]), t)
	}
	if !c.base.any(alarmed) {
		return c
	}
	for _, kind := range []scenarios.LookKind{scenarios.Confirm, scenarios.Third} {
		at = next(looks, at, kind)
		if at < 0 {
			c.waits = NextLook{Kind: kind, Sessions: n, Why: c.why(kind)}
			return c
		}
		c.again = append(c.again, read(r, sampled(r, looks[at]), t))
		if c.failed() {
			return c
		}
	}
	return c
}

// next is the first look after at that is of this kind; -1 where there is none.
func next(looks []look, at int, kind scenarios.LookKind) int {
	for i := at + 1; i < len(looks); i++ {
		if looks[i].kind == kind {
			return i
		}
	}
	return -1
}

// alarms counts the looks in which a rule alarmed, of those that were read.
func (c course) alarms(q rule) (n, of int) {
	for _, r := range append([]reading{c.base}, c.again...) {
		if r.state[q] == alarmed {
			n++
		}
	}
	return n, 1 + len(c.again)
}

// failed reports whether two looks alarmed by one rule.
func (c course) failed() bool {
	for q := range numRules {
		if n, _ := c.alarms(q); n > 1 {
			return true
		}
	}
	return false
}

// last is the latest reading in which a rule alarmed; the base where none did.
func (c course) last(q rule) reading {
	for i := len(c.again) - 1; i >= 0; i-- {
		if c.again[i].state[q] == alarmed {
			return c.again[i]
		}
	}
	return c.base
}

var ruleIDs = [numRules]string{scenarios.BalanceOrder, scenarios.BalanceReach, scenarios.BalanceCoverage, scenarios.BalanceImbalance}

// why says which rule asks for a look.
func (c course) why(kind scenarios.LookKind) string {
	for q := range numRules {
		if c.base.state[q] == alarmed {
			if kind == scenarios.Third {
				return "two looks disagree on " + ruleIDs[q]
			}
			return ruleIDs[q] + " alarmed"
		}
	}
	return ""
}
