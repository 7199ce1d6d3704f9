package run

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// executing is a fake service that runs statements: session i lands on the
// coordinator that lands names.
type executing struct {
	lands  func(i int) string
	takes  map[string]time.Duration
	errs   map[string]error
	silent bool // who answered is not known before a statement has run

	mu       sync.Mutex
	sessions int
	open     int
	maxOpen  int
	ran      map[string]int
}

func (e *executing) dial(_ context.Context, _ Node, o *scenarios.Observation) (Session, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	name := e.lands(e.sessions)
	e.sessions++
	o.Phases[scenarios.PhaseOpen] = time.Millisecond
	if name == "" {
		return nil, fault{"open.eof", ""}
	}
	if !e.silent {
		o.Who = scenarios.Identity{Coordinator: name, Source: scenarios.SourcePing}
	}
	e.open++
	e.maxOpen = max(e.maxOpen, e.open)
	return &statement{e, name, o}, nil
}

type statement struct {
	e    *executing
	name string
	o    *scenarios.Observation
}

func (s *statement) Query(ctx context.Context) error {
	s.e.mu.Lock()
	if s.e.ran == nil {
		s.e.ran = map[string]int{}
	}
	s.e.ran[s.name]++
	s.e.mu.Unlock()
	s.o.Who = scenarios.Identity{Coordinator: s.name, Source: scenarios.SourceCoordinator}
	if err := pause(ctx, s.e.takes[s.name]); err != nil {
		return err
	}
	s.o.Phases[scenarios.PhaseExecute] = s.e.takes[s.name]
	s.o.Phases[scenarios.PhaseFetch] = time.Millisecond
	return s.e.errs[s.name]
}

func (s *statement) Close(context.Context) error {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	s.e.open--
	return nil
}

func (s *statement) Ping(context.Context) error     { return nil }
func (s *statement) Identify(context.Context) error { return nil }

func (s *statement) Wait(context.Context, time.Duration) error { return nil }

// inTurn lands sessions on so many coordinators one after the other.
func inTurn(k int) func(int) string {
	return func(i int) string { return fmt.Sprintf("coord-%d:25000", i%k+1) }
}

func querying() scenarios.Scenario {
	s := scenario(40)
	s.Kind, s.Query = scenarios.KindQuery, "SELECT count(*) FROM db.t"
	s.Load.Sessions = 0 // of looks alone
	s.Load.Concurrency = 4
	s.Load.Timeout = scenarios.Duration(time.Minute)
	return s
}

// queryCeiling is the number of sessions that a query may cost in these tests, the
// scout's included.
const queryCeiling = 121

func queried(ctx context.Context, t *testing.T, e *executing, s scenarios.Scenario) scenarios.Result {
	t.Helper()
	r := Run(ctx, e.dial, s, Options{judge: content, plan: func(s scenarios.Scenario, nodes int) budget.Budget {
		b := plain(s, nodes)
		b.Ceiling = queryCeiling
		return b
	}})
	checkSums(t, r)
	if e.open != 0 {
		t.Errorf("%d sessions are still open", e.open)
	}
	runs := 0
	for _, q := range r.Queries {
		runs += q.Runs
		if q.Runs != q.Failed+len(q.Times) {
			t.Errorf("runs do not add up: %+v", q)
		}
	}
	ran := 0
	for _, n := range e.ran {
		ran += n
	}
	if r.Complete && runs != ran {
		t.Errorf("%d runs counted, %d made", runs, ran)
	}
	return r
}

func TestQueries_RunTwiceOnEveryCoordinator(t *testing.T) {
	for name, c := range map[string]struct {
		expect   scenarios.ExpectCoordinators
		sessions int // those of the two scouts included
	}{
		"by number":                     {expect: scenarios.ExpectCoordinators{Count: 3}, sessions: 8},
		"by name":                       {expect: scenarios.ExpectCoordinators{Names: []string{"coord-1", "coord-2", "coord-3"}}, sessions: 8},
		"undeclared, as many as a look": {expect: scenarios.ExpectCoordinators{}, sessions: 42},
		"one that is never met":         {expect: scenarios.ExpectCoordinators{Names: []string{"coord-1", "coord-2", "coord-9"}}, sessions: queryCeiling + 1},
		"more than there are":           {expect: scenarios.ExpectCoordinators{Count: 4}, sessions: queryCeiling + 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := querying()
				s.Expect.Coordinators = c.expect
				e := &executing{lands: inTurn(3), takes: map[string]time.Duration{
					"coord-1:25000": time.Second, "coord-2:25000": 2 * time.Second, "coord-3:25000": 3 * time.Second}}
				r := queried(t.Context(), t, e, s)
				if e.sessions != c.sessions || len(r.Queries) != 3 || !r.Complete || e.maxOpen > 4 {
					t.Errorf("%d sessions, %d at once, queries = %+v, stopped = %+v", e.sessions, e.maxOpen, r.Queries, r.Stopped)
				}
				for i, q := range r.Queries {
					took := scenarios.SecondsOf(time.Duration(i+1)*time.Second + time.Millisecond)
					if q.Coordinator != fmt.Sprintf("coord-%d:25000", i+1) || q.Runs != 2 || !slices.Equal(q.Times, []scenarios.Seconds{took, took}) {
						t.Errorf("queries = %+v", q)
					}
				}
				if r.Looks[0].Kind != scenarios.LookWhole || r.Looks[0].Cut || r.Sessions.OK != c.sessions-2 {
					t.Errorf("look = %+v, sessions = %+v", r.Looks[0], r.Sessions)
				}
			})
		})
	}
}

