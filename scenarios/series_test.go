package scenarios

import (
	"slices"
	"testing"
	"time"
)

func at(start time.Duration, outcome Outcome) Observation {
	o := Observation{Part: PartArrival, Due: start - 20*time.Millisecond, Start: start, Outcome: outcome, Failed: PhaseOpen}
	o.Phases[PhaseOpen] = 100 * time.Millisecond
	return o
}

func TestSeries_CountsSessionsWhereTheyStarted(t *testing.T) {
	t.Parallel()
	var s Series
	for _, o := range []Observation{at(0, OutcomeOK), at(900*time.Millisecond, OutcomeFailed), at(2500*time.Millisecond, OutcomeOK), at(2600*time.Millisecond, OutcomeUnknown)} {
		s.Add(o)
	}
	want := []Point{
		{Started: 2, OK: 1, Failed: 1, LoginMax: .12, LagMax: .02},
		{},
		{Started: 2, OK: 1, LoginMax: .12, LagMax: .02},
	}
	if !slices.Equal(s.Points, want) || s.Width != 1 {
		t.Errorf("series = %+v", s)
	}
}

func TestSeries_HeldIsOpenAtTheEndOfAPoint(t *testing.T) {
	t.Parallel()
	var s Series
	s.Hold(500*time.Millisecond, 3500*time.Millisecond)
	s.Hold(1200*time.Millisecond, 1800*time.Millisecond) // gone before its second is over
	s.Hold(1200*time.Millisecond, 2*time.Second)
	var held []int
	for _, p := range s.Points {
		held = append(held, p.Held)
	}
	if !slices.Equal(held, []int{1, 2, 1, 0}) {
		t.Errorf("held = %v", held)
	}
}

func TestSeries_IsBounded(t *testing.T) {
	t.Parallel()
	var s Series
	const hours = 5 * 3600
	for i := range hours {
		s.Add(at(time.Duration(i)*time.Second, OutcomeOK))
	}
	s.Hold(10*time.Second, hours*time.Second)
	started, early := 0, 0
	for i, p := range s.Points {
		started += p.Started
		if i < 3 {
			early += p.Started
		}
	}
	if len(s.Points) > MaxPoints || len(s.Points) < MaxPoints/2 || s.Width != 32 {
		t.Errorf("%d points of %g s", len(s.Points), s.Width)
	}
	if started != hours || early != 96 || s.Points[0].Held != 1 || s.Points[len(s.Points)-1].Held != 0 {
		t.Errorf("%d sessions, %d of them early; %+v", started, early, s.Points[0])
	}
}

func TestSeries_MergedEqualsTheSeriesOfAll(t *testing.T) {
	t.Parallel()
	var all, even, odd Series
	for i := range 2000 {
		o := at(time.Duration(i)*700*time.Millisecond, OutcomeOK)
		part := &even
		if i%2 == 1 || i > 800 { // the one is longer, and so wider, than the other
			part = &odd
		}
		for _, s := range []*Series{&all, part} {
			s.Add(o)
			s.Hold(o.Start, o.Start+10*time.Second)
		}
	}
	for name, pair := range map[string][2]Series{"narrow into wide": {odd, even}, "wide into narrow": {even, odd}} {
		var got Series
		got.Merge(pair[0])
		got.Merge(pair[1])
		if got.Width != all.Width || !slices.Equal(got.Points, all.Points) {
			t.Errorf("%s: width %g, %d points; want %g, %d", name, got.Width, len(got.Points), all.Width, len(all.Points))
		}
	}
	var empty Series
	empty.Merge(Series{})
	if empty.Width != 0 || empty.Points != nil {
		t.Errorf("nothing and nothing is %+v", empty)
	}
}
