package scenarios

import (
	"reflect"
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
	logins := coarse(120 * time.Millisecond)
	want := []Point{
		{Started: 2, OK: 1, Failed: 1, LoginMax: .12, LagMax: .02, Logins: logins},
		{},
		{Started: 2, OK: 1, LoginMax: .12, LagMax: .02, Logins: logins},
	}
	if !reflect.DeepEqual(s.Points, want) || s.Width != 1 {
		t.Errorf("series = %+v", s)
	}
}

// held is a session that the scenario holds, open between two times.
func held(from, until time.Duration) Observation {
	o := Observation{Part: PartHeld, Due: from, Start: from, End: until, Outcome: OutcomeOK}
	return o
}

func TestSeries_OpenAndHeldAreThoseAtTheEndOfAPoint(t *testing.T) {
	t.Parallel()
	var s Series
	s.Add(held(500*time.Millisecond, 3500*time.Millisecond))
	s.Add(held(1200*time.Millisecond, 1800*time.Millisecond)) // gone before its second is over
	s.Add(held(1200*time.Millisecond, 2*time.Second))
	arrived := held(900*time.Millisecond, 1100*time.Millisecond)
	arrived.Part = PartArrival
	s.Add(arrived)
	refused := held(0, 2*time.Second)
	refused.Outcome, refused.Failed = OutcomeFailed, PhaseTCP
	s.Add(refused)
	var kept, open []int
	for _, p := range s.Points {
		kept, open = append(kept, p.Held), append(open, p.Open)
	}
	if !slices.Equal(kept, []int{1, 2, 1, 0}) || !slices.Equal(open, []int{2, 2, 1, 0}) {
		t.Errorf("held = %v, open = %v", kept, open)
	}
}

func TestSeries_IsBounded(t *testing.T) {
	t.Parallel()
	var s Series
	const hours = 5 * 3600
	for i := range hours {
		s.Add(at(time.Duration(i)*time.Second, OutcomeOK))
	}
	s.between(10*time.Second, hours*time.Second, func(p *Point) { p.Held++ })
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
		o.Part, o.End, o.Phases[PhaseOpen] = PartHeld, o.Start+10*time.Second, time.Duration(1+i%90)*time.Millisecond
		part := &even
		if i%2 == 1 || i > 800 { // the one is longer, and so wider, than the other
			part = &odd
		}
		for _, s := range []*Series{&all, part} {
			s.Add(o)
		}
	}
	for name, pair := range map[string][2]Series{"narrow into wide": {odd, even}, "wide into narrow": {even, odd}} {
		var got Series
		got.Merge(pair[0])
		got.Merge(pair[1])
		if got.Width != all.Width || !reflect.DeepEqual(got.Points, all.Points) {
			t.Errorf("%s: width %g, %d points; want %g, %d", name, got.Width, len(got.Points), all.Width, len(all.Points))
		}
	}
	var empty Series
	empty.Merge(Series{})
	if empty.Width != 0 || empty.Points != nil {
		t.Errorf("nothing and nothing is %+v", empty)
	}
}

func TestSeries_LoginsOfWhichSomeAreNotKnown(t *testing.T) {
	t.Parallel()
	var timed Series
	timed.Add(at(0, OutcomeOK))
	earlier := Series{Width: 1, Points: []Point{{Started: 1, OK: 1, LoginMax: .3}}} // of an earlier version
	for name, order := range map[string][]Series{"first": {earlier, timed, timed}, "in between": {timed, earlier, timed}, "last": {timed, timed, earlier}} {
		var sum Series
		for _, s := range order {
			sum.Merge(s)
		}
		if p := sum.Points[0]; !p.Logins.IsZero() || p.LoginMax != .3 || p.Started != 3 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if got, ok := timed.Points[0].Login(.5); !ok || got != 120*time.Millisecond {
		t.Errorf("what was merged has changed: %s, %t", got, ok)
	}
}

func TestSeries_MergeLeavesTheOther(t *testing.T) {
	t.Parallel()
	var wide, narrow Series
	wide.Add(at(3000*time.Second, OutcomeOK))
	for i := range 8 {
		narrow.Add(at(time.Duration(i)*time.Second, OutcomeOK))
	}
	want := clonePoints(narrow.Points)
	wide.Merge(narrow)
	wide.MergeAt(narrow, time.Second)
	if !reflect.DeepEqual(narrow.Points, want) {
		t.Errorf("merged, it is %+v", narrow.Points)
	}
}
