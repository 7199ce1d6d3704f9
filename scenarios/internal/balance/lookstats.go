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
	quiet     state = iota
	alarmed         // beyond the limit
	doubtful        // it depends on the coordinators of failed sessions, which are unknown
	notJudged       // not judged
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
func assessWithLost(cs batch.CoordinatorSet, s sample, t terms) lookStats {
	if s.unidentified+s.allUnidentified == 0 || len(cs.Slots) == 0 {
		return assess(cs, s, t)
	}
	out := assess(cs, s, t)
	cold, hot := assess(cs, s.withUnidentifiedAt(s.extreme(cs, -1)), t), assess(cs, s.withUnidentifiedAt(s.extreme(cs, 1)), t)
	for _, q := range []rule{reachRule, coverageRule, imbalanceRule} {
		out.state[q] = cold.state[q]
		if cold.state[q] != hot.state[q] || q == coverageRule && len(cold.missing) != len(hot.missing) {
			out.state[q] = doubtful
		}
	}
	out.suspicious = cold.suspicious && hot.suspicious
	return out
}

func assess(cs batch.CoordinatorSet, s sample, t terms) lookStats {
	out := lookStats{sample: s, terms: t, implied: cs.Shares(), pSticky: 1, pMissing: 1, pX2: 1}
	for q := range numRules {
		out.state[q] = notJudged
	}
	if len(cs.Slots) == 0 || s.n() == 0 {
		return out
	}
	out.order()
	if k := len(cs.Slots); k == 1 || s.n() < k || t.policy == scenarios.PolicySource {
		return out
	}
	out.reach()
	out.coverage(cs)
	out.imbalance()
	return out
}

// order is step 3: do neighbours agree more often than the counts explain?
// Under source they must: there every node has to stay with one coordinator.
func (l *lookStats) order() {
	var maxMatches float64
	l.matches, l.expectedMatches, _, maxMatches = stats.Totals(l.orders)
	switch {
	case l.policy == scenarios.PolicySource:
		l.state[orderRule] = quiet
		if l.spread() {
			l.state[orderRule] = alarmed
		}
		return
	case l.policy == scenarios.PolicyLeastConn || l.values() < 2:
		return
	}
	l.state[orderRule] = quiet
	l.pSticky = stats.MatchesTail(l.orders)
	near := l.pSticky >= l.alpha/nearLimit && l.pSticky <= l.alpha*nearLimit
	if near && l.inOrder() <= maxShuffled {
		l.pSticky = stats.MatchesTailPermuted(l.orders, shuffles, stats.NewSeededRand(l.numbers()...))
	}
	if l.pSticky <= l.alpha {
		l.state[orderRule] = alarmed
		l.reuse = min(max((l.matches-l.expectedMatches)/(maxMatches-l.expectedMatches), 0), .99)
	}
}

// The normal form of the order test is trusted beyond a factor of nearLimit on
// either side of alpha, and for sequences longer than maxShuffled; else they
// are shuffled.
const (
	nearLimit   = 30
	shuffles    = 4000
	maxShuffled = 20_000
)

// values counts the coordinators seen in the sequences.
func (l *lookStats) values() int {
	n := 0
	for _, c := range l.all {
		if c > 0 {
			n++
		}
	}
	if l.allUndeclared > 0 {
		n++
	}
	return n
}

// spread reports whether some node handed its sequence to several coordinators.
func (l *lookStats) spread() bool {
	for _, s := range l.orders {
		if len(s.Counts) > 1 {
			return true
		}
	}
	return false
}

// numbers are what the chance is seeded with.
func (l *lookStats) numbers() []int {
	var out []int
	for _, s := range l.orders {
		out = append(append(out, s.M), s.Counts...)
	}
	return out
}

// independent is N': how many independent sessions n sticky ones count as.
func (l *lookStats) independent(n int) float64 { return float64(n) * (1 - l.reuse) / (1 + l.reuse) }

