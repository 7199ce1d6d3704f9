package run

import (
	"errors"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestCheckGuardsShowsItsArithmetic(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  func(*scenarios.Scenario)
		want string // "": allowed
	}{
		"smoke as it is":          {func(*scenarios.Scenario) {}, ""},
		"the most that is polite": {func(s *scenarios.Scenario) { s.Load.Rate, s.Load.Concurrency = 50, 64 }, ""},
		"many at once":            {func(s *scenarios.Scenario) { s.Load.Concurrency = 500 }, "500 open at once is more than 64; to allow it: --confirm 192.0.2.1"},
		"fast":                    {func(s *scenarios.Scenario) { s.Load.Rate = 80 }, "80 new sessions a second is more than 50; to allow it: --confirm 192.0.2.1"},
		"not paced":               {func(s *scenarios.Scenario) { s.Load.Rate = 0 }, "sessions that are not paced may be more than 50/s; to allow it: --confirm 192.0.2.1"},
		"long":                    {func(s *scenarios.Scenario) { s.Load.Sessions = 12_000 }, "12017 sessions at 10/s, 0s to settle and 1s to hold take 20m3s, which is more than 10m0s; to allow it: --confirm 192.0.2.1"},
		"long because it settles": {func(s *scenarios.Scenario) {
			s.Load.Sessions, s.Load.Settle = 40, scenarios.Duration(10*time.Minute)
		}, "57 sessions at 10/s, 10m0s to settle and 1s to hold take 10m7s, which is more than 10m0s; to allow it: --confirm 192.0.2.1"},
		"all of it": {func(s *scenarios.Scenario) { s.Load.Rate, s.Load.Concurrency = 80, 65 }, "80 new sessions a second is more than 50, and 65 open at once is more than 64; to allow it: --confirm 192.0.2.1"},
		"confirmed": {func(s *scenarios.Scenario) { s.Load.Rate, s.Target.Confirm = 80, "192.0.2.1" }, ""},
		"another host confirmed": {func(s *scenarios.Scenario) { s.Load.Rate, s.Target.Confirm = 80, "192.0.2.10" },
			"80 new sessions a second is more than 50; to allow it: --confirm 192.0.2.1"},
		"one of two confirmed": {func(s *scenarios.Scenario) {
			s.Load.Rate, s.Target.Confirm = 80, "192.0.2.1"
			s.Target.Endpoints = []string{"192.0.2.1", "LB.example.com:1", "lb.example.com:2", "127.0.0.1"}
		}, "80 new sessions a second is more than 50; to allow it: --confirm 192.0.2.1,LB.example.com"},
		"both confirmed": {func(s *scenarios.Scenario) {
			s.Load.Rate, s.Target.Confirm = 80, "192.0.2.1, lb.example.com"
			s.Target.Endpoints = []string{"192.0.2.1", "LB.example.com:1"}
		}, ""},
		"loopback": {func(s *scenarios.Scenario) {
			s.Load.Rate, s.Load.Concurrency = 0, 1000
			s.Target.Endpoints = []string{"127.0.0.1:1", "[::1]", "localhost:2", "127.9.9.9"}
		}, ""},
		"certificates alone": {func(s *scenarios.Scenario) { s.Kind, s.Load.Rate = scenarios.KindCertificates, 0 }, ""},
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

func TestLoopbackIsThisMachineAlone(t *testing.T) {
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
