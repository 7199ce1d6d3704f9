package batch

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Slot is one coordinator that ought to be there.
type Slot struct {
	Name  string  // as seen; as declared where it was not seen; "": not known
	Seen  bool    // in any look
	Share float64 // expected share
}

// CoordinatorSet maps the names seen to the coordinators expected.
type CoordinatorSet struct {
	Slots            []Slot
	SlotOf           map[string]int // seat by name seen
	Undeclared       []string       // seen, and declared by nobody; sorted
	Declared         int            // how many were declared; 0: nothing was
	Named            bool           // by name
	WeightsUnmatched bool           // weights cannot be laid to names, since one was not seen
}

// MatchExpected builds the roster from what was declared and from the names seen in
// all looks.
func MatchExpected(s scenarios.Scenario, looks []Look) CoordinatorSet {
	seen := NamesSeen(looks)
	r := CoordinatorSet{SlotOf: map[string]int{}, Declared: s.Expect.Coordinators.K(), Named: len(s.Expect.Coordinators.Names) > 0}
	if r.Named {
		r.addDeclared(s.Expect.Coordinators.Names, seen)
	} else {
		for i, name := range seen {
			r.SlotOf[name] = i
			r.Slots = append(r.Slots, Slot{Name: name, Seen: true})
		}
		for len(r.Slots) < r.Declared {
			r.Slots = append(r.Slots, Slot{})
		}
	}
	r.setShares(s.Expect.Balance.Weights)
	return r
}

// addDeclared seats the declared names and leaves the rest foreign.
func (r *CoordinatorSet) addDeclared(declared, seen []string) {
	taken := MatchNames(declared, seen)
	for i, name := range declared {
		st := Slot{Name: name}
		for _, s := range seen {
			if at, ok := taken[s]; ok && at == i {
				r.SlotOf[s] = i
				if !st.Seen {
					st = Slot{Name: s, Seen: true}
				}
			}
		}
		r.Slots = append(r.Slots, st)
	}
	for _, s := range seen {
		if _, ok := r.SlotOf[s]; !ok {
			r.Undeclared = append(r.Undeclared, s)
		}
	}
}

// setShares gives every seat its expected share. Weights for a set that was not
// seen whole and has no names go, to be careful, smallest first to the unseen.
func (r *CoordinatorSet) setShares(weights []float64) {
	k := len(r.Slots)
	p := stats.Fractions(make([]float64, k))
	r.WeightsUnmatched = len(weights) > 0 && len(weights) != k
	if len(weights) == k {
		p = stats.Fractions(weights)
		if !r.Named && k > 0 && !r.Slots[k-1].Seen {
			r.WeightsUnmatched = true
			slices.SortFunc(p, func(a, b float64) int { return cmp.Compare(b, a) })
		}
	}
	for i := range r.Slots {
		r.Slots[i].Share = p[i]
	}
}

// Shares are the seats' expected shares.
func (r CoordinatorSet) Shares() []float64 {
	p := make([]float64, len(r.Slots))
	for i, s := range r.Slots {
		p[i] = s.Share
	}
	return p
}

// Missing are the declared coordinators that no look saw, as far as names are known.
func (r CoordinatorSet) Missing() []string {
	var out []string
	for _, s := range r.Slots {
		if !s.Seen && s.Name != "" {
			out = append(out, s.Name)
		}
	}
	return out
}

// Unseen counts the seats that no look saw.
func (r CoordinatorSet) Unseen() int {
	n := 0
	for _, s := range r.Slots {
		if !s.Seen {
			n++
		}
	}
	return n
}
