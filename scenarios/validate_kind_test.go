package scenarios_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// ofKind is the least that Validate is content with for a kind.
func ofKind(k scenarios.Kind) scenarios.Scenario {
	s := runnable()
	s.Kind = k
	switch k {
	case scenarios.KindCertificates:
		s.TLS.Enabled = true
	case scenarios.KindStages:
		s.Load.Stages = []scenarios.Stage{{Rate: 20, For: halfMinute}}
	case scenarios.KindCapacity:
		s.Capacity.Hold = 400
	case scenarios.KindQuery:
		s.Query = "SELECT count(*) FROM db.t"
	case scenarios.KindIdle:
		s.Idle.Steps = []scenarios.Duration{halfMinute, 2 * halfMinute}
	case scenarios.KindWatch:
		s.Watch.For = 10 * halfMinute
	case scenarios.KindHandleReuse:
		s.Reuse.Handles = 20
	}
	return s
}

const halfMinute = scenarios.Duration(30 * time.Second)

func TestValidate_AcceptsEveryKind(t *testing.T) {
	t.Parallel()
	for _, k := range scenarios.Kinds() {
		t.Run(string(k), func(t *testing.T) {
			t.Parallel()
			if err := ofKind(k).Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

// wrong is a case of a setting that cannot be.
type wrong struct {
	kind scenarios.Kind
	set  func(*scenarios.Scenario)
	want string
}

func TestValidate_NamesWhatAKindLacks(t *testing.T) {
	t.Parallel()
	testWrong(t, map[string]wrong{
		"a kind that nobody knows": {"capacty", nil, `kind: "capacty" is not one of looks, certificates, stages, capacity, query, idle, watch, handle-reuse, audit; did you mean capacity?`},
		"no stage":                 {"stages", stages(), "load.stages: there is none; write one such as {rate: 20/s, for: 30s}"},
		"a query without a statement": {"query", func(s *scenarios.Scenario) { s.Query = "" },
			"query: which statement? Write one that needs executors"},
		"a ratio that would always fail": {"query", func(s *scenarios.Scenario) { s.Expect.Slowest = 1 }, "expect.slowest: must be more than 1 and at most 1000 (0: 3)"},
		"a ratio that is no number":      {"query", func(s *scenarios.Scenario) { s.Expect.Slowest = math.NaN() }, "expect.slowest: must be more than 1 and at most 1000 (0: 3)"},
		"a capacity of nothing": {"capacity", func(s *scenarios.Scenario) { s.Capacity.Hold = 0 },
			"capacity.hold: a number of sessions is needed, or to continue until the service is full; set capacity.hold: 400 or capacity.until_full: true"},
		"fewer than no sessions":    {"capacity", func(s *scenarios.Scenario) { s.Capacity.Hold = -1 }, "capacity.hold: must be from 1 to 1000000 (0: no limit, with until_full)"},
		"more than a process holds": {"capacity", func(s *scenarios.Scenario) { s.Capacity.Hold = 1_000_001 }, "capacity.hold: must be from 1 to 1000000 (0: no limit, with until_full)"},
		"a hold that ends before it": {"capacity", func(s *scenarios.Scenario) { s.Capacity.For = -1 },
			"capacity.for: must be at least 0s (0: only until each was asked once)"},
		"fewer than no threads": {"capacity", func(s *scenarios.Scenario) { s.Capacity.Threads = -1 }, "capacity.threads: must be from 1 to 1000000 (0: not known, 64 assumed)"},
		"no handles":            {"handle-reuse", func(s *scenarios.Scenario) { s.Reuse.Handles = 0 }, "reuse.handles: how many? Write 20"},
		"too many handles":      {"handle-reuse", func(s *scenarios.Scenario) { s.Reuse.Handles = 10_001 }, "reuse.handles: must be from 0 to 10000"},
		"handles of Beeswax": {"handle-reuse", func(s *scenarios.Scenario) { s.Target.Protocol = scenarios.ProtocolBeeswax },
			"target.protocol: a session of Beeswax is its connection, and cannot be used over another; set target.protocol: hs2"},
		"a ladder without steps": {"idle", func(s *scenarios.Scenario) { s.Idle = scenarios.IdleConfig{Scale: 1} },
			"idle.steps: how long should connections be idle? Write [55s, 65s, 345s, 355s]"},
		"a step of no time":      {"idle", func(s *scenarios.Scenario) { s.Idle.Steps[0] = 0 }, "idle.steps: must be more than 0s"},
		"too many steps":         {"idle", func(s *scenarios.Scenario) { s.Idle.Steps = manySteps(65) }, "idle.steps: there are 65 steps, and 64 at most"},
		"a scale below zero":     {"idle", func(s *scenarios.Scenario) { s.Idle.Scale = -1 }, "idle.scale: must be more than 0 and at most 1000 (0: 1)"},
		"a scale that is no end": {"idle", func(s *scenarios.Scenario) { s.Idle.Scale = math.Inf(1) }, "idle.scale: must be more than 0 and at most 1000 (0: 1)"},
		"an idle time that no step reaches": {"idle", func(s *scenarios.Scenario) { s.Expect.MinIdle = 3 * halfMinute },
			"expect.min_idle: 1m30s is longer than the last step, 1m0s, and would not be seen"},
		"a watch of no time":        {"watch", func(s *scenarios.Scenario) { s.Watch = scenarios.WatchConfig{Long: 1} }, "watch.for: how long? Write 5m"},
		"a watch without a pace":    {"watch", func(s *scenarios.Scenario) { s.Load.Rate = 0 }, "load.rate: a watch needs a rate; set load.rate: 2/s"},
		"fewer than no long ones":   {"watch", func(s *scenarios.Scenario) { s.Watch.Long = -1 }, "watch.long: must be from 0 to 10000"},
		"an event after the end":    {"watch", func(s *scenarios.Scenario) { s.Watch.EventAfter = s.Watch.For }, "watch.event_after: 5m0s must be less than watch.for, 5m0s"},
		"an event before the watch": {"watch", func(s *scenarios.Scenario) { s.Watch.EventAfter = -1 }, "watch.event_after: must be at least 0s"},
	})
}

func TestValidate_NamesTheInvalidStage(t *testing.T) {
	t.Parallel()
	good := scenarios.Stage{Rate: 20, For: halfMinute}
	testWrong(t, map[string]wrong{
		"a stage that does nothing":     {"stages", stages(good, scenarios.Stage{For: halfMinute}), "load.stages: stage 2: set exactly one of rate, closed and hold"},
		"a stage that does two things":  {"stages", stages(scenarios.Stage{Rate: 20, Hold: 5, For: halfMinute}), "load.stages: stage 1: set exactly one of rate, closed and hold"},
		"a stage without an end":        {"stages", stages(scenarios.Stage{Closed: 16}), "load.stages: stage 1: how long? Add for: 30s"},
		"a ramp to a number of workers": {"stages", stages(scenarios.Stage{Closed: 16, Ramp: halfMinute}), "load.stages: stage 1: ramp needs a rate"},
		"a negative rate":               {"stages", stages(scenarios.Stage{Rate: -20, For: halfMinute}), "load.stages: stage 1: rate must be from 0 to 1000000"},
		"a stage that ends before it":   {"stages", stages(scenarios.Stage{Rate: 20, For: -1}), "load.stages: stage 1: for must be at least 0s (0: only with ramp)"},
		"a ramp that ends before it":    {"stages", stages(scenarios.Stage{Rate: 20, Ramp: -1}), "load.stages: stage 1: ramp must be at least 0s (0: without a ramp)"},
		"more than a process holds":     {"stages", stages(scenarios.Stage{Hold: 1_000_001, For: halfMinute}), "load.stages: stage 1: hold must be from 0 to 1000000"},
	})
}

func TestValidate_RefusesSettingsOfAnotherKind(t *testing.T) {
	t.Parallel()
	testWrong(t, map[string]wrong{
		"stages of a smoke":           {"", stages(scenarios.Stage{Rate: 1, For: halfMinute}), "load.stages: only scenarios of kind stages have it, and this one is of kind looks"},
		"a capacity of stages":        {"stages", func(s *scenarios.Scenario) { s.Capacity.Threads = 64 }, "capacity.threads: only scenarios of kind capacity have it, and this one is of kind stages"},
		"a ladder of a watch":         {"watch", func(s *scenarios.Scenario) { s.Idle.Scale = .01 }, "idle.scale: only scenarios of kind idle have it, and this one is of kind watch"},
		"a watch of a capacity":       {"capacity", func(s *scenarios.Scenario) { s.Watch.Long = 5 }, "watch.long: only scenarios of kind watch have it, and this one is of kind capacity"},
		"an idle time of a smoke":     {"", func(s *scenarios.Scenario) { s.Expect.MinIdle = 1 }, "expect.min_idle: only scenarios of kind idle have it, and this one is of kind looks"},
		"an outage of a query":        {"query", func(s *scenarios.Scenario) { s.Expect.MaxOutage = 1 }, "expect.max_outage: only scenarios of kind watch have it, and this one is of kind query"},
		"a burst of stages":           {"stages", func(s *scenarios.Scenario) { s.Load.Burst = 17 }, "load.burst: only scenarios of kind looks have it, and this one is of kind stages"},
		"settling of stages":          {"stages", func(s *scenarios.Scenario) { s.Load.Settle = halfMinute }, "load.settle: only scenarios of kind looks have it, and this one is of kind stages"},
		"sessions of a capacity":      {"capacity", func(s *scenarios.Scenario) { s.Load.Sessions = 40 }, "load.sessions: only scenarios of kind looks have it, and this one is of kind capacity"},
		"a rate of certificates":      {"certificates", func(s *scenarios.Scenario) { s.Load.Rate = 20 }, "load.rate: only scenarios of kind looks, stages, capacity, query, idle, watch, handle-reuse have it, and this one is of kind certificates"},
		"coordinators of a handshake": {"certificates", func(s *scenarios.Scenario) { s.Expect.Coordinators.Count = 5 }, "expect.coordinators: only scenarios of kind looks, stages, capacity, query, idle, watch, handle-reuse have it, and this one is of kind certificates"},
		"a statement of a watch":      {"watch", func(s *scenarios.Scenario) { s.Query = "SELECT 1" }, "query: only scenarios of kind looks, stages, query have it, and this one is of kind watch"},
		"the slowest of looks":        {"looks", func(s *scenarios.Scenario) { s.Expect.Slowest = 3 }, "expect.slowest: only scenarios of kind query have it, and this one is of kind looks"},
		"a curve without TLS":         {"", func(s *scenarios.Scenario) { s.TLS.Curve = "p256" }, "tls.curve: needs TLS; set tls.enabled: true"},
		"a curve that nobody knows":   {"certificates", func(s *scenarios.Scenario) { s.TLS.Curve = "p255" }, `tls.curve: "p255" is not one of x25519, x25519mlkem768, p256, p384, p521; did you mean p256?`},
		"pages of nobody in special":  {"", func(s *scenarios.Scenario) { s.Target.WebPort = 25000 }, "target.web_port: only pages of declared coordinators are read, and none is declared by name; set expect.coordinators: a,b,c"},
		"pages on no port":            {"", func(s *scenarios.Scenario) { s.Target.WebPort = 65536 }, "target.web_port: must be from 1 to 65535 (0: they are not read)"},
		"a name to dial from":         {"", func(s *scenarios.Scenario) { s.Load.LocalAddresses = []string{"127.0.0.1", "localhost"} }, `load.local_addresses: "localhost" is not an IP address of this machine`},
		"any address to dial from":    {"", func(s *scenarios.Scenario) { s.Load.LocalAddresses = []string{"0.0.0.0"} }, `load.local_addresses: "0.0.0.0" is not an IP address of this machine`},
	})
}

func testWrong(t *testing.T, cases map[string]wrong) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ofKind(c.kind)
			if c.set != nil {
				c.set(&s)
			}
			var invalid *scenarios.InvalidError
			if err := s.Validate(); !errors.As(err, &invalid) || err.Error() != c.want {
				t.Errorf("\n got %v\nwant %s", err, c.want)
			}
		})
	}
}

