package cause

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// session is what became of one session of a case.
type session struct {
	node        int
	part        scenarios.Part
	coordinator int    // -1: unidentified
	class       string // "": it succeeded
	waited      time.Duration
	open        int
}

// look is 40 sessions in order and a burst of 16, over nodes in turn, to
// coordinators in no order that shows; change says what became of each.
func look(nodes, coordinators int, change func(i int, s *session)) scenarios.Look {
	l := scenarios.Look{Planned: 40}
	r := judgetest.Source(1)
	for i := range 56 {
		s := session{node: i % nodes, part: scenarios.PartOrdered, coordinator: r.IntN(coordinators), open: 1}
		if i >= 40 {
			s.part, s.open = scenarios.PartBurst, i-39
		}
		change(i, &s)
		l.Add(s.observed(i))
	}
	return l
}

// loginHint is what a client suggests that knows its own session alone.
var loginHint = vocab.Fix{Setting: "auth.mechanism", Value: "ldap", Why: "the port may require a login"}

func (s session) observed(i int) scenarios.Observation {
	o := scenarios.Observation{Seq: i, Part: s.part, Node: judgetest.NodeAddr(s.node), Outcome: scenarios.OutcomeOK, Waited: s.waited, Open: s.open}
	if s.coordinator >= 0 {
		o.Who = scenarios.Identity{Coordinator: judgetest.CoordName(s.coordinator), Source: scenarios.SourcePing}
	}
	if s.class == "" {
		return o
	}
	o.Outcome, o.Class, o.Hint, o.Text = scenarios.OutcomeFailed, vocabtest.Class(s.class), scenarios.Fixes{loginHint}, "the server's words"
	o.Failed = o.Class.Phase
	if o.Class.Phase.UntilOpen() {
		o.Who = scenarios.Identity{}
	}
	return o
}

// page is a coordinator with threads, all but free of them in use.
func page(i, threads, free int, when scenarios.PageTime) scenarios.Page {
	inUse := threads - free
	return scenarios.Page{Coordinator: judgetest.CoordName(i), When: when, Threads: threads, InUse: &inUse}
}

// cases hold every pattern to its data. No case fits two of them.
var cases = map[string]struct {
	nodes, coordinators, declared int
	change                        func(i int, s *session)
	evidence                      func(*scenarios.Measured)
	place, reason, subject        string
	names                         []string // what the clause must name
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
	"some failures at one node of two": {
		nodes: 2, coordinators: 5, declared: 5, place: PlaceOneNode, subject: judgetest.NodeAddr(1).String(), reason: ReasonUnlike,
		change: func(i int, s *session) {
			if s.node == 1 && i%4 == 1 {
				s.class = "open.eof"
			}
		},
		names: []string{"14 of 28 to 127.0.0.3:21050 failed, none of 28 to the other"}, absent: []string{"broken of"},
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

func TestOf(t *testing.T) {
	t.Parallel()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := scenarios.Measured{Scenario: judgetest.Declared(c.declared), Looks: []scenarios.Look{look(c.nodes, c.coordinators, c.change)}}
			e.Scenario.Load.Timeout = scenarios.Duration(2 * time.Second)
			if c.evidence != nil {
				c.evidence(&e)
			}
			causes := Of(e)
			first := causes[0]
			if first.Place != c.place || first.Reason != c.reason {
				t.Errorf("place %q and reason %q, want %q and %q", first.Place, first.Reason, c.place, c.reason)
			}
			if s := Subject(causes); s != c.subject {
				t.Errorf("it names %q, want %q", s, c.subject)
			}
			text := Sentence(causes)
			for _, want := range c.names {
				if !strings.Contains(text, want) {
					t.Errorf("%q does not have %q", text, want)
				}
			}
			for _, fix := range Fixes(causes) {
				text += "\nfix: " + judgetest.Describe(fix)
			}
			for _, refuted := range c.absent {
				if strings.Contains(text, refuted) {
					t.Errorf("%q has %q, which the run has refuted", text, refuted)
				}
			}
			golden.Section(t, filepath.Join("testdata", "golden", "TestOf.txt"), text+"\n")
		})
	}
}

func TestOf_EveryPatternHasACase(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, c := range cases {
		used[c.place], used[c.reason] = true, true
	}
	for _, p := range places {
		if !used[p.name] {
			t.Errorf("no case has the place %q", p.name)
		}
	}
	for _, r := range reasons {
		if !used[r.name] {
			t.Errorf("no case has the reason %q", r.name)
		}
	}
}

// Which node or coordinator has which name decides nothing.
func TestOf_NamesDecideNothing(t *testing.T) {
	t.Parallel()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []Cause
			for _, turn := range []int{0, 1} {
				rename := func(i int, s *session) {
					c.change(i, s)
					if turn == 1 {
						s.node = c.nodes - 1 - s.node
					}
				}
				e := scenarios.Measured{Scenario: judgetest.Declared(c.declared), Looks: []scenarios.Look{look(c.nodes, c.coordinators, rename)}}
				e.Scenario.Load.Timeout = scenarios.Duration(2 * time.Second)
				if c.evidence != nil {
					c.evidence(&e)
				}
				got = append(got, Of(e)[0])
			}
			if got[0].Place != got[1].Place || got[0].Reason != got[1].Reason {
				t.Errorf("%q and %q, with the nodes renamed %q and %q", got[0].Place, got[0].Reason, got[1].Place, got[1].Reason)
			}
		})
	}
}

// A result of an earlier version has errors and no groups: nothing is said of where
// and when, but who was never seen is known.
func TestOf_WithoutGroups(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct{ place, reason string }{
		"a coordinator that is never seen":          {PlaceUnseen, ReasonUnlike},
		"a coordinator that fails what it is asked": {PlaceCoordinator, ""},
		"a node where nobody listens":               {"", ReasonTarget},
		"a limit on connections":                    {"", ReasonTarget},
		"nobody got in":                             {"", ReasonHint},
	} {
		c := cases[name]
		l := look(c.nodes, c.coordinators, c.change)
		l.Successes, l.Failures = nil, nil
		causes := Of(scenarios.Measured{Scenario: judgetest.Declared(c.declared), Looks: []scenarios.Look{l}})
		if len(causes) != 1 || causes[0].Place != want.place || causes[0].Reason != want.reason {
			t.Errorf("%s: causes are %+v, want %+v", name, causes, want)
		}
	}
}

func TestForErrors(t *testing.T) {
	t.Parallel()
	l := look(2, 5, cases["a coordinator that is never seen"].change)
	causes := Of(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{l}})
	for _, g := range ForErrors(causes, l.Errors) {
		if slices.Contains(g.Hint, loginHint) {
			t.Errorf("%s: %v", g.Class, g.Hint)
		}
	}
	if !slices.Contains(l.Errors[0].Hint, loginHint) {
		t.Error("the evidence was changed")
	}
}

func TestChanceAmong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		failed, n, total int
		want             float64
	}{{0, 5, 10, 1}, {2, 5, 10, 2. / 9}, {6, 5, 10, 0}} {
		if got := chanceAmong(c.failed, c.n, c.total); got < c.want-1e-9 || got > c.want+1e-9 {
			t.Errorf("chanceAmong(%d, %d, %d) = %g, want %g", c.failed, c.n, c.total, got, c.want)
		}
	}
}
