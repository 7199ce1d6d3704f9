package cause

import (
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// cases hold every pattern to its data. No case fits two of them.
var cases = map[string]struct {
	nodes, coordinators, declared int
	change                        func(i int, s *session)
	evidence                      func(*scenarios.Measured)
	place, reason, subject        string
	names                         []string // what the clause must name
	fixes                         []string // what the fixes must say
	absent                        []string // what nothing may say
}{
	"a node where nobody listens": {
		nodes: 3, coordinators: 3, declared: 3, place: PlaceNode, subject: judgetest.NodeAddr(1).String(),
		change: func(_ int, s *session) {
			if s.node == 1 {
				s.class = "tcp.refused"
			}
		},
		names: []string{"all 19 sessions to 127.0.0.3:21050 failed, none of 37 to the others"}, absent: []string{"broken of"},
	},
	"a node behind which nobody is left": {
		nodes: 2, coordinators: 3, declared: 5, place: PlaceNode, subject: judgetest.NodeAddr(0).String(),
		change: func(_ int, s *session) {
			if s.node == 0 {
				s.class = "open.eof"
			}
		},
		names: []string{"all 28 sessions to 127.0.0.2:21050", "none of 28 to the other"},
	},
	"a node whose listener is unlike the other's": {
		nodes: 2, coordinators: 3, declared: 3, place: PlaceNode, subject: judgetest.NodeAddr(1).String(),
		change: func(_ int, s *session) {
			if s.node == 1 {
				s.class = "tls.client-certificate"
			}
		},
		names: []string{"all 28 sessions to 127.0.0.3:21050"}, absent: []string{"cross-zone"},
	},
	"two nodes of four": {
		nodes: 4, coordinators: 3, declared: 3, place: PlaceNode,
		change: func(_ int, s *session) {
			if s.node < 2 {
				s.class = "tcp.timeout"
			}
		},
		names: []string{"127.0.0.2:21050 and 127.0.0.3:21050"},
	},
	"a limit on connections": {
		nodes: 1, coordinators: 5, declared: 5, place: PlaceTogether,
		change: func(i int, s *session) {
			if i >= 50 {
				s.class, s.open = "tcp.reset", 10
			}
		},
		names: []string{"6 of 16 opened together", "none of 40 one after the other", "at most 10 were open at once", "about 10 open connections"}, absent: []string{"broken of", "is gone"},
	},
	"a limit, or a coordinator that died before the burst": {
		nodes: 2, coordinators: 3, declared: 3, place: PlaceTogether,
		change: func(i int, s *session) {
			if i >= 40 && s.coordinator == 1 {
				s.class = "open.eof"
			}
		},
		names: []string{"unless coord-1.example.com:25000 went away then"},
	},
	"a limit on threads, without pages": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceTogether,
		change: func(i int, s *session) {
			if i >= 48 {
				s.class, s.open = "open.timeout", 8
			}
		},
		names: []string{"8 of 16 opened together", "at most 8"}, absent: []string{"broken of", "ldap"},
	},
	"a limit on a user's sessions": {
		nodes: 1, coordinators: 2, declared: 2, place: PlaceTogether,
		change: func(i int, s *session) {
			if i >= 46 {
				s.class = "open.session-limit"
			}
		},
		names: []string{"a limit on sessions of one user"},
	},
	"a limit that a growing load meets": {
		nodes: 1, coordinators: 3, declared: 3, place: PlaceTogether,
		change: func(i int, s *session) {
			s.part, s.open = scenarios.PartArrival, i+1
			if i >= 30 {
				s.open = 30
			}
			if i > 30 && i%2 == 0 {
				s.class = "open.eof"
			}
		},
		names: []string{"while 30 or more were open"},
	},
	"a limit on the rate": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceAfter,
		change: func(i int, s *session) {
			if i >= 20 {
				s.class = "tls.reset"
			}
		},
		evidence: func(e *scenarios.Measured) { e.Scenario.Load.Rate = 10 },
		names:    []string{"the first 20 got in, and then 36 of 36 failed", "a limit on the rate", "10/s"}, absent: []string{"broken of"},
	},
	"a service that went away": {
		nodes: 1, coordinators: 2, declared: 2, place: PlaceAfter,
		change: func(i int, s *session) {
			if i >= 20 {
				s.class = "tcp.refused"
			}
		},
		names: []string{"the first 20 got in"},
	},
	"threads that the pages say are all in use": {
		nodes: 2, coordinators: 3, declared: 3, place: PlaceThreads,
		change: func(i int, s *session) {
			if i >= 48 {
				s.class = "open.timeout"
			}
		},
		evidence: func(e *scenarios.Measured) {
			for i := range 3 {
				e.Pages = append(e.Pages, page(i, 8, 0, scenarios.PageDuring))
			}
		},
		names: []string{"all 24 service threads of all 3 coordinators are in use, so logins wait", "other clients the rest"}, absent: []string{"ldap", "PROXY"},
	},
	"threads of one coordinator": {
		nodes: 2, coordinators: 3, declared: 3, place: PlaceThreads, subject: judgetest.CoordName(1),
		change: func(i int, s *session) {
			if i%5 == 1 {
				s.class = "sasl.timeout"
			}
		},
		evidence: func(e *scenarios.Measured) {
			for i, free := range []int{3, 0, 4} {
				e.Pages = append(e.Pages, page(i, 8, free, scenarios.PageBefore))
			}
		},
		names: []string{"all 8 service threads of coord-1.example.com:25000", "other clients held them before the first session"},
	},
	"a coordinator that fails what it is asked": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceCoordinator, subject: judgetest.CoordName(2),
		change: func(_ int, s *session) {
			if s.coordinator == 2 {
				s.class = "execute.error"
			}
		},
		names: []string{"on coord-2.example.com:25000 failed, none of"},
	},
	"a coordinator that dies on the way": {
		nodes: 1, coordinators: 3, declared: 3, place: PlaceGone, subject: judgetest.CoordName(0), reason: ReasonTarget,
		change: func(i int, s *session) {
			if i >= 25 && s.coordinator == 0 {
				s.class = "tcp.refused"
			}
		},
		names: []string{"coord-0.example.com:25000 answered until about the first failure"},
	},
	"a coordinator that is never seen": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceUnseen, subject: judgetest.CoordName(4), reason: ReasonUnlike,
		change: func(_ int, s *session) {
			if s.coordinator == 4 {
				s.class = "open.timeout"
			}
		},
		names: []string{"consistent with one broken of five, never seen: coord-4.example.com:25000"}, absent: []string{"ldap"},
	},
	"a coordinator that is never seen, of a declared number": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceUnseen, reason: ReasonUnlike,
		change: func(_ int, s *session) {
			if s.coordinator == 4 {
				s.class = "open.timeout"
			}
		},
		evidence: func(e *scenarios.Measured) { e.Scenario.Expect.Coordinators = scenarios.ExpectCoordinators{Count: 5} },
		names:    []string{"never seen: 1 of 5 (seen: coord-0.example.com:25000, coord-1.example.com:25000, coord-2.example.com:25000 and coord-3.example.com:25000)"},
	},
	"calls that other coordinators answered": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceCalls,
		change: func(i int, s *session) {
			if i%3 > 0 {
				s.class = "execute.foreign-handle"
			}
		},
		evidence: func(e *scenarios.Measured) { e.Scenario.Target.Protocol = scenarios.ProtocolHS2HTTP },
		names:    []string{"calls of one session reached other coordinators"}, fixes: []string{"cookie"}, absent: []string{"coord-"},
	},
	"a keytab that one coordinator has not": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceUnseen, subject: judgetest.CoordName(4), reason: ReasonUnlike,
		change:   failingLogin("sasl.rejected"),
		evidence: func(e *scenarios.Measured) { e.Scenario.Auth.Mechanism = scenarios.MechanismKerberos },
		fixes:    []string{"keytab lacks the key of the balancer's principal", "or its clock", "look at coord-4.example.com:25000 first"}, absent: []string{"directory"},
	},
	"a coordinator that does not prove who it is": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceUnseen, subject: judgetest.CoordName(4), reason: ReasonUnlike,
		change: failingLogin("sasl.server-proof"),
		fixes:  []string{"keytab", "look at coord-4.example.com:25000 first"},
	},
	"a coordinator with another clock": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceUnseen, subject: judgetest.CoordName(4), reason: ReasonUnlike,
		change: failingLogin("sasl.clock-skew"),
		fixes:  []string{"clock", "look at coord-4.example.com:25000 first"},
	},
	"credentials that something removes on one way": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceUnseen, subject: judgetest.CoordName(4), reason: ReasonUnlike,
		change: failingLogin("sasl.no-credentials"),
		fixes:  []string{"removes the Authorization header"},
	},
	"a proxy that had nobody to send requests to": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceUnseen, subject: judgetest.CoordName(4), reason: ReasonUnlike,
		change: failingLogin("open.unavailable"),
		fixes:  []string{"a proxy had no coordinator to send requests to"},
	},
	"a node that removes logins, which ended the run": {
		nodes: 3, coordinators: 3, declared: 3, place: PlaceScout, subject: judgetest.NodeAddr(1).String(), reason: ReasonUnlike,
		change: func(_ int, s *session) { s.node, s.class = 1, "sasl.no-credentials" },
		evidence: func(e *scenarios.Measured) {
			class := vocabtest.Class("sasl.no-credentials")
			e.Stopped = &scenarios.Stop{By: scenarios.StopRejected, Class: class}
			e.Looks = []scenarios.Look{{Planned: 40, Cut: true}}
			e.Looks[0].Add(session{node: 1, part: scenarios.PartOrdered, coordinator: -1, class: class.String(), open: 1}.observed(0))
			for node := range 3 {
				e.Scouts = append(e.Scouts, scenarios.Scout{Address: judgetest.NodeAddr(node), Attempts: 1, Outcome: scenarios.OutcomeOK})
			}
			e.Scouts[1].Outcome, e.Scouts[1].Class = scenarios.OutcomeFailed, class
		},
		names: []string{"the only session to 127.0.0.3:21050 failed, as did the scout before, and scouts got in over 2 other nodes"},
		fixes: []string{"removes the Authorization header"},
	},
	"a node where nobody listens, in a run that ends at its first failure": {
		nodes: 2, coordinators: 3, declared: 3, place: PlaceScout, subject: judgetest.NodeAddr(1).String(),
		change: func(_ int, s *session) { s.node, s.class = 1, "tcp.refused" },
		evidence: func(e *scenarios.Measured) {
			e.Looks = []scenarios.Look{{Planned: 10}}
			e.Looks[0].Add(session{node: 0, part: scenarios.PartOrdered, open: 1}.observed(0))
			e.Looks[0].Add(session{node: 1, part: scenarios.PartOrdered, coordinator: -1, class: "tcp.refused", open: 2}.observed(1))
			e.Scouts = []scenarios.Scout{
				{Address: judgetest.NodeAddr(1), Attempts: 3, Outcome: scenarios.OutcomeFailed, Class: vocabtest.Class("tcp.refused")},
				{Address: judgetest.NodeAddr(0), Attempts: 1, Outcome: scenarios.OutcomeOK},
			}
		},
		names:  []string{"the only session to 127.0.0.3:21050 failed, as did the scout before, and scouts got in over 1 other node"},
		fixes:  []string{"nothing listens at that address"},
		absent: []string{"broken of", "take a coordinator out"},
	},
	"over HTTP, a login that something removes may seem rejected": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceUnseen, subject: judgetest.CoordName(4), reason: ReasonUnlike,
		change:   failingLogin("sasl.rejected"),
		evidence: func(e *scenarios.Measured) { e.Scenario.Target.Protocol = scenarios.ProtocolHS2HTTP },
		fixes:    []string{"directory server", "; or something on the way to a coordinator removes the Authorization header"},
	},
	"a node that redirects": {
		nodes: 2, coordinators: 3, declared: 3, place: PlaceNode, subject: judgetest.NodeAddr(1).String(),
		change: func(_ int, s *session) {
			if s.node == 1 {
				s.class = "open.redirect"
			}
		},
		names: []string{"all 28 sessions to 127.0.0.3:21050"}, fixes: []string{"sends requests to another address"},
	},
	"sessions without an answer, though the scouts got in": {
		nodes: 2, coordinators: 5, declared: 5, reason: ReasonUnlike,
		change: func(_ int, s *session) { s.class = "open.timeout" },
		evidence: func(e *scenarios.Measured) {
			for node := range 2 {
				e.Scouts = append(e.Scouts, scenarios.Scout{Address: judgetest.NodeAddr(node), Attempts: 1, Outcome: scenarios.OutcomeOK})
			}
		},
		absent: []string{"ldap"},
	},
	"some failures at one node of two": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceOneNode, subject: judgetest.NodeAddr(1).String(), reason: ReasonUnlike,
		change: func(i int, s *session) {
			if s.node == 1 && i%4 == 1 {
				s.class = "open.eof"
			}
		},
		names: []string{"14 of 28 to 127.0.0.3:21050 failed, none of 28 to the other"}, absent: []string{"broken of"},
	},
	"a time limit of a second": {
		nodes: 1, coordinators: 3, declared: 0, reason: ReasonTimeLimit,
		change: func(_ int, s *session) { s.class, s.waited = "open.eof", time.Second },
		names:  []string{"closed after 1.00 s without an answer", "a time limit of about 1.0 s"}, absent: []string{"ldap"},
	},
	"a time limit before a slow answer": {
		nodes: 1, coordinators: 3, declared: 0, reason: ReasonTimeLimit,
		change: func(_ int, s *session) { s.class, s.waited = "open.eof", 3*time.Second+10*time.Millisecond },
		names:  []string{"closed after 3.01 s without an answer", "a time limit of about 3.0 s"}, absent: []string{"ldap"},
	},
	"a statement that takes longer than we wait": {
		nodes: 1, coordinators: 3, declared: 3, place: PlaceCoordinator, reason: ReasonOwnLimit,
		change:   func(_ int, s *session) { s.class, s.waited = "execute.timeout", 2*time.Second },
		evidence: func(e *scenarios.Measured) { e.Scenario.Query = "SELECT sleep(6000)" },
		names:    []string{"the statement takes longer than load.timeout, 2s"},
	},
	"a target that does not listen": {
		nodes: 1, coordinators: 4, declared: 0, reason: ReasonTarget,
		change: func(i int, s *session) {
			if i%7 == 3 {
				s.class = "tcp.timeout"
			}
		},
		names: []string{"others were accepted at the same address"}, absent: []string{"nothing listens", "this machine"},
	},
	"a target that is this machine": {
		nodes: 1, coordinators: 4, declared: 0, reason: ReasonTarget,
		change: func(i int, s *session) {
			if i%7 == 3 {
				s.class = "tcp.timeout"
			}
		},
		evidence: func(e *scenarios.Measured) { e.OnThisMachine = []string{"coord-3.example.com"} },
		names:    []string{"others were accepted at the same address"},
	},
	"one that rejects a login that others accept": {
		nodes: 1, coordinators: 4, declared: 0, reason: ReasonUnlike,
		change: func(i int, s *session) {
			if i%9 == 3 {
				s.class = "sasl.rejected"
			}
		},
		absent: []string{"ldap"},
	},
	"nobody got in": {
		nodes: 1, coordinators: 4, declared: 0, reason: ReasonHint,
		change: func(_ int, s *session) { s.class = "open.timeout" },
	},
}

// failingLogin fails every session of the last of five coordinators before it is open.
func failingLogin(class string) func(int, *session) {
	return func(_ int, s *session) {
		if s.coordinator == 4 {
			s.class = class
		}
	}
}
