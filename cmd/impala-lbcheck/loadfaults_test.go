package main

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// smallCluster is the cluster for the rows of capacity.
const smallCluster = "--coordinators 3 --nodes 1 --balance leastconn"

// idleSettings are idle steps that take a few seconds: demo scales them by 0.01.
const idleSettings = "--idle-steps 50s,150s,250s,350s --min-idle 300s"

// loadFaults are the rows for capacity, idle, watch and query.
var loadFaults = []faultRow{
	{
		faults: []string{"threads=8"}, scenario: "capacity", settings: "--until-full " + smallCluster, shortTimeout: true,
		exit: 0, reported: "24 sessions held, stopped by open.timeout; limit with one down: 16",
		contains: []string{"open.timeout", "24 sessions got in on 3 coordinators", "limit with one down: 16"},
		check:    expectHeld(24, "open.timeout"),
	}, {
		faults: []string{"threads=8"}, scenario: "capacity", settings: "--hold 40 " + smallCluster, shortTimeout: true,
		fails: []string{scenarios.CapacityHeld}, exit: 1, reported: "capacity.held: 24 of 40",
		contains: []string{"24 of 40 sessions got in"},
		check:    expectHeld(24, "open.timeout"),
	}, {
		faults: []string{"threads=8"}, scenario: "capacity", settings: "--hold 20 " + smallCluster, noHealthyRun: true,
		exit: 0, reported: "all 20 sessions held",
		contains: []string{"20 sessions stayed logged in for 2", "s on 3 coordinators"},
	}, {
		faults: []string{"threads=8"}, scenario: "capacity", noHealthyRun: true, shortTimeout: true,
		settings: "--until-full --policy leastconn --web-port 25071 " + smallCluster,
		exit:     0, reported: "the coordinators' pages show that their service threads are in use",
		contains: []string{"because a coordinator had no service thread left", "limit with one down: 16"},
		check: func(t *testing.T, r scenarios.Result) {
			if r.Capacity.Cause != scenarios.CauseThreads || r.Capacity.From != scenarios.ThreadsPages {
				t.Errorf("cause %q, threads from %q", r.Capacity.Cause, r.Capacity.From)
			}
		},
	}, {
		faults: []string{"threads=8"}, scenario: "capacity", noHealthyRun: true, shortTimeout: true,
		settings: "--until-full --threads 8 --coordinators 4 --nodes 1 --balance source",
		exit:     0, reported: "8 sessions held on one of 4 coordinators; nothing is said of the others",
		contains: []string{"8 sessions got in on 1 of 4 coordinators", "3 of 4 coordinators held none, and nothing is known of them"},
		check:    expectNoCeiling(8),
	}, {
		faults: []string{"threads=8"}, scenario: "capacity", noHealthyRun: true, shortTimeout: true,
		settings: "--until-full --threads 64 --coordinators 4 --nodes 1 --balance leastconn",
		exit:     0, reported: "32 sessions held by coordinators that are said to have 64 threads each: a limit before them, and theirs is unknown",
		contains: []string{"the balancer has its own limit (HAProxy: maxconn)", "how many the coordinators hold is unknown, for they were not filled"},
		check:    expectNoCeiling(32),
	}, {
		faults: []string{"limit=20"}, scenario: "capacity", noHealthyRun: true, shortTimeout: true,
		settings: "--hold 40 --threads 64 --coordinators 4 --nodes 1 --balance round-robin",
		fails:    []string{scenarios.CapacityHeld}, exit: 1, reported: "capacity.held: about 20 of 40, and no figure for the coordinators",
		contains: []string{" of 40 sessions got in", "a limit of the balancer"},
		check:    expectNoCeiling(20),
	}, {
		faults: []string{"idle=2s:fin"}, scenario: "idle", slow: true, settings: idleSettings,
		fails: []string{scenarios.IdleCut}, exit: 1,
		reported: "idle.cut: 2 s, by FIN", contains: []string{"between 1.5 s and 2.5 s (seen at ", "by FIN"},
		check: expectCutSeen,
	}, {
		faults: []string{"idle=2s:rst"}, scenario: "idle", slow: true, settings: idleSettings, noHealthyRun: true,
		fails: []string{scenarios.IdleCut}, exit: 1,
		reported: "idle.cut: 2 s, by RST", contains: []string{"between 1.5 s and 2.5 s (seen at ", "by RST"},
		check: expectCutSeen,
	}, {
		faults: []string{"idle=2s:silent"}, scenario: "idle", slow: true, settings: idleSettings, noHealthyRun: true, shortTimeout: true,
		fails: []string{scenarios.IdleCut}, exit: 1,
		reported: "idle.cut: between 1.5 s and 2.5 s, without notice", contains: []string{"between 1.5 s and 2.5 s", "silently"},
	}, {
		faults: []string{"idle=2s:silent", "no-ping"}, scenario: "idle", slow: true, settings: idleSettings, noHealthyRun: true, shortTimeout: true,
		fails: []string{scenarios.IdleCut}, exit: 1,
		reported: "idle.cut: a statement gets no reply", contains: []string{"between 1.5 s and 2.5 s", "silently"},
	}, {
		faults: []string{"down=5s:3s@2"}, scenario: "watch", slow: true, settings: "--balance round-robin --watch-for 12s",
		fails: []string{scenarios.WatchOutage}, exit: 1,
		reported: "watch.outage: how long new sessions failed, and what happened to open ones",
		contains: []string{"coord-a2:25000 was absent", "restarted"},
	}, {
		faults: []string{"down=5s:3s@2"}, scenario: "watch", slow: true, settings: "--balance round-robin --watch-for 12s --max-outage 5s", noHealthyRun: true,
		exit: 0, reported: "tolerated, with a note about the outage",
		contains: []string{"restarted"},
	}, {
		faults: []string{"leaves=5s:4s@2"}, scenario: "watch", slow: true, settings: "--balance round-robin --watch-for 12s", noHealthyRun: true,
		exit: 0, reported: "tolerated: no session failed and none was lost",
		contains: []string{"coord-a2:25000", "5 of 5 sessions stayed open"},
	}, {
		faults: []string{"cuts=4:6"}, scenario: "watch", slow: true, settings: "--watch-for 4s", noHealthyRun: true,
		fails: []string{scenarios.WatchOutage}, inconclusive: []string{scenarios.WatchLost}, exit: 1,
		reported: "watch.outage: long sessions that never opened; watch.lost inconclusive",
		contains: []string{"two never opened: open.reset"},
	}, {
		faults: []string{"no-executors"}, scenario: "query", settings: "--slowest 1000", // a busy machine delays statements of milliseconds
		fails: []string{scenarios.QuerySucceeds}, exit: 1,
		reported: "query.succeeds (execute.admission), not attributed to the balancer", contains: []string{"no executors", "execute.admission", "not the balancer's fault"},
	}, {
		faults: []string{"slow-query=1500ms@2"}, slow: true, scenario: "query", noHealthyRun: true,
		fails: []string{scenarios.QuerySlowest}, exit: 1, reported: "query.slowest, with the name of the coordinator", contains: []string{"coord-a2:25000 takes"},
	}, {
		title:    "other clients' sessions on 4 of 5 coordinators, with web pages",
		settings: "--balance leastconn --background 40:40:40:40:0 --policy leastconn --web-port 25072", noHealthyRun: true,
		exit: 0, reported: "tolerated: balance is judged on all sessions, as the web pages count them",
	},
}

