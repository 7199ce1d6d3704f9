package main

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// balancerFaults are the rows for what smoke says of a balancer's state: losses in the
// middle of a run, lists that differ, rotors, limits, and names that do not tell
// coordinators apart.
var balancerFaults = []faultRow{
	{
		faults: []string{"dies-after=4:1@2"},
		fails:  []string{scenarios.BalanceCoverage}, exit: 1, manySeeds: true,
		sometimes: []outcome{{exit: 0, atMost: 4}}, // its fourth session comes so late that what is left of the run shows nothing
		reported:  "balance.coverage, with the name of the coordinator; the lost session is tolerated",
		contains:  []string{"coord-a2:25000"},
	}, {
		faults: []string{"dies-after=4:0@2"}, noHealthyRun: true,
		fails: []string{scenarios.BalanceCoverage}, exit: 1,
		sometimes: []outcome{{exit: 0, atMost: 8}}, // as before: 15 of 360 runs
		reported:  "balance.coverage, with the name of the coordinator, although it answered at first; in one run of twenty its fourth session comes so late that nothing shows",
		contains:  []string{"coord-a2:25000"},
	}, {
		faults: []string{"dies-after=4@2"}, noHealthyRun: true,
		fails: []string{scenarios.ErrorsRate}, exit: 1, manySeeds: true,
		sometimes: []outcome{{exit: 0, atMost: 3}}, // it has no fifth session
		reported:  "errors.rate (open.eof)",
		contains:  []string{"open.eof"},
	}, {
		faults: []string{"flaky=1", "pins-after-loss"}, settings: "--policy random",
		fails: []string{scenarios.BalanceCoverage}, exit: 1,
		reported: "balance.coverage: every coordinator but one is missing",
	}, {
		faults: []string{"weights=0:1:0", "cuts=70"}, settings: "--coordinators 3 --nodes 1",
		fails: []string{scenarios.BalanceCoverage}, exit: 1,
		reported: "balance.coverage, although a session was lost in the second look",
	}, {
		faults: []string{"stale=2@1"}, settings: "--nodes 4 --sessions 240",
		fails: []string{scenarios.BalanceReach}, exit: 1,
		reported: "balance.reach, with the node and the coordinator that it does not reach",
		contains: []string{"coord-a2:25000"},
	}, {
		faults: []string{"lists=1+2:2+3:3+4:4+1"}, settings: "--coordinators 4 --nodes 4",
		fails: []string{scenarios.BalanceReach}, exit: 1,
		reported: "balance.reach: who answers depends on the node, or which coordinators a node does not reach",
	}, {
		faults: []string{"shared-rotor"}, settings: "--balance round-robin --coordinators 3 --nodes 3",
		exit: 0, reported: "tolerated", check: noCrossZoneNote,
	}, {
		faults: []string{"shared-rotor", "other-clients=0.1"}, settings: "--balance round-robin --coordinators 2",
		exit: 0, reported: "tolerated", check: noCrossZoneNote,
	}, {
		faults: []string{"two-level=2"}, settings: "--balance round-robin --nodes 1",
		exit: 0, reported: "tolerated with a note",
		contains: []string{"note:"},
	}, {
		faults: []string{"two-level=2"}, settings: "--balance round-robin --policy round-robin",
		exit: 0, reported: "tolerated",
	}, {
		faults: []string{"limit=10"},
		fails:  []string{scenarios.ErrorsRate}, exit: 1, noHealthyRun: true,
		reported: "errors.rate: a limit of open connections",
		contains: []string{"opened together failed", "open connections"},
	}, {
		faults: []string{"rate=20"}, noHealthyRun: true,
		fails: []string{scenarios.ErrorsRate}, exit: 1,
		reported: "errors.rate: every session after the first 20, the scouts included; the run stops",
		contains: []string{"a limit on the rate or the number of connections", "stopped early"},
	}, {
		faults: []string{"same-web-address"}, settings: "--expect-coordinators 5",
		inconclusive: []string{scenarios.IdentitySound}, exit: 3,
		reported: "identity.sound inconclusive: several processes have one name",
		contains: []string{"five processes"},
	}, {
		faults: []string{"close-hangs"}, shortTimeout: true, slow: true,
		fails: []string{scenarios.SessionsClosed}, exit: 1, reported: "sessions.closed",
	}, {
		faults: []string{"close-hangs@2"}, shortTimeout: true, slow: true, noHealthyRun: true,
		fails: []string{scenarios.SessionsClosed}, exit: 1, reported: "sessions.closed, with the name of the coordinator",
		contains: []string{"coord-a2:25000"},
	},
}

// noCrossZoneNote checks that a rotor that meets the nodes in step is not taken for
// zones.
func noCrossZoneNote(t *testing.T, r scenarios.Result) {
	t.Helper()
	for _, f := range r.Findings {
		if f.ID == scenarios.BalanceReach && f.Status != scenarios.StatusPass {
			t.Errorf("balance.reach: %+v", f)
		}
	}
}
