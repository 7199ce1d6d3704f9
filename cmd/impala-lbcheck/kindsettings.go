package main

import (
	"errors"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// kindSettings are those that belong to one kind of scenario.
var kindSettings = []setting{
	{"hold", "N", "sessions to keep open", holding, false,
		func(s *scenarios.Scenario, v string) error { return integer(&s.Capacity.Hold, v, 1, 1_000_000) }},
	{"until-full", "", "go on to the first session that gets no answer", holding, false,
		func(s *scenarios.Scenario, v string) error { return boolean(&s.Capacity.UntilFull, v) }},
	{"for", "D", "how long to hold them", holding, false,
		func(s *scenarios.Scenario, v string) error { return s.Capacity.For.UnmarshalText([]byte(v)) }},
	{"threads", "N", "service threads of each coordinator (--fe_service_threads), where it is known", holding, false,
		func(s *scenarios.Scenario, v string) error { return integer(&s.Capacity.Threads, v, 1, 1_000_000) }},

	{"sql", "SQL", "the statement: one that needs executors", querying, false,
		func(s *scenarios.Scenario, v string) error { s.Query = v; return nil }},
	{"slowest", "X", "how many times the others' median the slowest coordinator's may be", querying, false,
		func(s *scenarios.Scenario, v string) error { return fraction(&s.Expect.Slowest, v, 1000) }},

	{"min-idle", "D", "how long an idle connection must survive", idling, false,
		func(s *scenarios.Scenario, v string) error { return s.Expect.MinIdle.UnmarshalText([]byte(v)) }},
	{"idle-steps", "55s,65s,...", "how long the sessions are left alone, one session a step", idling, false, setSteps},
	{"idle-scale", "X", "multiply all those times: 0.01 for a balancer whose times are scaled down", idling, false,
		func(s *scenarios.Scenario, v string) error { return fraction(&s.Idle.Scale, v, 1000) }},

	{"watch-for", "D", "how long to watch", watching, false,
		func(s *scenarios.Scenario, v string) error { return s.Watch.For.UnmarshalText([]byte(v)) }},
	{"long", "N", "sessions that stay open all the time", watching, false,
		func(s *scenarios.Scenario, v string) error { return integer(&s.Watch.Long, v, 0, 10_000) }},
	{"on-event", "CMD", "shell command that drains, kills or restarts one, which the result stores; without it, do so yourself", watching, false,
		func(s *scenarios.Scenario, v string) error { s.Watch.OnEvent = v; return nil }},
	{"event-after", "D", "when to run it", watching, false,
		func(s *scenarios.Scenario, v string) error { return s.Watch.EventAfter.UnmarshalText([]byte(v)) }},
	{"max-outage", "D", "how long new sessions may fail; 0s: not one may", watching, false,
		func(s *scenarios.Scenario, v string) error { return s.Expect.MaxOutage.UnmarshalText([]byte(v)) }},
}

// setSteps reads the ladder of idle times.
func setSteps(s *scenarios.Scenario, v string) error {
	var steps []scenarios.Duration
	for part := range strings.SplitSeq(v, ",") {
		d, err := time.ParseDuration(strings.TrimSpace(part))
		if err != nil || d <= 0 {
			return errors.New("it is times such as 55s,65s,345s")
		}
		steps = append(steps, scenarios.Duration(d))
	}
	s.Idle.Steps = steps
	return nil
}