func TestQueries_FailedStatementStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := querying()
		s.Expect.Coordinators.Count = 3
		e := &executing{lands: func(i int) string {
			if i%5 == 4 {
				return "" // and neither does a login
			}
			return inTurn(3)(i)
		}, errs: map[string]error{"coord-2:25000": fault{"execute.admission", ""}}}
		r := queried(t.Context(), t, e, s)
		want := scenarios.QueryTally{Coordinator: "coord-2:25000", Runs: 2, Failed: 2, Class: vocabtest.Class("execute.admission"), Example: "the server said execute.admission"}
		if len(r.Queries) != 3 || fmt.Sprint(r.Queries[1]) != fmt.Sprint(want) || !r.Complete {
			t.Errorf("queries = %+v, stopped = %+v", r.Queries, r.Stopped)
		}
		if r.Queries[0].Failed+r.Queries[2].Failed != 0 || r.Queries[0].Runs != 2 || r.Queries[2].Runs != 2 {
			t.Errorf("queries = %+v", r.Queries)
		}
	})
}

func TestQueries_TimeoutIsNotRepeatedOnTheCoordinator(t *testing.T) {
	late := fault{"execute.timeout", ""}
	for name, errs := range map[string]map[string]error{
		"one of three": {"coord-2:25000": late},
		"all of them":  {"coord-1:25000": late, "coord-2:25000": late, "coord-3:25000": late},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := querying()
				s.Expect.Coordinators.Count, s.Load.Concurrency = 3, 1
				e := &executing{lands: inTurn(3), errs: errs, takes: map[string]time.Duration{}}
				for name := range errs {
					e.takes[name] = time.Minute
				}
				r := queried(t.Context(), t, e, s)
				for name := range errs {
					if e.ran[name] != 1 {
						t.Errorf("%s ran it %d times", name, e.ran[name])
					}
				}
				if len(r.Queries) != 3 || !r.Complete {
					t.Errorf("queries = %+v, stopped = %+v", r.Queries, r.Stopped)
				}
			})
		})
	}
}

func TestQueries_ManyUnidentifiedTimeoutsEndTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := querying()
		s.Load.Concurrency = 1
		e := &executing{lands: func(int) string { return "one" }, silent: true,
			errs: map[string]error{"one": fault{"execute.timeout", ""}}}
		r := queried(t.Context(), t, e, s)
		if len(r.Queries) != 1 || r.Queries[0].Runs != 2 || r.Queries[0].Coordinator != "one" {
			t.Errorf("queries = %+v", r.Queries)
		}
	})
}

func TestQueries_TwoStalledLoginsStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{answer: func(_ Node, i int) fate {
			if i == 0 {
				return fate{}
			}
			return fate{openErr: fault{"open.timeout", ""}}
		}}
		s := querying()
		s.Target.Endpoints, s.Load.Concurrency = s.Target.Endpoints[:1], 1
		r, _ := watched(t.Context(), t, b, s, Options{})
		if r.Stopped == nil || r.Stopped.By != scenarios.StopStalled || r.Sessions.Failed != 2 || !r.Looks[0].Cut {
			t.Errorf("stopped = %+v, sessions = %+v", r.Stopped, r.Sessions)
		}
	})
}

func TestQueries_IdentityKnownAfterTheStatement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := querying()
		s.Expect.Coordinators.Count = 3
		e := &executing{lands: inTurn(3), silent: true, takes: map[string]time.Duration{"coord-1:25000": time.Second}}
		r := queried(t.Context(), t, e, s)
		if len(r.Queries) != 3 || r.Queries[0].Coordinator != "coord-1:25000" || r.Queries[0].Runs < 2 || e.sessions > 20 { // they go on until the slow one has ended its second
			t.Errorf("%d sessions, queries = %+v", e.sessions, r.Queries)
		}
	})
}

func TestQueries_InterruptedStatementIsNotCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		s := querying()
		s.Expect.Coordinators.Count = 3
		e := &executing{lands: inTurn(3), takes: map[string]time.Duration{"coord-2:25000": time.Hour}}
		r := queried(ctx, t, e, s)
		if len(r.Queries) != 2 || r.Sessions.Unknown != 2 || !r.Looks[0].Cut || r.Seconds > 10.1 {
			t.Errorf("queries = %+v, sessions = %+v, %gs", r.Queries, r.Sessions, r.Seconds)
		}
	})
}

func TestQueries_ScoutDoesNotRunTheStatement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := querying()
		s.Expect.Coordinators.Count = 1
		e := &executing{lands: inTurn(1), errs: map[string]error{"coord-1:25000": fault{"execute.error", ""}}}
		r := queried(t.Context(), t, e, s)
		if r.Stopped != nil || r.Sessions.Scout != 2 || e.ran["coord-1:25000"] != 2 {
			t.Errorf("stopped = %+v, it ran %d times", r.Stopped, e.ran["coord-1:25000"])
		}
	})
}
