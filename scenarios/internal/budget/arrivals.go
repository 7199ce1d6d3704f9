package budget

import (
	"math"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// loadSegment is a part of a load with sessions that are due: some when it begins,
// the others at a rate that changes evenly.
type loadSegment struct {
	atOnce   int
	from, to scenarios.Rate
	lasts    time.Duration
}

// segmentsOf are a stage's parts, where load.rate is pace and the stage before
// ended at the rate was. Of a closed stage nobody knows what is due.
func segmentsOf(st scenarios.Stage, pace, was scenarios.Rate) []loadSegment {
	rest := time.Duration(st.For)
	switch {
	case st.Rate > 0:
		return []loadSegment{{from: was, to: st.Rate, lasts: time.Duration(st.Ramp)}, {from: st.Rate, to: st.Rate, lasts: rest}}
	case st.Hold > 0 && pace > 0:
		opening := time.Duration(float64(st.Hold) / float64(pace) * float64(time.Second))
		return []loadSegment{{from: pace, to: pace, lasts: opening}, {lasts: rest}}
	}
	return []loadSegment{{atOnce: st.Hold, lasts: rest}}
}

// Forever is later than any session is due.
const Forever = scenarios.Duration(math.MaxInt64)

// ArrivalsBetween is how many sessions of a load's stages are due from a time on
// and before another, both since the first stage began; those of closed stages,
// of which that cannot be told, left out.
func ArrivalsBetween(l scenarios.LoadConfig, from, until scenarios.Duration) int {
	return dueBefore(l, time.Duration(until)) - dueBefore(l, time.Duration(from))
}

// dueBefore counts the sessions that are due before a time.
func dueBefore(l scenarios.LoadConfig, until time.Duration) int {
	var sum float64
	var was scenarios.Rate
	left := until
	for _, st := range l.Stages {
		for _, part := range segmentsOf(st, l.Rate, was) {
			if left <= 0 {
				break
			}
			x, whole := min(left, part.lasts).Seconds(), part.lasts.Seconds()
			sum += float64(part.atOnce) + float64(part.from)*x
			if whole > 0 {
				sum += float64(part.to-part.from) * x * x / (2 * whole)
			}
			left -= part.lasts
		}
		was = st.Rate
	}
	return int(math.Ceil(min(sum, math.MaxInt32) - 1e-6))
}
