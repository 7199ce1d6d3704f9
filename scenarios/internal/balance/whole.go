package balance

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// part is a part of a whole look, with what it is judged by.
type part struct {
	sample
	terms
}

// maxParts is how many consecutive looks a whole one is cut into; each has twice the
// sessions of a default look at least.
const maxParts = 8

// partsOf cuts the look of a run that is not made of looks, where no further one can
// confirm an alarm, into consecutive looks that confirm each other.
func partsOf(s sample, shares []float64, t terms) []part {
	if len(shares) == 0 {
		return []part{{s, t}}
	}
	count := min(maxParts, s.sessions()/(2*budget.SizeOfLook(shares, len(s.nodes), t.alpha, 0)))
	if count < 2 || !s.sequenced {
		t.whole = true
		return []part{{s, t}}
	}
	t.alpha /= 2
	var out []part
	for _, p := range s.parts(count) {
		out = append(out, part{p, t})
	}
	return out
}