// expectCutSeen expects a cut that was seen as it came: after some 2 s of what the
// balancer counts, of which the client may have seen a little less.
func expectCutSeen(t *testing.T, r scenarios.Result) {
	t.Helper()
	if r.Idle == nil || r.Idle.At < 1.8 || r.Idle.At >= 2.5 {
		t.Errorf("idle = %+v", r.Idle)
	}
}

// expectHeld checks the number of held sessions, within one, and what stopped the run.
func expectHeld(held int, class string) func(*testing.T, scenarios.Result) {
	return func(t *testing.T, r scenarios.Result) {
		t.Helper()
		c := r.Capacity
		if c == nil {
			t.Fatal("no capacity in the result")
		}
		if c.Held < held-1 || c.Held > held+1 || c.StoppedBy != vocabtest.Class(class) || c.NominalOneDown != held/3*2 || c.Nominal != held {
			t.Errorf("capacity = %+v", *c)
		}
		for _, h := range c.Holders {
			if !strings.HasPrefix(h.Name, "coord-") || h.Held == 0 {
				t.Errorf("holders = %+v", c.Holders)
			}
		}
	}
}

// expectNoCeiling wants n sessions held, or one less where the scout's had not gone
// yet, and no figure of the model beside them.
func expectNoCeiling(n int) func(*testing.T, scenarios.Result) {
	return func(t *testing.T, r scenarios.Result) {
		if c := r.Capacity; c.Held < n-1 || c.Held > n || c.Nominal+c.NominalOneDown+c.Safe+c.SafeOneDown+c.MoreCoord+c.MoreThr > 0 {
			t.Errorf("capacity %+v, want %d held and no ceiling", *c, n)
		}
	}
}
