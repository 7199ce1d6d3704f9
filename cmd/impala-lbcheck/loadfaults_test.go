package main

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// fewThreads is the cluster whose ceiling is looked for.
const fewThreads = "--coordinators 3 --nodes 1 --balance leastconn"

// ladder is an idle ladder of a few seconds, whose times are a hundredth.
const ladder = "--idle-steps 50s,150s,250s,350s --min-idle 300s"

// loadFaults are what the scenarios of load meet.
var loadFaults = []faultRow{
	{
		faults: []string{"threads=8"}, whose: "coordinator", scenario: "capacity", settings: "--until-full " + fewThreads, hurried: true,
		does: "service threads", exit: 0, called: "none: 24 held, stopped by open.timeout, 16 with one lost",
		says:  []string{"open.timeout", "24 sessions got in on 3 coordinators", "16 with one coordinator lost"},
		check: wantHeld(24, "open.timeout"),
	}, {
		faults: []string{"threads=8"}, whose: "coordinator", scenario: "capacity", settings: "--hold 40 " + fewThreads, hurried: true,
		does: "service threads", fails: []string{scenarios.CapacityHeld}, exit: 1, called: "capacity.held: 24 of 40",
		says:  []string{"24 of 40 sessions got in"},
		check: wantHeld(24, "open.timeout"),
	}, {
		faults: []string{"threads=8"}, whose: "coordinator", scenario: "capacity", settings: "--hold 20 " + fewThreads, noTwin: true,
		does: "service threads", exit: 0, called: "none: 20 of them stay",
		says: []string{"20 sessions stayed logged in for 2s on 3 coordinators"},
	}, {
		faults: []string{"threads=8"}, whose: "coordinator", scenario: "capacity", noTwin: true, hurried: true,
		settings: "--until-full --policy leastconn --web-port 25071 " + fewThreads,
		does:     "service threads, and the coordinators' pages say so", exit: 0, called: "none: the coordinators are full, by their own pages",
		says: []string{"since a coordinator had no service thread left", "with one coordinator lost 16 fit"},
		check: func(t *testing.T, r scenarios.Result) {
			if r.Capacity.Cause != scenarios.CauseThreads || r.Capacity.From != scenarios.ThreadsPages {
				t.Errorf("cause %q, threads from %q", r.Capacity.Cause, r.Capacity.From)
			}
		},
	}, {
		faults: []string{"idle=2s:fin"}, whose: "balancer", scenario: "idle", settings: ladder,
		does: "closes a connection that was idle for 2 s", fails: []string{scenarios.IdleCut}, exit: 1,
		called: "idle.cut: 2 s, by FIN", says: []string{"between 1.5 s and 2.5 s (seen at 2.0", "by FIN"},
	}, {
		faults: []string{"idle=2s:rst"}, whose: "balancer", scenario: "idle", settings: ladder, noTwin: true,
		does: "resets it", fails: []string{scenarios.IdleCut}, exit: 1,
		called: "idle.cut: 2 s, by RST", says: []string{"between 1.5 s and 2.5 s (seen at 2.0", "by RST"},
	}, {
		faults: []string{"idle=2s:silent"}, whose: "balancer", scenario: "idle", settings: ladder, noTwin: true, hurried: true,
		does: "forgets it and says nothing", fails: []string{scenarios.IdleCut}, exit: 1,
		called: "idle.cut: between 1.5 s and 2.5 s, in silence", says: []string{"between 1.5 s and 2.5 s", "in silence"},
	}, {
		faults: []string{"idle=2s:silent", "no-ping"}, whose: "balancer", scenario: "idle", settings: ladder, noTwin: true, hurried: true,
		does: "the same before a server without Ping", fails: []string{scenarios.IdleCut}, exit: 1,
		called: "idle.cut, as a statement is not answered", says: []string{"between 1.5 s and 2.5 s", "in silence"},
	}, {
		faults: []string{"down=2s:3s@2"}, whose: "coordinator", scenario: "watch", settings: "--watch-for 9s",
		does: "dies after 2 s and is back 3 s later; the balancer's check notices within 500 ms", fails: []string{scenarios.WatchOutage}, exit: 1,
		called: "watch.outage: how long new sessions failed, and what became of the old ones",
		says:   []string{"coord-a2:25000 was not met", "restarted"},
	}, {
		faults: []string{"down=2s:3s@2"}, whose: "coordinator", scenario: "watch", settings: "--watch-for 9s --max-outage 5s", noTwin: true,
		does: "the same, and an outage is allowed", exit: 0, called: "tolerated, with the outage said",
		says: []string{"restarted"},
	}, {
		faults: []string{"leaves=2s:4s@2"}, whose: "balancer", scenario: "watch", settings: "--watch-for 9s", noTwin: true,
		does: "takes a coordinator out of rotation for 4 s; its connections live on", exit: 0, called: "tolerated: no session failed and none was lost",
		says: []string{"coord-a2:25000", "5 of 5 sessions stayed open"},
	}, {
		faults: []string{"no-executors"}, whose: "coordinator", scenario: "query",
		does: "statements wait for executors until admission gives up", fails: []string{scenarios.QuerySucceeds}, exit: 1,
		called: "query.succeeds (execute.admission), never blamed on the balancer", says: []string{"no executors", "execute.admission", "not the balancer's doing"},
	}, {
		faults: []string{"slow-query=400ms@2"}, whose: "coordinator", scenario: "query", noTwin: true,
		does: "runs statements slowly", fails: []string{scenarios.QuerySlowest}, exit: 1, called: "query.slowest, naming it", says: []string{"coord-a2:25000 takes"},
	}, {
		title: "background 40:40:40:40:0, with pages", whose: "balancer",
		does:     "others' sessions; the fifth was just restarted; the coordinators' pages are read",
		settings: "--balance leastconn --background 40:40:40:40:0 --policy leastconn --web-port 25072", noTwin: true,
		exit: 0, called: "tolerated: balance is judged on the totals",
	},
}

// wantHeld wants so many held, within one, and what stopped it.
func wantHeld(held int, class string) func(*testing.T, scenarios.Result) {
	return func(t *testing.T, r scenarios.Result) {
		t.Helper()
		c := r.Capacity
		if c == nil {
			t.Fatal("no capacity in the result")
		}
		if c.Held < held-1 || c.Held > held+1 || c.StoppedBy != vocabtest.Class(class) || c.NMinus1 != held/3*2 || c.Nominal != held {
			t.Errorf("capacity = %+v", *c)
		}
		for _, h := range c.Holders {
			if !strings.HasPrefix(h.Name, "coord-") || h.Held == 0 {
				t.Errorf("holders = %+v", c.Holders)
			}
		}
	}
}