func stages(st ...scenarios.Stage) func(*scenarios.Scenario) {
	return func(s *scenarios.Scenario) { s.Load.Stages = st }
}

func manySteps(n int) []scenarios.Duration {
	steps := make([]scenarios.Duration, n)
	for i := range steps {
		steps[i] = scenarios.Duration(i+1) * halfMinute
	}
	return steps
}

func TestValidate_AcceptsTheBoundsOfAKind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind scenarios.Kind
		set  func(*scenarios.Scenario)
	}{
		"a ramp alone":                     {"stages", stages(scenarios.Stage{Rate: 20, Ramp: halfMinute})},
		"a stage of each model":            {"stages", stages(scenarios.Stage{Rate: 20, For: 1}, scenarios.Stage{Closed: 16, For: 1}, scenarios.Stage{Hold: 400, For: 1})},
		"until it is full, without bound":  {"capacity", func(s *scenarios.Scenario) { s.Capacity = scenarios.CapacityConfig{UntilFull: true} }},
		"as many as a process holds":       {"capacity", func(s *scenarios.Scenario) { s.Capacity.Hold = 1_000_000 }},
		"as many steps as there may be":    {"idle", func(s *scenarios.Scenario) { s.Idle.Steps = manySteps(64) }},
		"an idle time of the last step":    {"idle", func(s *scenarios.Scenario) { s.Expect.MinIdle = 2 * halfMinute }},
		"an event at once":                 {"watch", func(s *scenarios.Scenario) { s.Watch.OnEvent, s.Expect.MaxOutage = "true", halfMinute }},
		"pages of coordinators by name":    {"capacity", func(s *scenarios.Scenario) { s.Target.WebPort = 25000; s.Expect.Coordinators.Names = []string{"a"} }},
		"addresses to dial from, in turn":  {"capacity", func(s *scenarios.Scenario) { s.Load.LocalAddresses = []string{"127.0.0.1", "::1"} }},
		"a slowest that is just a ratio":   {"query", func(s *scenarios.Scenario) { s.Expect.Slowest = 1.01 }},
		"each curve, one at a time":        {"certificates", func(s *scenarios.Scenario) { s.TLS.Curve = "x25519mlkem768" }},
		"a statement of stages":            {"stages", func(s *scenarios.Scenario) { s.Query = "SELECT 1" }},
		"a burst that follows":             {"stages", func(s *scenarios.Scenario) { s.Load.Concurrency, s.Load.Burst = 8, 8 }},
		"what another kind has by default": {"certificates", func(s *scenarios.Scenario) { s.Load.Rate, s.Load.SettleEvery, s.Expect.Balance.Alpha = 10, 0, .001 }},
		"a name of a kind that is default": {"looks", func(s *scenarios.Scenario) { s.Query = "" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ofKind(c.kind)
			c.set(&s)
			if err := s.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBuiltin_KindsNameWhatTheyLack(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"capacity": "capacity.hold: a number of sessions is needed", "query": "query: which statement?", "idle": "", "watch": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := scenarios.Builtin(name)
			if err != nil {
				t.Fatal(err)
			}
			s.Target.Endpoints = []string{"impala.example.com"}
			err = s.Validate()
			if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
				t.Errorf("Validate fails with %v, want %q", err, want)
			}
		})
	}
}
