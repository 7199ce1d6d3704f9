package balance

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// connCounts is how many connections a coordinator said to have while none of ours
// was open: before the run's first session, and at the least and the most then
// and after the last one.
type connCounts struct{ before, min, max int }

// connCountsOf reads the connections in use off the coordinators' pages, by slot. It
// is nil unless every coordinator said how many it had before the first session:
// a level that one of them is missing from is none. Pages read meanwhile have
// ours in them, and are left aside.
func connCountsOf(e scenarios.Measured, cs batch.CoordinatorSet) []connCounts {
	if !cs.Named {
		return nil
	}
	out := make([]connCounts, len(cs.Slots))
	for i, name := range e.Scenario.Expect.Coordinators.Names[:len(out)] {
		before, ok := inUse(e.Pages, name, scenarios.PageBefore)
		if !ok {
			return nil
		}
		out[i] = connCounts{before, before, before}
		if after, ok := inUse(e.Pages, name, scenarios.PageAfter); ok {
			out[i].min, out[i].max = min(before, after), max(before, after)
		}
	}
	return out
}

// inUse is what a coordinator's page said at a time; false where none did.
func inUse(pages []scenarios.Page, name string, when scenarios.PageTime) (int, bool) {
	for _, p := range pages {
		if p.Coordinator == name && p.When == when && p.InUse != nil {
			return max(0, *p.InUse), true
		}
	}
	return 0, false
}

// rankedByConns reports whether a look is judged on connections in use and ours
// together, as leastconn is where the coordinators say what they have.
func (l *lookStats) rankedByConns() bool {
	return l.policy == scenarios.PolicyLeastConn && l.conns != nil
}

// excludeBusier takes out of the missing and the near those that had more
// connections, for their share, than one that answered: leastconn was
// right to skip those, and wrong to skip the emptiest. Where the coordinators do not
// report what they have, none is missing for certain.
func (l *lookStats) excludeBusier() {
	c := &l.coverage
	if !l.rankedByConns() {
		c.missing, c.near = nil, append(c.missing, c.near...)
		return
	}
	emptiest := math.Inf(1)
	for i, n := range l.all {
		if n > 0 {
			emptiest = min(emptiest, float64(l.conns[i].min)/l.shares[i])
		}
	}
	busy := func(i int) bool { return float64(l.conns[i].max)/l.shares[i] > emptiest+rounding }
	for i, n := range l.all {
		if n == 0 && busy(i) {
			c.busier = append(c.busier, i)
		}
	}
	c.missing, c.near = slices.DeleteFunc(c.missing, busy), slices.DeleteFunc(c.near, busy)
}

// ranking is how many of our sessions one slot got, among itself and the others that
// are surely no busier, or surely no emptier, for their share.
type ranking struct {
	slot      int
	tooMany   bool // against those no busier: it got more; else against those no emptier: it got less
	got       int
	of        int     // sessions of all of them
	fair      float64 // of those
	deviation float64 // how far got is from fair, relative to it; 0: not in the direction that leastconn forbids
	chance    float64 // of that or more
}

// rankByConns is imbalance under leastconn, where the coordinators say what
// they have. How many of ours a coordinator is due cannot be told: sessions that
// end before the next one do not pile up, and all of them may rightly go to the
// emptiest. But whatever the levels, a busier one gets no more of ours than its
// fair share among itself and those no busier, and an emptier one no less among
// those no emptier. Ours that stay open are held to the same: what levels the
// totals keeps that order.
func (l *lookStats) rankByConns() {
	var all []ranking
	for i := range l.counts {
		for _, tooMany := range []bool{true, false} {
			if s, ok := l.rankingOf(i, tooMany); ok {
				all = append(all, s)
			}
		}
	}
	out := &l.imbalance
	out.p = 1
	if len(all) == 0 {
		return
	}
	out.ranking = slices.MinFunc(all, func(a, b ranking) int {
		if l.big(a.deviation) != l.big(b.deviation) {
			return cmp.Compare(math.Abs(b.deviation), math.Abs(a.deviation))
		}
		return cmp.Compare(a.chance, b.chance)
	})
	out.worst, out.deviation = out.ranking.slot, out.ranking.deviation
	out.p = min(1, out.ranking.chance*float64(2*len(l.counts))) // that number is tested
	if l.big(out.deviation) {
		out.marks = []mark{{out.worst, out.ranking.tooMany}}
	}
}

// rankingOf compares one slot; false where there is none to compare it with.
func (l *lookStats) rankingOf(slot int, tooMany bool) (ranking, bool) {
	s := ranking{slot: slot, tooMany: tooMany, got: l.counts[slot], of: l.counts[slot], chance: 1}
	share := l.reach.due[slot]
	for j := range l.counts {
		busier, emptier := slot, j
		if !tooMany {
			busier, emptier = j, slot
		}
		if j != slot && float64(l.conns[emptier].max)/l.reach.due[emptier] <= float64(l.conns[busier].min)/l.reach.due[busier]+rounding {
			s.of += l.counts[j]
			share += l.reach.due[j]
		}
	}
	q := l.reach.due[slot] / share
	if q >= 1 || s.of == 0 {
		return s, false
	}
	s.fair = q * float64(s.of)
	switch off := float64(s.got)/s.fair - 1; {
	case tooMany && off > 0:
		s.deviation, s.chance = off, stats.BinomialAtLeast(s.got, s.of, q)
	case !tooMany && off < 0:
		s.deviation, s.chance = off, stats.BinomialAtMost(s.got, s.of, q)
	}
	return s, true
}

// busierThanOthers says why some were never seen, of those that leastconn found busier.
func (w findingWriter) busierThanOthers(l lookStats) string {
	var parts []string
	for _, i := range l.coverage.busier {
		parts = append(parts, fmt.Sprintf("%s with %d", w.nameOf(i), l.conns[i].max))
	}
	return fmt.Sprintf("Never seen, as expected under leastconn, since other coordinators had fewer connections in use: %s", phrase.List(parts))
}

// against says which others a slot is compared with.
func (r ranking) against() string {
	if r.tooMany {
		return "with no more connections"
	}
	return "with no fewer connections"
}

// setRankingFigures fills in what the order of use amounts to.
func (w findingWriter) setRankingFigures(f *scenarios.Finding, l lookStats) {
	s := l.imbalance.ranking
	if s.of == 0 {
		f.Message = "no two coordinators can be compared"
		return
	}
	f.Subject = w.nameOf(s.slot)
	f.Observed, f.Expected, f.P, f.Limit = phrase.Num(s.got), phrase.Num(s.fair), phrase.Num(l.imbalance.p), phrase.Num(l.alpha)
	f.Message = fmt.Sprintf("%s has %s", f.Subject, w.share(l, l.imbalance))
	f.Explain = fmt.Sprintf("Under leastconn a coordinator with more connections gets no more of our sessions than one with fewer. %s had %d connections in use; of %s on it and those %s, %.1f were its fair share: P = %s for the worst of %d comparisons, limit %s; tolerance %.0f %%",
		f.Subject, l.conns[s.slot].before, phrase.Count(s.of, "session"), s.against(), s.fair, phrase.Chance(l.imbalance.p), 2*len(l.counts), phrase.Chance(l.alpha), l.tolerance*100)
}
