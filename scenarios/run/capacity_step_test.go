package run

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestHolder_Step(t *testing.T) {
	t.Parallel()
	in := func(n int) *int { return &n }
	for name, c := range map[string]struct {
		config   scenarios.CapacityConfig
		expected int
		pages    []scenarios.Page
		held     map[string]int
		want     int
	}{
		"to a number, all at once":     {config: scenarios.CapacityConfig{Hold: 400}, want: 400},
		"to a number, the rest":        {config: scenarios.CapacityConfig{Hold: 400}, held: map[string]int{"a": 398}, want: 2},
		"nothing known: 5 of 64":       {config: scenarios.CapacityConfig{UntilFull: true}, want: 16},
		"declared":                     {config: scenarios.CapacityConfig{UntilFull: true, Threads: 100}, expected: 10, want: 50},
		"never less than one":          {config: scenarios.CapacityConfig{UntilFull: true, Threads: 2}, expected: 2, want: 1},
		"as many as were seen":         {config: scenarios.CapacityConfig{UntilFull: true}, held: map[string]int{"a": 20, "b": 20}, want: 6},
		"not beyond the bound":         {config: scenarios.CapacityConfig{UntilFull: true, Hold: 10}, held: map[string]int{"a": 3}, want: 3},
		"the bound is reached":         {config: scenarios.CapacityConfig{UntilFull: true, Hold: 10}, held: map[string]int{"a": 10}, want: 0},
		"one is within a step of full": {config: scenarios.CapacityConfig{UntilFull: true}, expected: 5, held: map[string]int{"a": 48}, want: 1},
		"one is a step from that":      {config: scenarios.CapacityConfig{UntilFull: true}, expected: 5, held: map[string]int{"a": 47}, want: 16},
		"four fifths are held": {config: scenarios.CapacityConfig{UntilFull: true}, expected: 20,
			held: map[string]int{"a": 0, "b": 1024}, want: 1},
		"pages tell the threads": {config: scenarios.CapacityConfig{UntilFull: true}, expected: 2,
			pages: []scenarios.Page{{Threads: 300}, {Threads: 200}, {}}, want: 20},
		"pages tell what others have": {config: scenarios.CapacityConfig{UntilFull: true}, expected: 2,
			pages: []scenarios.Page{{Threads: 300, InUse: in(200)}, {Threads: 200, InUse: in(10)}}, want: 10},
		"others have it all": {config: scenarios.CapacityConfig{UntilFull: true}, expected: 2,
			pages: []scenarios.Page{{Threads: 64, InUse: in(70)}}, want: 1},
		"what is declared goes before pages": {config: scenarios.CapacityConfig{UntilFull: true, Threads: 40}, expected: 2,
			pages: []scenarios.Page{{Threads: 300}}, want: 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := toHold(c.config)
			s.Expect.Coordinators.Count = c.expected
			k := newHolder(&run{s: s, pages: c.pages})
			for name, n := range c.held {
				k.by[name] = n
				k.held = append(k.held, make([]*heldSession, n)...)
			}
			if got := k.step(); got != c.want {
				t.Errorf("step = %d, want %d", got, c.want)
			}
		})
	}
}
