package judge

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// losingAt has the long sessions at these indices end at these times.
func losingAt(at map[int]scenarios.Seconds) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) {
		for i, s := range at {
			l := &e.Watch.Long[i]
			l.Outcome, l.At, l.Cut, l.Class = scenarios.OutcomeFailed, s, scenarios.CutRST, vocabtest.Class("execute.reset")
		}
	}
}

func allowing(lost int) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) { e.Scenario.Expect.MaxLost = lost }
}

func unidentifiedLong(e *scenarios.Measured) {
	for i := range e.Watch.Long {
		e.Watch.Long[i].Coordinator = ""
	}
}

func withoutLong(e *scenarios.Measured) { e.Scenario.Watch.Long, e.Watch.Long = 0, nil }

// sharedPIDs has two processes under the name of coordinator 1.
func sharedPIDs(e *scenarios.Measured) {
	e.Watch.Coords[1].PIDs = []int32{8, 9}
	e.Looks[0].Seen = []scenarios.Seen{{Coordinator: judgetest.CoordName(1), PIDs: []int32{8, 9}, Returns: 40}}
}

func TestWatch_Lost(t *testing.T) {
	t.Parallel()
	all := map[int]scenarios.Seconds{0: 12.5, 1: 12.5, 2: 12.55, 3: 12.6, 4: 12.6}
	for name, c := range map[string]struct {
		change func(*scenarios.Measured)
		want   scenarios.Status
	}{
		"none is lost":                                {nil, scenarios.StatusPass},
		"none was to stay":                            {withoutLong, scenarios.StatusSkipped},
		"those of a coordinator that went away":       {together(losingAt(map[int]scenarios.Seconds{1: 12.5, 3: 12.5}), gone(sec(64), 0)), scenarios.StatusPass},
		"those of one that was restarted":             {together(losingAt(map[int]scenarios.Seconds{1: 12.5, 3: 12.5}), gone(nil, 0, 9)), scenarios.StatusPass},
		"those of one, which nothing else shows":      {losingAt(map[int]scenarios.Seconds{1: 12.5, 3: 12.5}), scenarios.StatusPass},
		"a reload of the balancer that cuts all":      {losingAt(all), scenarios.StatusFail},
		"all, one after the other":                    {losingAt(map[int]scenarios.Seconds{0: 12, 1: 32, 2: 52, 3: 72, 4: 92}), scenarios.StatusFail},
		"also one of a coordinator that stayed":       {together(losingAt(map[int]scenarios.Seconds{0: 12.5, 1: 12.5, 3: 12.5}), gone(sec(64), 0)), scenarios.StatusFail},
		"as many as are allowed":                      {together(losingAt(map[int]scenarios.Seconds{0: 12.5, 1: 12.5, 3: 12.5}), gone(sec(64), 0), allowing(1)), scenarios.StatusPass},
		"more than are allowed":                       {together(losingAt(all), allowing(4)), scenarios.StatusFail},
		"all, and it is not known of which":           {together(unidentifiedLong, losingAt(all)), scenarios.StatusInconclusive},
		"one did not open":                            {neverOpening(1, "open.reset"), scenarios.StatusInconclusive},
		"one did not open, and one may be lost":       {together(neverOpening(1, "open.reset"), allowing(1)), scenarios.StatusPass},
		"one did not open, and more are lost":         {together(losingAt(all), neverOpening(1, "open.reset")), scenarios.StatusFail},
		"none opened":                                 {neverOpening(5, "open.reset"), scenarios.StatusInconclusive},
		"two processes of one name are not a restart": {together(sharedPIDs, losingAt(map[int]scenarios.Seconds{0: 12.5, 1: 12.5})), scenarios.StatusFail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := Judge(steady(0, "systemctl reload haproxy", c.change))
			f := judgetest.Find(t, j.Findings, scenarios.WatchLost)[0]
			if f.Status != c.want {
				t.Errorf("%v, want %v: %s", f.Status, c.want, f.Message)
			}
			judgetest.Prose(t, f)
		})
	}
}

// A watch that is too short to say that a coordinator was absent does not say that
// none was.
func TestWatch_Doubts(t *testing.T) {
	t.Parallel()
	short := func(change func(*scenarios.Measured)) func(*scenarios.Measured) {
		return func(e *scenarios.Measured) {
			e.Watch.For, e.Watch.Sessions = 20, 20
			e.Watch.Coords[0].First, e.Watch.Coords[0].Last = 1, 20
			e.Watch.Coords[1].First, e.Watch.Coords[1].Last = 2, 19
			change(e)
		}
	}
	for name, change := range map[string]func(*scenarios.Measured){
		"all were met":                  short(func(*scenarios.Measured) {}),
		"one got none of the last five": short(func(e *scenarios.Measured) { e.Watch.Coords[1].Last = 10 }),
		"one came late":                 short(func(e *scenarios.Measured) { e.Watch.Coords[1].First = 11 }),
		"there is one coordinator":      short(func(e *scenarios.Measured) { e.Watch.Coords = e.Watch.Coords[:1] }),
		"one was never met":             short(func(e *scenarios.Measured) { e.Scenario.Expect.Coordinators.Count = 3 }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := judgetest.Find(t, Judge(steady(0, "", change)).Findings, scenarios.WatchOutage)[0]
			judgetest.Prose(t, f)
		})
	}
}
