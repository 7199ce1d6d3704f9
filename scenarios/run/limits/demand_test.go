package limits

import (
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestDemandOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set   func(*scenarios.Scenario)
		text  string
		open  int
		lasts time.Duration
	}{
		"stages": {set: func(s *scenarios.Scenario) {
			s.Kind = scenarios.KindStages
			s.Load.Stages = []scenarios.Stage{
				{Rate: 20, Ramp: seconds(10)}, {Rate: 20, For: seconds(30)}, {Rate: 5, Ramp: seconds(5), For: seconds(60)}, {Closed: 8, For: seconds(60)}, {Hold: 20, For: seconds(5)},
			}
		}, text: "ramp to 20/s in 10s, then 20/s for 30s, then ramp to 5/s in 5s and keep it for 1m0s, then 8 at once for 1m0s, then ramp to 20 held sessions at 10/s, about 2s, and hold them 5s", open: 36, lasts: 172 * time.Second},
		"capacity": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{Hold: 400, For: seconds(600)}
		}, text: "ramp to 400 held sessions at 10/s, about 40s, and hold them 10m0s", open: 416, lasts: 640 * time.Second},
		"capacity, not paced": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{Hold: 40}
			s.Load.Rate = 0
		}, text: "open 40 sessions together, and ask each once", open: 56, lasts: 0},
		"capacity until full": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{UntilFull: true}
			s.Expect.Coordinators.Count = 5
		}, text: "open sessions at 10/s and keep them until one gets no answer", open: 16 + 5*64, lasts: 0},
		"capacity until full, bounded": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{UntilFull: true, Hold: 100}
		}, text: "open sessions at 10/s and keep them until one gets no answer, or 100 are held", open: 116, lasts: 10 * time.Second},
		"capacity until full, of coordinators that nobody counted": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{UntilFull: true}
		}, text: "open sessions at 10/s and keep them until one gets no answer", open: 16 + 5*64, lasts: 0},
		"capacity until full, of more threads": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{UntilFull: true, Threads: 100}
		}, text: "open sessions at 10/s and keep them until one gets no answer", open: 16 + 5*100, lasts: 0},
		"idle, scaled": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Idle = scenarios.KindIdle, scenarios.IdleConfig{Steps: []scenarios.Duration{seconds(55), seconds(605)}, Scale: .1}
		}, text: "2 idle sessions, the longest for 1m0.5s", open: 2, lasts: 60500 * time.Millisecond},
		"watch": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Load.Rate, s.Watch = scenarios.KindWatch, 2, scenarios.WatchConfig{For: seconds(300), Long: 5}
		}, text: "new sessions at 2/s for 5m0s, 600 in all, beside 5 that stay open", open: 21, lasts: 5 * time.Minute},
		"watch, at a rate that floats miss": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Load.Rate, s.Watch = scenarios.KindWatch, 1.1, scenarios.WatchConfig{For: seconds(10)}
		}, text: "new sessions at 1.1/s for 10s, 11 in all, beside 0 that stay open", open: 16, lasts: 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scenarios.Default()
			c.set(&s)
			if d := DemandOf(s); d.Text != c.text || d.Open != c.open || d.Lasts != c.lasts {
				t.Errorf("\n got %q, %d open, %s\nwant %q, %d, %s", d.Text, d.Open, d.Lasts, c.text, c.open, c.lasts)
			}
		})
	}
}
