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
	SlotOf           map[string]int // slot by name seen
	Undeclared       []string       // seen and not declared; sorted
	Declared         int            // how many were declared; 0: nothing was
	Named            bool           // by name
	WeightsUnmatched bool           // weights cannot be matched to names, since one was not seen
}

// MatchExpected builds the set from what was declared and from the names seen in
// all looks.
func MatchExpected(s scenarios.Scenario, looks []Look) CoordinatorSet {
	seen := NamesSeen(looks)
	cs := CoordinatorSet{SlotOf: map[string]int{}, Declared: s.Expect.Coordinators.K(), Named: len(s.Expect.Coordinators.Names) > 0}
	if cs.Named {
		cs.addDeclared(s.Expect.Coordinators.Names, seen)
	} else {
		for i, name := range seen {
			cs.SlotOf[name] = i
			cs.Slots = append(cs.Slots, Slot{Name: name, Seen: true})
		}
		for len(cs.Slots) < cs.Declared {
			cs.Slots = append(cs.Slots, Slot{})
		}
	}
	cs.setShares(s.Expect.Balance.Weights)
	return cs
}

// addDeclared gives the declared names their slots; the rest is undeclared.
func (cs *CoordinatorSet) addDeclared(declared, seen []string) {
	taken := MatchNames(declared, seen)
	for i, name := range declared {
		st := Slot{Name: name}
		for _, s := range seen {
			if at, ok := taken[s]; ok && at == i {
				cs.SlotOf[s] = i
				if !st.Seen {
					st = Slot{Name: s, Seen: true}
				}
			}
		}
		cs.Slots = append(cs.Slots, st)
	}
	for _, s := range seen {
		if _, ok := cs.SlotOf[s]; !ok {
			cs.Undeclared = append(cs.Undeclared, s)
		}
	}
}

// setShares gives every slot its expected share. Weights for a set that was not
// seen whole and has no names go, to be careful, smallest first to the unseen.
func (cs *CoordinatorSet) setShares(weights []float64) {
	k := len(cs.Slots)
	p := stats.Fractions(make([]float64, k))
	cs.WeightsUnmatched = len(weights) > 0 && len(weights) != k
	if len(weights) == k {
		p = stats.Fractions(weights)
		if !cs.Named && k > 0 && !cs.Slots[k-1].Seen {
			cs.WeightsUnmatched = true
			slices.SortFunc(p, func(a, b float64) int { return cmp.Compare(b, a) })
		}
	}
	for i := range cs.Slots {
		cs.Slots[i].Share = p[i]
	}
}

// Shares are the slots' expected shares.
func (cs CoordinatorSet) Shares() []float64 {
	p := make([]float64, len(cs.Slots))
	for i, s := range cs.Slots {
		p[i] = s.Share
	}
	return p
}

// Missing are the declared coordinators that no look saw, as far as names are known.
func (cs CoordinatorSet) Missing() []string {
	var out []string
	for _, s := range cs.Slots {
		if !s.Seen && s.Name != "" {
			out = append(out, s.Name)
		}
	}
	return out
}

// Present are the coordinators of the set that some look saw.
func (cs CoordinatorSet) Present() []string {
	var out []string
	for _, s := range cs.Slots {
		if s.Seen {
			out = append(out, s.Name)
		}
	}
	return out
}

// Unseen counts the slots that no look saw.
func (cs CoordinatorSet) Unseen() int {
	n := 0
	for _, s := range cs.Slots {
		if !s.Seen {
			n++
		}
	}
	return n
}
