package limits

import (
	"errors"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestCheckGuards(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  func(*scenarios.Scenario)
		want string // "": allowed
	}{
		"smoke as it is":          {set: func(*scenarios.Scenario) {}, want: ""},
		"the most that is polite": {set: func(s *scenarios.Scenario) { s.Load.Rate, s.Load.Concurrency = 50, 64 }, want: ""},
		"many at once":            {set: func(s *scenarios.Scenario) { s.Load.Concurrency = 500 }, want: "500 concurrent sessions exceed 64; if permitted, set target.confirm to 192.0.2.1"},
		"fast":                    {set: func(s *scenarios.Scenario) { s.Load.Rate = 80 }, want: "80 new sessions a second exceed 50; if permitted, set target.confirm to 192.0.2.1"},
		"not paced":               {set: func(s *scenarios.Scenario) { s.Load.Rate = 0 }, want: "sessions that are not paced may exceed 50/s; if permitted, set target.confirm to 192.0.2.1"},
		"long":                    {set: func(s *scenarios.Scenario) { s.Load.Sessions = 12_000 }, want: "20m3s exceeds 10m0s (12017 sessions at 10/s, 0s to settle and 1s to hold); if permitted, set target.confirm to 192.0.2.1"},
		"long because it settles": {set: func(s *scenarios.Scenario) {
			s.Load.Sessions, s.Load.Settle = 40, scenarios.Duration(10*time.Minute)
		}, want: "10m7s exceeds 10m0s (57 sessions at 10/s, 10m0s to settle and 1s to hold); if permitted, set target.confirm to 192.0.2.1"},
		"all of it": {set: func(s *scenarios.Scenario) { s.Load.Rate, s.Load.Concurrency = 80, 65 }, want: "80 new sessions a second exceed 50, and 65 concurrent sessions exceed 64; if permitted, set target.confirm to 192.0.2.1"},
		"confirmed": {set: func(s *scenarios.Scenario) { s.Load.Rate, s.Target.Confirm = 80, "192.0.2.1" }, want: ""},
		"another host confirmed": {set: func(s *scenarios.Scenario) { s.Load.Rate, s.Target.Confirm = 80, "192.0.2.10" },
			want: "80 new sessions a second exceed 50; if permitted, set target.confirm to 192.0.2.1"},
		"one of two confirmed": {set: func(s *scenarios.Scenario) {
			s.Load.Rate, s.Target.Confirm = 80, "192.0.2.1"
			s.Target.Endpoints = []string{"192.0.2.1", "LB.example.com:1", "lb.example.com:2", "127.0.0.1"}
		}, want: "80 new sessions a second exceed 50; if permitted, set target.confirm to 192.0.2.1,LB.example.com"},
		"both confirmed": {set: func(s *scenarios.Scenario) {
			s.Load.Rate, s.Target.Confirm = 80, "192.0.2.1, lb.example.com"
			s.Target.Endpoints = []string{"192.0.2.1", "LB.example.com:1"}
		}, want: ""},
		"loopback": {set: func(s *scenarios.Scenario) {
			s.Load.Rate, s.Load.Concurrency = 0, 1000
			s.Target.Endpoints = []string{"127.0.0.1:1", "[::1]", "localhost:2", "127.9.9.9"}
		}, want: ""},
		"a fast stage": {set: func(s *scenarios.Scenario) {
			*s = of(*s, scenarios.KindStages)
			s.Load.Stages = []scenarios.Stage{{Rate: 20, For: seconds(10)}, {Rate: 60, For: seconds(10)}}
		}, want: "60 new sessions a second exceed 50; if permitted, set target.confirm to 192.0.2.1"},
		"a polite stage": {set: func(s *scenarios.Scenario) {
			*s = of(*s, scenarios.KindStages)
			s.Load.Rate, s.Load.Stages = 0, []scenarios.Stage{{Rate: 20, For: seconds(10)}}
		}, want: ""},
		"a closed stage, which is not paced": {set: func(s *scenarios.Scenario) {
			*s = of(*s, scenarios.KindStages)
			s.Load.Stages = []scenarios.Stage{{Closed: 65, For: seconds(10)}}
		}, want: "sessions that are not paced may exceed 50/s, and 65 concurrent sessions exceed 64; if permitted, set target.confirm to 192.0.2.1"},
		"a stage that holds many, and long": {set: func(s *scenarios.Scenario) {
			*s = of(*s, scenarios.KindStages)
			s.Load.Stages = []scenarios.Stage{{Rate: 20, Ramp: seconds(10)}, {Hold: 400, For: seconds(600)}}
		}, want: "400 open sessions exceed 64, and 10m50s exceeds 10m0s (ramp to 20/s in 10s, then ramp to 400 held sessions at 10/s, about 40s, and hold them 10m0s); if permitted, set target.confirm to 192.0.2.1"},
		"capacity for a few": {set: func(s *scenarios.Scenario) {
			*s = of(*s, scenarios.KindCapacity)
			s.Capacity = scenarios.CapacityConfig{Hold: 64, For: seconds(60)}
		}, want: ""},
		"capacity for many": {set: func(s *scenarios.Scenario) {
			*s = of(*s, scenarios.KindCapacity)
			s.Capacity = scenarios.CapacityConfig{Hold: 65, For: seconds(60)}
		}, want: "65 open sessions exceed 64; if permitted, set target.confirm to 192.0.2.1"},
		"capacity until full": {set: func(s *scenarios.Scenario) {
			*s = of(*s, scenarios.KindCapacity)
			s.Capacity = scenarios.CapacityConfig{UntilFull: true}
		}, want: "capacity.until_full fills every coordinator; if permitted, set target.confirm to 192.0.2.1"},
		"an idle ladder, however long": {set: func(s *scenarios.Scenario) {
			*s = of(*s, scenarios.KindIdle)
			s.Load.Rate, s.Idle.Steps = 0, []scenarios.Duration{seconds(3605)}
		}, want: ""},
		"a watch": {set: func(s *scenarios.Scenario) {
			*s = of(*s, scenarios.KindWatch)
			s.Load.Rate, s.Watch = 2, scenarios.WatchConfig{For: seconds(300), Long: 5}
		}, want: ""},
		"a long watch of many": {set: func(s *scenarios.Scenario) {
			*s = of(*s, scenarios.KindWatch)
			s.Load.Rate, s.Watch = 2, scenarios.WatchConfig{For: seconds(601), Long: 65}
		}, want: "65 open sessions exceed 64, and 10m1s exceeds 10m0s (new sessions at 2/s for 10m1s, 1202 in all, beside 65 that stay open); if permitted, set target.confirm to 192.0.2.1"},
		"certificates alone": {set: func(s *scenarios.Scenario) { s.Kind, s.Load.Rate = scenarios.KindCertificates, 0 }, want: ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scenarios.Default()
			s.Target.Endpoints = []string{"192.0.2.1:21050"}
			c.set(&s)
			err := CheckGuards(s)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var guard *GuardError
			if !errors.As(err, &guard) || err.Error() != c.want {
				t.Errorf("\n got %v\nwant %s", err, c.want)
			}
		})
	}
}

func of(s scenarios.Scenario, kind scenarios.Kind) scenarios.Scenario {
	s.Kind = kind
	return s
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for endpoints, want := range map[[2]string]bool{
		{"127.0.0.1", "localhost.:1"}:   true,
		{"[::1]", "[::ffff:127.0.0.1]"}: true,
		{"127.0.0.1", "192.0.2.1"}:      false,
		{"localhost.example.com", ""}:   false,
	} {
		s := scenarios.Default()
		s.Target.Endpoints = endpoints[:]
		if got := Loopback(s); got != want {
			t.Errorf("%v: %v, want %v", endpoints, got, want)
		}
	}
	if Loopback(scenarios.Default()) {
		t.Error("no endpoint is loopback")
	}
}

// seconds is a scenario's time.
func seconds(n int) scenarios.Duration {
	return scenarios.Duration(n) * scenarios.Duration(time.Second)
}
