package scenarios

import (
	"testing"
	"time"
)

func TestCapacity_HeldOneDown(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		holders []Holder
		want    int
	}{
		"three that hold 8 each":          {[]Holder{{Name: "a", Held: 8}, {Name: "b", Held: 8}, {Name: "c", Held: 8}}, 12},
		"rounded up":                      {[]Holder{{Name: "a", Held: 5}, {Name: "b", Held: 2}, {Name: "c"}}, 4},
		"unidentified sessions come back": {[]Holder{{Name: "a", Held: 2}, {Name: "b", Held: 2}, {Held: 2}}, 6},
		"one alone has nowhere to go":     {[]Holder{{Name: "a", Held: 8}}, 0},
		"none":                            {nil, 0},
	} {
		if got := (Capacity{Holders: tc.holders, Nominal: 24}).HeldOneDown(); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

func TestCapacity_HeldOneDown_WithoutCeiling(t *testing.T) {
	t.Parallel()
	if got := (Capacity{Holders: []Holder{{Name: "a", Held: 8}, {Name: "b", Held: 8}}}).HeldOneDown(); got != 0 {
		t.Errorf("%d, want none", got)
	}
}

func TestCapacity_Full(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		threads, held int
		want          bool
	}{
		"as many as threads": {8, 8, true},
		"one fewer":          {8, 7, false},
		"threads not known":  {0, 100, false},
	} {
		if got := (Capacity{Threads: tc.threads}).Full(Holder{Held: tc.held}); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	given := []Seconds{9, 1, 5}
	if got := Median(given); got != 5 || given[0] != 9 {
		t.Errorf("median %v of %v, which it must leave as they are", got, given)
	}
	if got := Median([]Seconds{4, 1, 2, 9}); got != 3 {
		t.Errorf("median of four is %v, want 3", got)
	}
}

func TestIdleSeen_Summarize(t *testing.T) {
	t.Parallel()
	s := IdleSeen{At: 7, Steps: []IdleStep{
		{After: 30, Outcome: OutcomeFailed, Cut: CutRST}, {After: 10, Outcome: OutcomeOK},
		{After: 20, Outcome: OutcomeFailed, Cut: CutFIN, At: 19}, {After: 15, Outcome: OutcomeUnknown},
	}}
	s.Summarize()
	if s.LastAlive != 10 || s.FirstDead != 20 || s.Cut != CutFIN || s.At != 19 || s.Steps[3].After != 30 {
		t.Errorf("summary %+v", s)
	}
}

func TestScenario_WatchArrivals(t *testing.T) {
	t.Parallel()
	for rate, want := range map[Rate]int{1.1: 11, 2: 20, 0: 0, .25: 3} {
		s := Scenario{Load: LoadConfig{Rate: rate}, Watch: WatchConfig{For: Duration(10 * time.Second)}}
		if got := s.WatchArrivals(); got != want {
			t.Errorf("%v for 10 s: %d arrivals, want %d", rate, got, want)
		}
	}
}

func TestIdleConfig_Scaled(t *testing.T) {
	t.Parallel()
	if got := (IdleConfig{}).Scaled(Duration(time.Second)); got != Duration(time.Second) {
		t.Errorf("without a scale: %v", got)
	}
	if got := (IdleConfig{Scale: .01}).Scaled(Duration(time.Minute)); got != Duration(600*time.Millisecond) {
		t.Errorf("a hundredth of a minute: %v", got)
	}
}
