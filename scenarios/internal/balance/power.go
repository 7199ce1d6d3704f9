package balance

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// powerRuns is how many runs are drawn for each kind of fault: the chance reported is
// right to about three percentage points.
const powerRuns = 1000

// maxDrawn is the longest look that is drawn. What it could not show is
// within the tolerance anyway.
const maxDrawn = 100_000

// maxDrawnShares is the most coordinators of which runs are drawn, as that takes time.
const maxDrawnShares = 256

// Detect is what this run could have shown, with the looks that it would have asked
// for, nil where that cannot be said; it adds it to the explanation where the shares
// passed.
func Detect(e scenarios.Measured, findings []scenarios.Finding) *scenarios.Detectable {
	looks := batch.Pool(e.Looks)
	if _, why := nothingToJudge(e, looks); why != "" {
		return nil
	}
	cs := batch.MatchExpected(e.Scenario, looks)
	t := termsOf(e, cs)
	s := sampleOf(cs, looks[0])
	n := s.identified()
	if len(cs.Slots) < 2 || len(cs.Slots) > maxDrawnShares || n < len(cs.Slots) || n > maxDrawn || t.policy == scenarios.PolicySource || t.policy == scenarios.PolicyLeastConn {
		return nil
	}
	p := powerOf{cs: cs, terms: t, n: n, burst: s.count(func(e event) bool { return e.how == inBurst })}
	if looks[0].Kind == scenarios.LookWhole {
		p.parts = len(partsOf(s, cs.Shares(), t))
	}
	if slices.ContainsFunc(e.Sources, func(r scenarios.SourceRun) bool { return r.Shard != nil }) {
		p.taken = len(looks)
	}
	d := drawn.of(p)
	for i := range findings {
		if f := &findings[i]; f.ID == scenarios.BalanceImbalance && f.Status == scenarios.StatusPass {
			f.Explain = phrase.Join(f.Explain, describePower(*d))
		}
	}
	return d
}

// PlannedPower is what a run with looks of n sessions could show before any is taken.
func PlannedPower(s scenarios.Scenario, n int) scenarios.Detectable {
	return *drawn.of(planned(s, n))
}

func planned(s scenarios.Scenario, n int) powerOf {
	cs := batch.MatchExpected(s, nil)
	return powerOf{cs: cs, terms: termsOf(scenarios.Measured{Scenario: s}, cs), n: n, burst: max(0, s.Load.Burst)}
}

// powerOf draws runs at a balancer that is wrong by one coordinator: the one with the
// smallest share, with which faults are hardest to see. Sessions that are drawn have
// one node, and an order that shows nothing.
type powerOf struct {
	cs batch.CoordinatorSet
	terms
	n, burst int
	parts    int // of a whole look; 0: it is made of looks
	taken    int // looks of shards, which no further one can follow; 0: the run asks for what it needs
}

// detectable is the part of runs that fail. Where nothing was declared none can be
// missed: a dead one is never detected.
func (p powerOf) detectable() *scenarios.Detectable {
	d := &scenarios.Detectable{Sessions: p.n, Hot3x: p.power(3), Hot2x: p.power(2), Half: p.power(.5)}
	if p.cs.Declared > 0 {
		d.Dead = p.power(0)
	}
	return d
}

func (p powerOf) power(factor float64) float64 {
	due := slices.Sorted(slices.Values(p.cs.Shares()))
	shares := faultyShares(due, factor)
	r := stats.NewSeededRand(p.n, len(due), int(100*factor))
	fails := 0
	for range powerRuns {
		if p.runFails(due, shares, r) {
			fails++
		}
	}
	return float64(fails) / powerRuns
}

// runFails draws one run.
func (p powerOf) runFails(due, shares []float64, r *rand.Rand) bool {
	v, t := verdicts{whole: p.parts > 0}, p.terms
	if p.parts > 1 {
		t.alpha /= 2
	}
	next := scenarios.NextLook{Sessions: p.n / max(1, p.parts)}
	for next.Sessions > 0 {
		by := t
		if next.Kind == scenarios.LookExtend {
			by.alpha /= 2
		}
		v.looks = append(v.looks, drawLook(due, shares, next.Sessions, p.burst, by, r))
		v.follow()
		v.next = scenarios.NextLook{}
		if v.whole || p.taken > 0 {
			v.next.Sessions = next.Sessions
		} else {
			v.ask(p.n, len(v.looks))
		}
		if next = v.next; len(v.looks) == max(p.parts, p.taken) {
			break
		}
	}
	shown := 2
	if p.parts == 1 {
		shown = 1 // it is inconclusive, and no run can do more
	}
	return len(v.tracks[coverageRule].alarms) >= shown || len(v.tracks[imbalanceRule].alarms) >= shown
}

// drawLook draws a look.
func drawLook(due, shares []float64, n, burst int, t terms, r *rand.Rand) lookStats {
	k := len(due)
	together, gaps := make([]int, k), make([]gap, k)
	l := lookStats{sample: sample{k: k, values: k, planned: n, sequenced: true}, terms: t, shares: due, counts: make([]int, k), all: make([]int, k)}
	l.reach.due = due
	stats.Draw(l.counts, n, shares, r)
	stats.Draw(together, burst, shares, r)
	for i, c := range l.counts {
		l.all[i] = c + together[i]
		switch {
		case l.all[i] == 0:
			gaps[i] = gap{sessions: n + burst, never: true}
		case together[i] == 0: // the last of c among n
			gaps[i].sessions = burst + int(float64(n)*(1-math.Pow(r.Float64(), 1/float64(c))))
		}
	}
	l.judgeGaps(gaps, due)
	l.judgeImbalance()
	return l
}

// faultyShares are the shares where the first coordinator gets a multiple of its
// own, at most all, and the others share the rest as before.
func faultyShares(p []float64, factor float64) []float64 {
	out := make([]float64, len(p))
	out[0] = min(1, p[0]*factor)
	for i := 1; i < len(p); i++ {
		out[i] = p[i] * (1 - out[0]) / (1 - p[0])
	}
	return out
}

// describePower says it in a sentence.
func describePower(d scenarios.Detectable) string {
	return fmt.Sprintf("Probability that a run with looks of %d shows a dead coordinator: %s; one at three times its share: %s; at twice: %s; at half: %s",
		d.Sessions, phrase.Percent(d.Dead), phrase.Percent(d.Hot3x), phrase.Percent(d.Hot2x), phrase.Percent(d.Half))
}