// reach is step 4: does each node have coordinators of its own?
func (l *lookStats) reach() {
	l.state[reachRule] = quiet
	nodes := len(l.nodes)
	if nodes < 2 {
		l.state[reachRule] = notJudged
		return
	}
	if stats.MissProbability(1-1/float64(nodes), float64(l.nAll()-len(l.all))) > l.alpha {
		return // so few sessions that each coordinator meets one node by chance
	}
	zone := make([]int, len(l.all))
	shares := make([]float64, nodes)
	for i, n := range l.all {
		if n == 0 || len(l.nodesOf[i]) > 1 {
			return
		}
		zone[i] = -1
		for node := range l.nodesOf[i] {
			zone[i] = node
			shares[node] += l.implied[i]
		}
	}
	l.zoned = true
	implied := make([]float64, len(zone))
	for i, z := range zone {
		if z < 0 { // known only as lost sessions that were given to it
			implied[i] = l.implied[i]
			continue
		}
		implied[i] = l.implied[i] / shares[z] / float64(nodes)
		l.zoneDeviation = max(l.zoneDeviation, math.Abs(implied[i]/l.implied[i]-1))
	}
	l.implied = stats.Fractions(implied)
	if l.zoneDeviation > l.tolerance+rounding {
		l.state[reachRule] = alarmed
	}
}

// rounding keeps a deviation of exactly the tolerance within it.
const rounding = 1e-9

// coverage is step 5: has an expected coordinator never answered, although it would
// have by chance?
func (l *lookStats) coverage(cs batch.CoordinatorSet) {
	l.effectiveN = l.independent(l.nAll())
	p := cs.Shares()
	limit := l.alpha / float64(len(p))
	l.state[coverageRule] = quiet
	seen := 0
	for i, n := range l.all {
		if n > 0 {
			seen++
			continue
		}
		if miss := stats.MissProbability(p[i], l.effectiveN); miss <= limit {
			l.missing = append(l.missing, i)
			l.pMissing = min(l.pMissing, miss)
		} else {
			l.unproven = append(l.unproven, i)
		}
	}
	if seen == 1 && l.allUndeclared == 0 {
		l.pinned = true
		if only := stats.AllEqualProbability(p, l.nAll()); only <= l.alpha {
			l.missing = append(l.missing, l.unproven...)
			l.unproven = nil
			l.pMissing = min(l.pMissing, only)
		}
	}
	if l.policy == scenarios.PolicyLeastConn { // others' sessions decide where ours go
		l.excludeBusier()
	}
	if len(l.missing) > 0 {
		l.state[coverageRule] = alarmed
	}
}

// imbalance is step 6: are the shares off by more than chance, and by more
// than the tolerance?
func (l *lookStats) imbalance() {
	n := stats.Sum(l.counts)
	switch {
	case l.state[coverageRule] == alarmed || n == 0:
		return
	case l.rankedByConns():
		l.rankByConns()
		return
	case l.policy == scenarios.PolicyLeastConn:
		return
	}
	thin := l.independent(n)
	l.x2 = stats.ChiSquare(l.counts, l.implied) * thin / float64(n)
	l.pX2 = stats.ChiSquareTail(l.x2, len(l.counts)-1)
	for i, c := range l.counts {
		if off := float64(c)/(float64(n)*l.implied[i]) - 1; math.Abs(off) > math.Abs(l.deviation) {
			l.worst, l.deviation = i, off
		}
	}
	l.decide()
}

// decide is significant and big: alarmed; big and nearly significant: suspicious.
func (l *lookStats) decide() {
	l.state[imbalanceRule] = quiet
	if l.big(l.deviation) && l.pX2 <= l.alpha {
		l.state[imbalanceRule] = alarmed
	}
	l.suspicious = l.big(l.deviation) && l.pX2 > l.alpha && l.pX2 <= suspect && !l.any(alarmed)
}

// big reports whether a share is off by more than the tolerance.
func (l *lookStats) big(off float64) bool { return math.Abs(off) > l.tolerance+rounding }

// suspect is the chance below which a large deviation is worth a longer look.
const suspect = .05

// any reports whether some rule is in this state.
func (l *lookStats) any(want state) bool {
	for _, s := range l.state {
		if s == want {
			return true
		}
	}
	return false
}
