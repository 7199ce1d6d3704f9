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
			for _, fix := range c.fixes {
				if !strings.Contains(text, fix) {
					t.Errorf("%q does not have the fix %q", text, fix)
				}
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
