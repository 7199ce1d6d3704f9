package judge

import (
	"fmt"
	"math"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// use is how many connections a coordinator said to have.
type use struct {
	before int // the run's first session
	least  int // of all its pages
	most   int
}

// usesOf reads the connections in use off the coordinators' pages, by seat. It
// is nil unless every coordinator said how many it had before the first session:
// a level that one of them is missing from is none.
func usesOf(e Evidence, r roster) []use {
	if !r.named {
		return nil
	}
	out := make([]use, len(r.seats))
	said := make([]bool, len(r.seats))
	for _, when := range []scenarios.PageTime{scenarios.PageBefore, scenarios.PageDuring, scenarios.PageAfter} {
		for _, p := range e.Pages {
			i := slices.Index(e.Scenario.Expect.Coordinators.Names, p.Coordinator)
			if i < 0 || i >= len(out) || p.When != when || p.InUse == nil {
				continue
			}
			if n := max(0, *p.InUse); when == scenarios.PageBefore && !said[i] {
				out[i], said[i] = use{n, n, n}, true
			} else {
				out[i].least, out[i].most = min(out[i].least, n), max(out[i].most, n)
			}
		}
	}
	if slices.Contains(said, false) || len(said) == 0 {
		return nil
	}
	return out
}

// onTotals reports whether a look is judged on connections in use and ours
// together, as leastconn is where the coordinators say what they have.
func (o *reading) onTotals() bool { return o.policy == scenarios.LeastConn && o.uses != nil }

// excludeBusier takes out of the missing and the unproven those that had more
// connections, for their share, than one that answered: leastconn rightly left
// them out, where others it passed over the emptiest. Where the coordinators do
// not say what they have, nobody is missing for sure.
func (o *reading) excludeBusier() {
	if !o.onTotals() {
		o.missing, o.unproven = nil, append(o.missing, o.unproven...)
		return
	}
	emptiest := math.Inf(1)
	for i, n := range o.whole {
		if n > 0 {
			emptiest = min(emptiest, float64(o.uses[i].least)/o.implied[i])
		}
	}
	busy := func(i int) bool { return float64(o.uses[i].most)/o.implied[i] > emptiest+rounding }
	for i, n := range o.whole {
		if n == 0 && busy(i) {
			o.busy = append(o.busy, i)
		}
	}
	o.missing, o.unproven = slices.DeleteFunc(o.missing, busy), slices.DeleteFunc(o.unproven, busy)
	o.pinned = o.pinned && len(o.busy) == 0
}

// weighed are the counts that shares are judged on: ours, or, under leastconn,
// connections in use before the run and ours.
func (o *reading) weighed() []int {
	if !o.onTotals() {
		return o.counts
	}
	out := make([]int, len(o.counts))
	for i, n := range o.counts {
		out[i] = o.uses[i].before + n
	}
	return out
}

// excused reports whether a seat's total is off by leastconn's own doing: it got
// more than its share of ours as it was emptier than the others, or it is low
// although it got its share. Sessions that end before the next one do not pile
// up, so all of them may rightly go to the emptiest.
func (o *reading) excused(seat int, off float64) bool {
	ours, before := stats.Sum(o.counts), 0
	for _, u := range o.uses {
		before += u.before
	}
	if off > 0 {
		return float64(o.uses[seat].least) < float64(before)*o.implied[seat]
	}
	return float64(o.counts[seat]) >= float64(ours)*o.implied[seat]
}

// passedOver says why some were never seen, of those that leastconn found busier.
func (v speaker) passedOver(o reading) string {
	var parts []string
	for _, i := range o.busy {
		parts = append(parts, fmt.Sprintf("%s with %d", v.nameOf(i), o.uses[i].most))
	}
	return fmt.Sprintf("Never seen, and rightly so under leastconn, since others had fewer connections in use: %s", list(parts))
}

// liftedBy says whose totals are off by leastconn's own doing.
func (v speaker) liftedBy(o reading) string {
	if len(o.lifted) == 0 {
		return ""
	}
	var parts []string
	for _, i := range o.lifted {
		parts = append(parts, fmt.Sprintf("%s (%d in use before, %d of ours)", v.nameOf(i), o.uses[i].before, o.counts[i]))
	}
	return "Uneven, and rightly so under leastconn, which fills the emptiest first: " + list(parts)
}
