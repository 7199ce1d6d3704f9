package scenarios

import (
	"slices"
	"testing"
	"time"
)

func TestLoad_CountsPromises(t *testing.T) {
	t.Parallel()
	late := at(time.Second, OutcomeOK)
	late.Due, late.Owed = late.Start-51*time.Millisecond, 10*time.Millisecond
	afterwards := at(0, OutcomeFailed)
	afterwards.Failed = PhaseExecute
	var l, other LoadStats
	for _, o := range []Observation{at(0, OutcomeOK), at(0, OutcomeFailed), late} {
		l.Add(o)
	}
	other.Add(afterwards)
	unpaced := at(0, OutcomeFailed)
	unpaced.Unpaced = true
	other.Add(unpaced)
	other.Dropped = 4
	l.Merge(other)
	if l.Lag.Count() != 4 || l.Owed.Count() != 4 || l.Login.Count() != 3 || l.Late != 1 || l.Dropped != 4 {
		t.Errorf("lag %d, owed %d, login %d, late %d, dropped %d", l.Lag.Count(), l.Owed.Count(), l.Login.Count(), l.Late, l.Dropped)
	}
	if d := l.Login.Max() - 151*time.Millisecond; d.Abs() > time.Millisecond {
		t.Errorf("login takes %s, want 151ms from when it was due", l.Login.Max())
	}
	if d := l.Owed.Max() - 10*time.Millisecond; d.Abs() > 100*time.Microsecond {
		t.Errorf("owed %s", l.Owed.Max())
	}
}

func TestStages_TakeTimeAndSessions(t *testing.T) {
	t.Parallel()
	second := Duration(time.Second)
	for name, c := range map[string]struct {
		stages   []Stage
		lasts    time.Duration
		sessions int
	}{
		"a rate":                       {[]Stage{{Rate: 20, For: 30 * second}}, 30 * time.Second, 600},
		"a part of an interval":        {[]Stage{{Rate: .5, For: 3 * second}}, 3 * time.Second, 2},
		"a ramp from nothing":          {[]Stage{{Rate: 20, Ramp: 10 * second}}, 10 * time.Second, 100},
		"a ramp from the stage before": {[]Stage{{Rate: 10, For: second}, {Rate: 20, Ramp: 10 * second, For: second}}, 12 * time.Second, 10 + 150 + 20},
		"a ramp after no rate":         {[]Stage{{Closed: 5, For: second}, {Rate: 20, Ramp: 10 * second}}, 11 * time.Second, 100},
		"held ones open at load.rate":  {[]Stage{{Hold: 40, For: 60 * second}}, 64 * time.Second, 40},
		"closed ones cannot be told":   {[]Stage{{Closed: 40, For: 60 * second}}, time.Minute, 0},
	} {
		lasts, sessions := LoadConfig{Rate: 10, Stages: c.stages}.StagesTake()
		if lasts != c.lasts || sessions != c.sessions {
			t.Errorf("%s: %s and %d sessions, want %s and %d", name, lasts, sessions, c.lasts, c.sessions)
		}
	}
}

func TestSortTags_ByMetricTagAndValue(t *testing.T) {
	t.Parallel()
	tags := []TagTimes{{Metric: "b"}, {Metric: "a", Tag: TagNode, Value: "x"}, {Metric: "a", Tag: TagCoordinator, Value: "z"}, {Metric: "a", Tag: TagCoordinator, Value: "y"}}
	SortTags(tags)
	var got []string
	for _, w := range tags {
		got = append(got, w.Metric+w.Tag+w.Value)
	}
	if !slices.Equal(got, []string{"acoordinatory", "acoordinatorz", "anodex", "b"}) {
		t.Errorf("order = %q", got)
	}
}

// What is to be held takes its time to open, also one session.
func TestStage_LastsAsLongAsItOpens(t *testing.T) {
	t.Parallel()
	for held, want := range map[int]time.Duration{0: 3 * time.Second, 1: 3500 * time.Millisecond, 4: 5 * time.Second} {
		st := Stage{Hold: held, For: Duration(3 * time.Second)}
		if got := st.Lasts(2); got != want {
			t.Errorf("%d held: %v, want %v", held, got, want)
		}
		if got := st.Lasts(0); got != 3*time.Second {
			t.Errorf("%d held without a pace: %v", held, got)
		}
	}
}
