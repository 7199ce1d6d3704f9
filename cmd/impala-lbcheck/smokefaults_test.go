package main

import (
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// smokeFaults are the rows for smoke.
var smokeFaults = []faultRow{
	{
		faults: []string{"dead@2"},
		fails:  []string{scenarios.BalanceCoverage}, exit: 1, reported: "balance.coverage, with the name of the coordinator",
		contains: []string{"coord-a2:25000"},
	}, {
		manySeeds: true, faults: []string{"refused@2"},
		fails: []string{scenarios.ErrorsRate}, inconclusive: []string{scenarios.BalanceCoverage}, exit: 1,
		reported: "errors.rate (open.eof); balance.coverage inconclusive",
		contains: []string{"open.eof"},
	}, {
		manySeeds: true, faults: []string{"hung@1"}, shortTimeout: true,
		fails: []string{scenarios.ErrorsRate}, inconclusive: []string{scenarios.BalanceCoverage}, exit: 1,
		reported: "errors.rate (open.timeout); balance.coverage inconclusive, with the name of the coordinator",
		contains: []string{"open.timeout", "coord-a1"},
	}, {
		manySeeds: true, faults: []string{"draining@3"},
		fails: []string{scenarios.ErrorsRate}, inconclusive: []string{scenarios.BalanceCoverage}, exit: 1,
		reported: "errors.rate (open.shutting-down)",
		contains: []string{"open.shutting-down", "Server is being shut down"},
	}, {
		faults: []string{"auth-reject@3"}, settings: "--auth ldap --tls",
		fails: []string{scenarios.ErrorsRate}, exit: 1,
		sometimes: []outcome{{exit: 4, atMost: 25}}, // the first login of all is the rejected one
		reported:  "errors.rate (sasl.rejected); the run stops at the second rejection (exit 4 where the first login of all is rejected)",
		contains:  []string{"sasl.rejected"},
		check: func(t *testing.T, r scenarios.Result) {
			rejected := r.Sessions.Failed
			for _, s := range r.Scouts {
				if s.Class.IsRejected() {
					rejected++
				}
			}
			if rejected != 2 || r.Complete {
				t.Errorf("%d rejected, complete %v: want to stop at 2 rejections", rejected, r.Complete)
			}
		},
	}, {
		faults: []string{"auth-reject"}, settings: "--auth ldap --tls",
		exit: 4, noHealthyRun: true,
		reported: "nothing measured; only one login is tried, however many nodes there are",
		contains: []string{"sasl.rejected"},
		check: func(t *testing.T, r scenarios.Result) {
			if r.Sessions.Scout != 1 || r.Sessions.Attempted != 0 {
				t.Errorf("scout %d, attempted %d: want a single login", r.Sessions.Scout, r.Sessions.Attempted)
			}
		},
	}, {
		title:        "other clients' sessions on 4 of 5 coordinators",
		settings:     "--balance leastconn --background 40:40:40:40:0 --policy leastconn",
		inconclusive: []string{scenarios.BalanceCoverage}, exit: 3,
		reported:        "balance.coverage inconclusive: under leastconn, sessions of other clients explain why a coordinator was not reached",
		healthySettings: "--balance leastconn --policy leastconn",
	}, {
		manySeeds: true, faults: []string{"reset-after=200@2"},
		fails: []string{scenarios.ErrorsRate}, inconclusive: []string{scenarios.BalanceCoverage}, exit: 1,
		reported: "errors.rate (an error class ending in .reset)",
		contains: []string{".reset"},
	}, {
		faults:   []string{"flaky=1"},
		exit:     0,
		reported: "tolerated after another look, with a note",
		contains: []string{"note:"},
	}, {
		faults: []string{"flaky=1"}, settings: "--strict-errors",
		fails: []string{scenarios.ErrorsRate}, exit: 1, reported: "errors.rate",
	}, {
		faults: []string{"proxy-protocol"},
		exit:   4, noHealthyRun: true,
		reported: "nothing measured; the report suggests a PROXY header",
		contains: []string{"PROXY"},
	}, {
		faults: []string{"weights=6:1:1:1:1"}, settings: "--sessions 400",
		fails: []string{scenarios.BalanceImbalance}, exit: 1, reported: "balance.imbalance",
	}, {
		manySeeds: true, faults: []string{"sticky=0.7"}, settings: "--nodes 1 --policy random",
		fails: []string{scenarios.BalanceOrder}, exit: 1, reported: "balance.order",
	}, {
		manySeeds: true, faults: []string{"sticky=0.7"}, settings: "--nodes 1",
		inconclusive: []string{scenarios.BalanceOrder}, exit: 3,
		reported: "balance.order inconclusive: the order of sessions cannot tell stickiness from least-connections, so the policy must be declared",
		contains: []string{"sticky or least-connections"},
	}, {
		title: "policy source", settings: "--balance source",
		fails: []string{scenarios.BalanceCoverage}, exit: 1, reported: "balance.coverage",
		contains: []string{"--policy"}, healthySettings: "--balance random",
	}, {
		title: "policy source, declared", settings: "--balance source --policy source",
		exit: 0, reported: "tolerated", noHealthyRun: true,
	}, {
		faults: []string{"zones=2:2:1"}, settings: "--nodes 3",
		fails: []string{scenarios.BalanceReach}, exit: 1, reported: "balance.reach, with the coordinators that each node reaches",
		contains: []string{"cross-zone"},
	}, {
		faults: []string{"zones=3:2"}, settings: "--nodes 2",
		exit: 0, reported: "tolerated with a note",
		contains: []string{"note:"},
	}, {
		faults: []string{"one-node"}, settings: "--expect-nodes 2",
		fails: []string{scenarios.DNSNodes}, exit: 1, reported: "dns.nodes",
	}, {
		faults: []string{"one-node"},
		exit:   0, reported: "tolerated",
	}, {
		faults: []string{"foreign@5"},
		fails:  []string{scenarios.BalanceCoverage, scenarios.BalanceUnexpected}, exit: 1,
		reported: "balance.unexpected, and balance.coverage for the missing name",
	}, {
		faults: []string{"pid=1"},
		exit:   0, reported: "tolerated: coordinators are told apart by their web addresses",
	}, {
		faults: []string{"restart@2"},
		exit:   0, reported: "tolerated: one coordinator with two pids",
		check: func(t *testing.T, r scenarios.Result) {
			if i := slices.IndexFunc(r.Coords, func(c scenarios.CoordTally) bool { return len(c.PIDs) == 2 }); i < 0 {
				t.Error("no coordinator is shown with two pids")
			}
		},
	}, {
		faults: []string{"ping-off"},
		exit:   0, reported: "tolerated: http_addr identifies coordinators",
	}, {
		faults: []string{"no-ping"},
		exit:   0, reported: "tolerated: http_addr identifies coordinators", noHealthyRun: true,
	}, {
		faults: []string{"no-http-addr"},
		exit:   0, reported: "tolerated: Ping identifies coordinators",
	}, {
		faults: []string{"ping-off", "no-http-addr"},
		exit:   0, reported: "tolerated: coordinator() returns distinct host names",
	}, {
		faults:       []string{"ping-off", "no-http-addr", "same-hostname", "pid=1"},
		inconclusive: []string{scenarios.IdentitySound}, exit: 3,
		reported: "identity.sound inconclusive; balance.coverage is not judged",
	}, {
		faults: []string{"version=4.4.1@3"},
		exit:   0, reported: "tolerated with a note", contains: []string{"4.4.1"},
	}, {
		faults: []string{"version=4.4.1@3"}, settings: "--expect-version 4.5",
		fails: []string{scenarios.VersionsSame}, exit: 1, reported: "versions.same",
	}, {
		faults: []string{"slow=200ms@2"}, settings: "--threshold 'session.open: p(99) < 100ms'",
		fails: []string{"threshold.session.open: p(99) < 100ms"}, exit: 1, reported: "the threshold",
		healthySettings: "--threshold 'session.open: p(99) < 10s'", // a busy machine may need more than 100 ms
	}, {
		faults: []string{"slow=200ms@2"},
		exit:   0, reported: "tolerated",
	}, {
		faults: []string{"slow=2s@2"}, slow: true, noHealthyRun: true, settings: "--timeout 10s",
		exit: 0, reported: "tolerated, and named in a note: its logins are slow",
		contains: []string{"Logins are slow on coord-a2:25000 (median 2", "Logins from their start, in milliseconds"},
	}, {
		faults: []string{"wrong-issuer"}, settings: "--tls --expect-issuer O=Amazon",
		fails: []string{scenarios.TLSIssuer}, exit: 1, reported: "tls.issuer",
		check: noSessions,
	}, {
		faults: []string{"expired"}, settings: "--tls",
		fails: []string{scenarios.TLSExpiry}, exit: 1, reported: "tls.expiry", check: noSessions,
	}, {
		faults: []string{"not-yet"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSExpiry}, exit: 1, reported: "tls.expiry", check: noSessions,
	}, {
		faults: []string{"wrong-host"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSHost}, exit: 1, reported: "tls.host", check: noSessions,
	}, {
		faults: []string{"no-intermediate"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSChain}, exit: 1, reported: "tls.chain: incomplete",
		contains: []string{"incomplete"}, check: noSessions,
	}, {
		faults: []string{"self-signed"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSChain}, exit: 1, reported: "tls.chain: self-signed",
		contains: []string{"self-signed"}, check: noSessions,
	}, {
		faults: []string{"unknown-ca"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSChain}, exit: 1, reported: "tls.chain: unknown CA",
		contains: []string{"unknown"}, check: noSessions,
	}, {
		faults: []string{"expired@2"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSExpiry, scenarios.TLSSameOnAllNodes}, exit: 1,
		reported: "tls.expiry and tls.same-on-all-nodes; balance is judged on the sessions of the other node",
		check: func(t *testing.T, r scenarios.Result) {
			if r.Sessions.OK < 40 {
				t.Errorf("%d sessions: want those of the other node to be judged", r.Sessions.OK)
			}
		},
	}, {
		faults: []string{"expired-intermediate"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSExpiry}, exit: 1, reported: "tls.expiry, with the name of the authority",
		contains: []string{"the intermediate certificate CN=Simulated Server CA,O=Amazon,C=US expired on"}, check: noSessions,
	}, {
		faults: []string{"expired-intermediate@2"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSExpiry, scenarios.TLSSameOnAllNodes}, exit: 1,
		reported: "tls.expiry and tls.same-on-all-nodes",
	}, {
		faults: []string{"expired-intermediate"}, scenario: "capacity", settings: "--tls --hold 3", noHealthyRun: true,
		fails: []string{scenarios.TLSExpiry}, exit: 1, reported: "tls.expiry", check: noSessions,
	}, {
		faults: []string{"expiring-intermediate"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSExpiry}, exit: 1, reported: "tls.expiry, with the days that the intermediate certificate has left",
		contains: []string{"in 2 days; the minimum is 7 days"},
	}, {
		faults: []string{"expiring-intermediate"}, settings: "--tls --expect-days-left 2", noHealthyRun: true,
		exit: 0, reported: "tolerated with a note", contains: []string{"in 2 days"},
	}, {
		faults: []string{"expired-root"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSExpiry}, exit: 1, reported: "tls.expiry, with the name of the root",
		contains: []string{"the root certificate CN=Simulated Root CA of Old,O=Example Trust,C=US expired on"}, check: noSessions,
	}, {
		faults: []string{"unneeded-expired"}, settings: "--tls", noHealthyRun: true,
		exit: 0, reported: "tolerated with a note", contains: []string{"is not needed"},
	}, {
		faults: []string{"weak-key"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSStrength}, exit: 1, reported: "tls.strength", contains: []string{"RSA 1024"},
	}, {
		faults: []string{"name-constraint"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSChain}, exit: 1, reported: "tls.chain: what the authority may not issue",
		contains: []string{"may not issue"}, check: noSessions,
	}, {
		faults: []string{"long-chain"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSChain}, exit: 1, reported: "tls.chain: too long",
		contains: []string{"too long: 301 certificates"}, check: noSessions,
	}, {
		faults: []string{"client-certificate"}, settings: "--tls", noHealthyRun: true,
		exit: 4, reported: "nothing measured (tls.client-certificate); the report suggests --client-cert",
		contains: []string{"tls.client-certificate", "--client-cert"},
	}, {
		faults: []string{"old-tls"}, settings: "--tls", noHealthyRun: true,
		fails: []string{scenarios.TLSVersion}, exit: 1, reported: "tls.version", check: noSessions,
	}, {
		faults: []string{"starting=3s@2"}, slow: true, settings: "--settle 10s --settle-every 500ms",
		exit: 0, reported: "tolerated",
	},
}

// noSessions checks that no session was attempted after a certificate was rejected.
func noSessions(t *testing.T, r scenarios.Result) {
	t.Helper()
	if r.Sessions.Attempted != 0 {
		t.Errorf("%d sessions were attempted despite a rejected certificate", r.Sessions.Attempted)
	}
}
