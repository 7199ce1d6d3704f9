package stats

import "testing"

func TestLookSize(t *testing.T) {
	t.Parallel()
	ks := []int{2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 32}
	for nodes, want := range map[int][]int{
		1: {40, 42, 40, 40, 48, 72, 90, 108, 160, 200, 352},
		2: {40, 42, 40, 40, 54, 88, 120, 144, 208, 280, 480},
		3: {42, 42, 60, 75, 96, 144, 210, 240, 384, 480, 768},
		4: {40, 48, 76, 120, 144, 200, 280, 336, 480, 620, 1088},
		6: {42, 90, 132, 180, 228, 336, 450, 540, 768, 1020, 1728},
	} {
		for i, k := range ks {
			s := LookSize{Shares: even(k), Nodes: nodes, Alpha: .001, Near: .05, Burst: 16, Minimum: 40}
			if got := s.Draws(); got != want[i] {
				t.Errorf("%d coordinators and %d nodes: %d, want %d", k, nodes, got, want[i])
			}
		}
	}
	s := LookSize{Shares: []float64{.5, .25, .125, .125}, Nodes: 1, Alpha: .001, Near: .05, Minimum: 40}
	if got := s.Draws(); got != 64 { // an eighth takes 63 sessions
		t.Errorf("with weights: %d, want 64", got)
	}
}

func TestDrawsToDiffer(t *testing.T) {
	t.Parallel()
	for k, want := range map[int]int{2: 11, 3: 8, 5: 6, 10: 4, 1: 0} {
		if got := DrawsToDiffer(even(k), .001); got != want {
			t.Errorf("%d draws of %d values are not all equal, want %d", got, k, want)
		}
	}
	if got := DrawsToDiffer(even(10), .001); AllEqualProbability(even(10), got-1) <= .001 {
		t.Errorf("%d is not the smallest", got)
	}
	for k, want := range map[int]int{2: 11, 3: 20, 5: 39, 10: 88} {
		if got := DrawsToSee(1/float64(k), .001/float64(k)); got != want {
			t.Errorf("%d draws show each of %d values, want %d", got, k, want)
		}
	}
}
