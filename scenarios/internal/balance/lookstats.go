package balance

import (
	"math"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
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

// state is a rule's answer for one look.
type state int

const (
	quiet    state = iota
	alarmed        // beyond the limit
	doubtful       // it depends on the coordinators of failed sessions, which are unknown
	idle           // not judged
)

// terms are what a look is judged by.
type terms struct {
	policy    scenarios.Policy
	alpha     float64
	tolerance float64
	conns     []connCounts // by slot; nil: the coordinators did not report them
}

// lookStats is what one look says.
type lookStats struct {
	sample
	terms
	state      [numRules]state
	suspicious bool // worth a longer look

	pSticky         float64 // chance of that number of matches, given the counts
	reuse           float64 // estimated share of sessions that re-used the last coordinator
	matches         float64
	expectedMatches float64 // matches expected

	zoned         bool
	implied       []float64 // shares that the zones imply; the expected ones without zones
	zoneDeviation float64   // largest relative deviation of an implied share

	effectiveN float64 // sessions as coverage counts them: burst in, stickiness out
	missing    []int   // slots that alarm
	unproven   []int   // slots not seen, in too few sessions to alarm
	busier     []int   // slots not seen, as expected: leastconn found them busier than others
	pMissing   float64 // chance of the alarm, of the slot with the smallest
	pinned     bool    // one coordinator took all

	x2, pX2   float64
	worst     int     // slot with the largest deviation
	deviation float64 // how far, relative to its share
	ranking   ranking
}

// assessWithLost judges one look. Where sessions are lost it is judged twice, all of
// them given to the coldest coordinator, then to the hottest; where that makes
// a difference the rule is in doubt.
func assessWithLost(r batch.CoordinatorSet, s sample, t terms) lookStats {
	if s.unattributed+s.allUnattributed == 0 || len(r.Slots) == 0 {
		return assess(r, s, t)
	}
	out := assess(r, s, t)
	cold, hot := assess(r, s.withUnattributedAt(s.extreme(r, -1)), t), assess(r, s.withUnattributedAt(s.extreme(r, 1)), t)
	for _, q := range []rule{reachRule, coverageRule, imbalanceRule} {
		out.state[q] = cold.state[q]
		if cold.state[q] != hot.state[q] || q == coverageRule && len(cold.missing) != len(hot.missing) {
			out.state[q] = doubtful
		}
	}
	out.suspicious = cold.suspicious && hot.suspicious
	return out
}

func assess(r batch.CoordinatorSet, s sample, t terms) lookStats {
	out := lookStats{sample: s, terms: t, implied: r.Shares(), pSticky: 1, pMissing: 1, pX2: 1}
	for q := range numRules {
		out.state[q] = idle
	}
	if len(r.Slots) == 0 || s.n() == 0 {
		return out
	}
	out.order()
	if k := len(r.Slots); k == 1 || s.n() < k || t.policy == scenarios.SourcePolicy {
		return out
	}
	out.reach()
	out.coverage(r)
	out.imbalance()
	return out
}

// order is step 3: do neighbours agree more often than the counts explain?
// Under source they must: there every node has to stay with one coordinator.
func (o *lookStats) order() {
	var most float64
	o.matches, o.expectedMatches, _, most = stats.Totals(o.orders)
	switch {
	case o.policy == scenarios.SourcePolicy:
		o.state[orderRule] = quiet
		if o.spread() {
			o.state[orderRule] = alarmed
		}
		return
	case o.policy == scenarios.LeastConn || o.values() < 2:
		return
	}
	o.state[orderRule] = quiet
	o.pSticky = stats.TooAlike(o.orders)
	near := o.pSticky >= o.alpha/nearLimit && o.pSticky <= o.alpha*nearLimit
	if near && o.inOrder() <= mostShuffled {
		o.pSticky = stats.Permuted(o.orders, shuffles, stats.Seeded(o.numbers()...))
	}
	if o.pSticky <= o.alpha {
		o.state[orderRule] = alarmed
		o.reuse = min(max((o.matches-o.expectedMatches)/(most-o.expectedMatches), 0), .99)
	}
}

// The normal form of the order test is trusted beyond a factor of nearLimit on
// either side of alpha, and for sequences longer than mostShuffled; else they
// are shuffled.
const (
	nearLimit    = 30
	shuffles     = 4000
	mostShuffled = 20_000
)

// values counts the coordinators seen in the sequences.
func (o *lookStats) values() int {
	n := 0
	for _, c := range o.all {
		if c > 0 {
			n++
		}
	}
	if o.allUndeclared > 0 {
		n++
	}
	return n
}

// spread reports whether some node handed its sequence to several coordinators.
func (o *lookStats) spread() bool {
	for _, s := range o.orders {
		if len(s.Counts) > 1 {
			return true
		}
	}
	return false
}

// numbers are what the chance is seeded with.
func (o *lookStats) numbers() []int {
	var out []int
	for _, s := range o.orders {
		out = append(append(out, s.M), s.Counts...)
	}
	return out
}

// independent is N': how many independent sessions n sticky ones count as.
func (o *lookStats) independent(n int) float64 { return float64(n) * (1 - o.reuse) / (1 + o.reuse) }

// reach is step 4: does each node have coordinators of its own?
func (o *lookStats) reach() {
	o.state[reachRule] = quiet
	nodes := len(o.nodes)
	if nodes < 2 {
		o.state[reachRule] = idle
		return
	}
	if stats.NeverSeen(1-1/float64(nodes), float64(o.nAll()-len(o.all))) > o.alpha {
		return // so few sessions that each coordinator meets one node by chance
	}
	zone := make([]int, len(o.all))
	shares := make([]float64, nodes)
	for i, n := range o.all {
		if n == 0 || len(o.nodesOf[i]) > 1 {
			return
		}
		zone[i] = -1
		for node := range o.nodesOf[i] {
			zone[i] = node
			shares[node] += o.implied[i]
		}
	}
	o.zoned = true
	implied := make([]float64, len(zone))
	for i, z := range zone {
		if z < 0 { // known only as lost sessions that were given to it
			implied[i] = o.implied[i]
			continue
		}
		implied[i] = o.implied[i] / shares[z] / float64(nodes)
		o.zoneDeviation = max(o.zoneDeviation, math.Abs(implied[i]/o.implied[i]-1))
	}
	o.implied = stats.Fractions(implied)
	if o.zoneDeviation > o.tolerance+rounding {
		o.state[reachRule] = alarmed
	}
}

// rounding keeps a deviation of exactly the tolerance within it.
const rounding = 1e-9

// coverage is step 5: has an expected coordinator never answered, although it would
// have by chance?
func (o *lookStats) coverage(r batch.CoordinatorSet) {
	o.effectiveN = o.independent(o.nAll())
	p := r.Shares()
	limit := o.alpha / float64(len(p))
	o.state[coverageRule] = quiet
	seen := 0
	for i, n := range o.all {
		if n > 0 {
			seen++
			continue
		}
		if miss := stats.NeverSeen(p[i], o.effectiveN); miss <= limit {
			o.missing = append(o.missing, i)
			o.pMissing = min(o.pMissing, miss)
		} else {
			o.unproven = append(o.unproven, i)
		}
	}
	if seen == 1 && o.allUndeclared == 0 {
		o.pinned = true
		if only := stats.OnlyOne(p, o.nAll()); only <= o.alpha {
			o.missing = append(o.missing, o.unproven...)
			o.unproven = nil
			o.pMissing = min(o.pMissing, only)
		}
	}
	if o.policy == scenarios.LeastConn { // others' sessions decide where ours go
		o.excludeBusier()
	}
	if len(o.missing) > 0 {
		o.state[coverageRule] = alarmed
	}
}

// imbalance is step 6: are the shares off by more than chance, and by more
// than the tolerance?
func (o *lookStats) imbalance() {
	n := stats.Sum(o.counts)
	switch {
	case o.state[coverageRule] == alarmed || n == 0:
		return
	case o.rankedByConns():
		o.rankByConns()
		return
	case o.policy == scenarios.LeastConn:
		return
	}
	thin := o.independent(n)
	o.x2 = stats.ChiSquare(o.counts, o.implied) * thin / float64(n)
	o.pX2 = stats.ChiSquareTail(o.x2, len(o.counts)-1)
	for i, c := range o.counts {
		if off := float64(c)/(float64(n)*o.implied[i]) - 1; math.Abs(off) > math.Abs(o.deviation) {
			o.worst, o.deviation = i, off
		}
	}
	o.decide()
}

// decide is significant and big: alarmed; big and nearly significant: suspicious.
func (o *lookStats) decide() {
	o.state[imbalanceRule] = quiet
	if o.big(o.deviation) && o.pX2 <= o.alpha {
		o.state[imbalanceRule] = alarmed
	}
	o.suspicious = o.big(o.deviation) && o.pX2 > o.alpha && o.pX2 <= suspect && !o.any(alarmed)
}

// big reports whether a share is off by more than the tolerance.
func (o *lookStats) big(off float64) bool { return math.Abs(off) > o.tolerance+rounding }

// suspect is the chance below which a large deviation is worth a longer look.
const suspect = .05

// any reports whether some rule is in this state.
func (o *lookStats) any(want state) bool {
	for _, s := range o.state {
		if s == want {
			return true
		}
	}
	return false
}
