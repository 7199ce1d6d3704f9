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
	}
	return s
}

const halfMinute = scenarios.Duration(30 * time.Second)

func TestValidateIsContentWithEveryKind(t *testing.T) {
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

func TestValidateNamesWhatAKindLacks(t *testing.T) {
	t.Parallel()
	testWrong(t, map[string]wrong{
		"a kind that nobody knows": {"capacty", nil, `kind: "capacty" is none of looks, certificates, stages, capacity, query, idle, watch; did you mean capacity?`},
		"no stage":                 {"stages", stages(), "load.stages: none given; write one such as {rate: 20/s, for: 30s}"},
		"a query without a statement": {"query", func(s *scenarios.Scenario) { s.Query = "" },
			"query: which statement? Write one that needs executors (--sql)"},
		"a ratio that would always fail": {"query", func(s *scenarios.Scenario) { s.Expect.Slowest = 1 }, "expect.slowest: a ratio that matters is more than 1, such as 3"},
		"a ratio that is no number":      {"query", func(s *scenarios.Scenario) { s.Expect.Slowest = math.NaN() }, "expect.slowest: a ratio that matters is more than 1, such as 3"},
		"a capacity of nothing": {"capacity", func(s *scenarios.Scenario) { s.Capacity.Hold = 0 },
			"capacity.hold: how many sessions? Give a number (--hold 400), or go on until it is full (--until-full)"},
		"fewer than no sessions":    {"capacity", func(s *scenarios.Scenario) { s.Capacity.Hold = -1 }, "capacity.hold: it is a number of sessions from 1 to 1000000"},
		"more than a process holds": {"capacity", func(s *scenarios.Scenario) { s.Capacity.Hold = 1_000_001 }, "capacity.hold: it is a number of sessions from 1 to 1000000"},
		"a hold that ends before it": {"capacity", func(s *scenarios.Scenario) { s.Capacity.For = -1 },
			"capacity.for: a time cannot be negative"},
		"fewer than no threads": {"capacity", func(s *scenarios.Scenario) { s.Capacity.Threads = -1 }, "capacity.threads: there is no negative number of threads; 0 is not said"},
		"a ladder without steps": {"idle", func(s *scenarios.Scenario) { s.Idle = scenarios.IdleConfig{Scale: 1} },
			"idle.steps: how long should connections be idle? Write [55s, 65s, 345s, 355s]"},
		"a step of no time":      {"idle", func(s *scenarios.Scenario) { s.Idle.Steps[0] = 0 }, "idle.steps: a step is a time of more than 0"},
		"too many steps":         {"idle", func(s *scenarios.Scenario) { s.Idle.Steps = manySteps(65) }, "idle.steps: 65 steps are more than 64"},
		"a scale below zero":     {"idle", func(s *scenarios.Scenario) { s.Idle.Scale = -1 }, "idle.scale: a scale is more than 0; 1 is as written"},
		"a scale that is no end": {"idle", func(s *scenarios.Scenario) { s.Idle.Scale = math.Inf(1) }, "idle.scale: a scale is more than 0; 1 is as written"},
		"an idle time that no step reaches": {"idle", func(s *scenarios.Scenario) { s.Expect.MinIdle = 3 * halfMinute },
			"expect.min_idle: 1m30s is longer than the last step, 1m0s: it could not be seen"},
		"a watch of no time":        {"watch", func(s *scenarios.Scenario) { s.Watch = scenarios.WatchConfig{Long: 1} }, "watch.for: how long? Write 5m"},
		"a watch without a pace":    {"watch", func(s *scenarios.Scenario) { s.Load.Rate = 0 }, "load.rate: a watch needs a pace, such as 2/s"},
		"fewer than no long ones":   {"watch", func(s *scenarios.Scenario) { s.Watch.Long = -1 }, "watch.long: there is no negative number of sessions"},
		"an event after the end":    {"watch", func(s *scenarios.Scenario) { s.Watch.EventAfter = s.Watch.For }, "watch.event_after: the event must come while it is watched"},
		"an event before the watch": {"watch", func(s *scenarios.Scenario) { s.Watch.EventAfter = -1 }, "watch.event_after: the event must come while it is watched"},
	})
}

func TestValidateNamesTheStageThatCannotBe(t *testing.T) {
	t.Parallel()
	good := scenarios.Stage{Rate: 20, For: halfMinute}
	testWrong(t, map[string]wrong{
		"a stage that does nothing":     {"stages", stages(good, scenarios.Stage{For: halfMinute}), "load.stages: stage 2: exactly one of rate, closed and hold says what it does"},
		"a stage that does two things":  {"stages", stages(scenarios.Stage{Rate: 20, Hold: 5, For: halfMinute}), "load.stages: stage 1: exactly one of rate, closed and hold says what it does"},
		"a stage without an end":        {"stages", stages(scenarios.Stage{Closed: 16}), "load.stages: stage 1: how long? Add for: 30s"},
		"a ramp to a number of workers": {"stages", stages(scenarios.Stage{Closed: 16, Ramp: halfMinute}), "load.stages: stage 1: a ramp leads to a rate"},
		"a negative rate":               {"stages", stages(scenarios.Stage{Rate: -20, For: halfMinute}), "load.stages: stage 1: there is no negative load"},
		"a stage that ends before it":   {"stages", stages(scenarios.Stage{Rate: 20, For: -1}), "load.stages: stage 1: a time cannot be negative"},
		"a ramp that ends before it":    {"stages", stages(scenarios.Stage{Rate: 20, Ramp: -1}), "load.stages: stage 1: a time cannot be negative"},
		"more than a process holds":     {"stages", stages(scenarios.Stage{Hold: 1_000_001, For: halfMinute}), "load.stages: stage 1: more than 1000000 sessions open"},
	})
}

func TestValidateRefusesWhatBelongsToAnotherKind(t *testing.T) {
	t.Parallel()
	testWrong(t, map[string]wrong{
		"stages of a smoke":          {"", stages(scenarios.Stage{Rate: 1, For: halfMinute}), `load.stages: only a scenario of kind stages has it; add "kind: stages"`},
		"a capacity of stages":       {"stages", func(s *scenarios.Scenario) { s.Capacity.Threads = 64 }, `capacity: only a scenario of kind capacity has it; add "kind: capacity"`},
		"a ladder of a watch":        {"watch", func(s *scenarios.Scenario) { s.Idle.Scale = .01 }, `idle: only a scenario of kind idle has it; add "kind: idle"`},
		"a watch of a capacity":      {"capacity", func(s *scenarios.Scenario) { s.Watch.Long = 5 }, `watch: only a scenario of kind watch has it; add "kind: watch"`},
		"an idle time of a smoke":    {"", func(s *scenarios.Scenario) { s.Expect.MinIdle = 1 }, `expect.min_idle: only a scenario of kind idle has it; add "kind: idle"`},
		"an outage of a query":       {"query", func(s *scenarios.Scenario) { s.Expect.MaxOutage = 1 }, `expect.max_outage: only a scenario of kind watch has it; add "kind: watch"`},
		"the slowest of looks":       {"looks", func(s *scenarios.Scenario) { s.Expect.Slowest = 3 }, `expect.slowest: only a scenario of kind query has it; add "kind: query"`},
		"a curve without TLS":        {"", func(s *scenarios.Scenario) { s.TLS.Curve = "p256" }, "tls.curve: needs tls.enabled (--tls)"},
		"a curve that nobody knows":  {"certificates", func(s *scenarios.Scenario) { s.TLS.Curve = "p255" }, `tls.curve: "p255" is none of x25519, x25519mlkem768, p256, p384, p521; did you mean p256?`},
		"pages of nobody in special": {"", func(s *scenarios.Scenario) { s.Target.WebPort = 25000 }, "target.web_port: pages are read from declared coordinators alone; name them (--expect-coordinators a,b,c)"},
		"pages on no port":           {"", func(s *scenarios.Scenario) { s.Target.WebPort = 65536 }, "target.web_port: a port lies between 1 and 65535"},
		"a name to dial from":        {"", func(s *scenarios.Scenario) { s.Load.LocalAddresses = []string{"127.0.0.1", "localhost"} }, `load.local_addresses: "localhost" is no IP address of this machine`},
		"any address to dial from":   {"", func(s *scenarios.Scenario) { s.Load.LocalAddresses = []string{"0.0.0.0"} }, `load.local_addresses: "0.0.0.0" is no IP address of this machine`},
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

func TestValidateIsContentWithTheEdgesOfAKind(t *testing.T) {
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

func TestBuiltinKindsSayWhatTheyLack(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"capacity": "capacity.hold: how many sessions?", "query": "query: which statement?", "idle": "", "watch": ""} {
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
