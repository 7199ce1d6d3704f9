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
		"stages": {func(s *scenarios.Scenario) {
			s.Kind = scenarios.KindStages
			s.Load.Stages = []scenarios.Stage{
				{Rate: 20, Ramp: seconds(10)}, {Rate: 20, For: seconds(30)}, {Rate: 5, Ramp: seconds(5), For: seconds(60)}, {Closed: 8, For: seconds(60)}, {Hold: 20, For: seconds(5)},
			}
		}, "ramp to 20/s in 10s, then 20/s for 30s, then ramp to 5/s in 5s and keep it for 1m0s, then 8 at once for 1m0s, then ramp to 20 held sessions at 10/s, about 2s, and hold them 5s", 36, 172 * time.Second},
		"capacity": {func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{Hold: 400, For: seconds(600)}
		}, "ramp to 400 held sessions at 10/s, about 40s, and hold them 10m0s", 416, 640 * time.Second},
		"capacity, not paced": {func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{Hold: 40}
			s.Load.Rate = 0
		}, "open 40 sessions together, and ask each once", 56, 0},
		"capacity until full": {func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{UntilFull: true}
			s.Expect.Coordinators.Count = 5
		}, "open sessions at 10/s and keep them until one gets no answer", 16 + 5*64, 0},
		"capacity until full, bounded": {func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{UntilFull: true, Hold: 100}
		}, "open sessions at 10/s and keep them until one gets no answer, or 100 are held", 116, 10 * time.Second},
		"idle, scaled": {func(s *scenarios.Scenario) {
			s.Kind, s.Idle = scenarios.KindIdle, scenarios.IdleConfig{Steps: []scenarios.Duration{seconds(55), seconds(605)}, Scale: .1}
		}, "2 sessions that are left alone, the longest for 1m0.5s", 2, 60500 * time.Millisecond},
		"watch": {func(s *scenarios.Scenario) {
			s.Kind, s.Load.Rate, s.Watch = scenarios.KindWatch, 2, scenarios.WatchConfig{For: seconds(300), Long: 5}
		}, "new sessions at 2/s for 5m0s, 600 in all, beside 5 that stay open", 21, 5 * time.Minute},
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
