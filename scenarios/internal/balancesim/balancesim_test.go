package balancesim

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// answers are those to n sessions, the nodes in turn.
func answers(of Maker, k, nodes, n int) []int {
	choose := of(rand.New(rand.NewPCG(1, 2)), k, nodes)
	out := make([]int, n)
	for i := range out {
		out[i] = choose(Session{Node: i % nodes, At: i, Of: n})
	}
	return out
}

// counts are how often each of k coordinators answered.
func counts(seq []int, k int) []int {
	out := make([]int, k)
	for _, c := range seq {
		out[c]++
	}
	return out
}

func TestBalancers_Even(t *testing.T) {
	t.Parallel()
	const k, n = 5, 10_000
	for name, of := range map[string]Maker{
		"random": Random, "CRC32": CRC32, "Maglev": Maglev,
		"rotor": Rotor(.2), "shared rotor": SharedRotor(.2), "shared rotor, every 10": SharedRotorEvery(10),
		"two levels": TwoLevels(3, true, .1), "two levels, out of phase": TwoLevels(2, false, .5),
		"two choices": TwoChoices(Others{Arrivals: 1, Duration: 20}), "leastconn": LeastConn(TiesRandom, Others{Arrivals: 1, Duration: 20}),
		"sticky": Sticky(.5), "sticky together": StickyTogether(.5),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for c, got := range counts(answers(of, k, 2, n), k) {
				if math.Abs(float64(got)-n/k) > .12*n/k {
					t.Errorf("coordinator %d has %d of %d sessions", c, got, n)
				}
			}
		})
	}
}

func TestBalancers_Shares(t *testing.T) {
	t.Parallel()
	const n = 10_000
	for name, tc := range map[string]struct {
		of    Maker
		nodes int
		want  []float64
	}{
		"weights":        {Weights(4, 2, 1, 1), 2, []float64{.5, .25, .125, .125}},
		"twice":          {At(2), 1, []float64{.5, 1. / 6, 1. / 6, 1. / 6}},
		"dead":           {At(0), 1, []float64{0, 1. / 3, 1. / 3, 1. / 3}},
		"dead from half": {DeadFrom(0, .5), 1, []float64{.125, .2917, .2917, .2917}},
		"not on node 0":  {DeadFromNode, 2, []float64{.125, .2917, .2917, .2917}},
		"pinned":         {NodePinned, 2, []float64{.625, .125, .125, .125}},
		"each pinned":    {NodesPinned, 2, []float64{.5, .5, 0, 0}},
		"zones":          {Zones(1, 3), 2, []float64{.5, 1. / 6, 1. / 6, 1. / 6}},
		"overlapping":    {Overlapping(2), 2, []float64{.25, .5, .25, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for c, got := range counts(answers(tc.of, 4, tc.nodes, n), 4) {
				if math.Abs(float64(got)/n-tc.want[c]) > .02 {
					t.Errorf("coordinator %d has %d of %d sessions, want a share of %.3f", c, got, n, tc.want[c])
				}
			}
		})
	}
}

func TestRotors_TakeTurns(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		of      Maker
		nodes   int
		stretch int
		period  int
	}{
		"one for all nodes": {SharedRotor(0), 2, 1, 4},
		"one on a node":     {Rotor(0), 1, 1, 4},
		"through workers":   {TwoLevels(3, true, 0), 1, 3, 12},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seq := answers(tc.of, 4, tc.nodes, 120)
			longest, run := 1, 1
			for i := 1; i < len(seq); i++ {
				if run++; seq[i] != seq[i-1] {
					run = 1
				}
				longest = max(longest, run)
				if i >= tc.period && seq[i] != seq[i-tc.period] {
					t.Fatalf("%v has no period of %d", seq, tc.period)
				}
			}
			if longest != tc.stretch {
				t.Errorf("%v: the longest stretch is %d, want %d", seq, longest, tc.stretch)
			}
		})
	}
}

// Sessions that end at once do not move the loads: each goes where the last one went,
// until others come or go.
func TestLeastConn_StaysUntilOthersMove(t *testing.T) {
	t.Parallel()
	alike := func(others Others) int {
		seq, n := answers(LeastConn(TiesFirst, others), 5, 1, 1000), 0
		for i := 1; i < len(seq); i++ {
			if seq[i] == seq[i-1] {
				n++
			}
		}
		return n
	}
	if n := alike(Others{}); n != 999 {
		t.Errorf("with nobody else %d of 999 go where the last one went", n)
	}
	if n := alike(Others{Arrivals: .3, Duration: 300}); n < 300 || n > 800 {
		t.Errorf("with others %d of 999 go where the last one went", n)
	}
}

// A burst that is held fills the coordinators evenly.
func TestLeastConn_SpreadsWhatIsHeld(t *testing.T) {
	t.Parallel()
	choose := LeastConn(TiesFirst, Others{})(rand.New(rand.NewPCG(1, 2)), 4, 1)
	var seq []int
	for range 16 {
		seq = append(seq, choose(Session{Held: true}))
	}
	if got := counts(seq, 4); !slices.Equal(got, []int{4, 4, 4, 4}) {
		t.Errorf("%v of 16 held sessions", got)
	}
	if a, b := choose(Session{}), choose(Session{}); a != b {
		t.Errorf("once they were let go a session goes to %d and the next one to %d", a, b)
	}
}

func TestSystem_LooksAsAsked(t *testing.T) {
	t.Parallel()
	s := System{Scenario: judgetest.Declared(5), K: 5, Nodes: 2, Make: Losing(.1, DeadNode(Random))}
	s.Scenario.Load.Burst = 4
	e := s.Run(3, func(e scenarios.Measured) scenarios.NextLook {
		if len(e.Looks) < 2 {
			return scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: 60}
		}
		return scenarios.NextLook{}
	})
	if len(e.Looks) != 2 || e.Looks[1].Kind != scenarios.LookConfirm || len(e.Looks[1].Sequence.Steps) != 60 {
		t.Fatalf("looks %+v", e.Looks)
	}
	perNode := map[string]int{}
	for o := range e.Looks[1].Sequence.All() {
		perNode[o.Node.String()]++
		if o.Node == judgetest.NodeAddr(0) && o.Coordinator != "" {
			t.Errorf("%s answered over the dead node", o.Coordinator)
		}
	}
	if perNode[judgetest.NodeAddr(0).String()] != 30 || perNode[judgetest.NodeAddr(1).String()] != 30 {
		t.Errorf("sessions by node: %v", perNode)
	}
	if n, _, _, _ := e.Looks[1].Burst.Total(); n != 4 {
		t.Errorf("%d in the burst", n)
	}
	if w := s.Whole(3, 100).Looks[0]; w.Kind != scenarios.LookWhole || w.Blocks.Sessions() != 100 {
		t.Errorf("%d sessions in blocks", w.Blocks.Sessions())
	}
}
