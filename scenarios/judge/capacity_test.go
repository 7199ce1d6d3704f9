package judge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// kept is a run that held so many on each of its coordinators. change may be nil.
func kept(target int, held []int, change func(*Evidence)) Evidence {
	c := scenarios.Capacity{Target: target, For: 600}
	look := scenarios.Look{Kind: scenarios.Whole, Planned: target}
	for i, n := range held {
		c.Held += n
		c.Holders = append(c.Holders, scenarios.Holder{Name: coordName(i), Held: n})
		for range n {
			o := observed(nodeAddr(0), i)
			o.Part = scenarios.Held
			look.Add(o)
		}
	}
	c.Survived = c.Held
	e := Evidence{Measured: scenarios.Measured{Scenario: declared(len(held)), Looks: []scenarios.Look{look}, Capacity: &c}}
	e.Scenario.Kind = scenarios.KindCapacity
	e.Scenario.Capacity = scenarios.CapacityConfig{Hold: target, UntilFull: target == 0}
	if change != nil {
		change(&e)
	}
	return e
}

// stall lets so many sessions wait in vain.
func stall(n int, in scenarios.Phase) func(*Evidence) {
	return fails(n, in, in.String()+".timeout")
}

func fails(n int, in scenarios.Phase, class string) func(*Evidence) {
	return func(e *Evidence) {
		for range n {
			o := observed(nodeAddr(0), -1)
			o.Failed, o.Class, o.Hint = in, vocabtest.Class(class), ""
			e.Looks[0].Add(o)
		}
		e.Capacity.StoppedBy, e.Capacity.Phase = vocabtest.Class(class), in.String()
	}
}

func policy(p scenarios.Policy) func(*Evidence) {
	return func(e *Evidence) { e.Scenario.Expect.Balance.Policy = p }
}

func threadsDeclared(n int) func(*Evidence) {
	return func(e *Evidence) { e.Scenario.Capacity.Threads = n }
}

func entered(e *Evidence) { e.Capacity.Entered = true }

// during are pages of coordinators with so many threads and so many in use.
func during(threads int, inUse ...int) func(*Evidence) {
	return func(e *Evidence) {
		for i, n := range inUse {
			e.Pages = append(e.Pages, scenarios.Page{Coordinator: coordName(i), When: scenarios.PageDuring, Threads: threads, InUse: &n})
		}
	}
}

func both(changes ...func(*Evidence)) func(*Evidence) {
	return func(e *Evidence) {
		for _, change := range changes {
			change(e)
		}
	}
}

func lasted(s scenarios.Seconds) func(*Evidence) {
	return func(e *Evidence) { e.Capacity.For = s }
}

func TestCapacity(t *testing.T) {
	t.Parallel()
	ten := []int{58, 31, 39, 40, 41, 42, 36, 38, 37, 38}
	eights := []int{8, 8, 8}
	logins := func(e *Evidence) {
		e.Load = &scenarios.LoadStats{}
		e.Load.Login.Record(400 * time.Millisecond)
	}
	for name, tc := range map[string]struct {
		e       Evidence
		want    scenarios.Status
		message string
		note    string // part of it
		fix     string // part of it
	}{
		"all that were asked for": {
			kept(400, ten, logins), scenarios.Pass,
			"400 sessions stayed logged in for 10m0s on 10 coordinators, login p99 0.4 s, the fullest at 58 of 64 (as is assumed); not if one coordinator dies: then 366",
			"Of their queries this says nothing: impala-lbcheck query does", "add one coordinator, or set fe_service_threads to 69",
		},
		"all, and enough for the loss of one": {
			kept(300, slicesOf(10, 30), threadsDeclared(64)), scenarios.Pass,
			"300 sessions stayed logged in for 10m0s on 10 coordinators, the fullest at 30 of 64; they still fit if one coordinator dies: then 366 do", "queries", "",
		},
		"all, by luck": {
			kept(500, slicesOf(10, 50), threadsDeclared(64)), scenarios.Pass,
			"500 sessions stayed logged in for 10m0s on 10 coordinators, the fullest at 50 of 64; not if one coordinator dies: then 366",
			"They fit by luck: as chance places sessions 404 do, in 99.9 of 100 cases; --policy says if", "add 4 coordinators, or set fe_service_threads to 83",
		},
		"all, by connections": {
			kept(500, slicesOf(10, 50), both(threadsDeclared(64), policy(scenarios.LeastConn))), scenarios.Pass,
			"500 sessions stayed logged in for 10m0s on 10 coordinators, the fullest at 50 of 64; they still fit if one coordinator dies: then 576 do", "", "",
		},
		"all, on the only coordinator": {
			kept(40, []int{40}, threadsDeclared(64)), scenarios.Pass,
			"40 sessions stayed logged in for 10m0s on 1 coordinator, the fullest at 40 of 64; not if the coordinator dies: there is no other", "", "add one coordinator",
		},
		"all, where one of the coordinators had none": {
			kept(60, []int{30, 30, 0}, policy(scenarios.LeastConn)), scenarios.Pass,
			"60 sessions stayed logged in for 10m0s on 2 of 3 coordinators, the fullest at 30 of 64 (as is assumed); they still fit if one coordinator dies: then 128 do", "", "",
		},
		"more on one than it is said to have threads": {
			kept(18, []int{9, 9}, threadsDeclared(8)), scenarios.Pass,
			"18 sessions stayed logged in for 10m0s on 2 coordinators, the fullest at 9 of 8; not if one coordinator dies: then 8", "more sessions than the 8 threads that are declared", "",
		},
		"until full": {
			kept(0, eights, both(stall(1, scenarios.Open), policy(scenarios.LeastConn), entered, lasted(0))), scenarios.Pass,
			"24 sessions got in on 3 coordinators, the fullest at 8 of 8; the next one got no answer (open.timeout), and whether a coordinator was full or something in front of it cannot be told; with one coordinator lost 16 fit",
			"queries", "--threads",
		},
		"until full, and the threads are known": {
			kept(0, eights, both(stall(1, scenarios.Open), policy(scenarios.LeastConn), threadsDeclared(8), lasted(0))), scenarios.Pass,
			"24 sessions got in on 3 coordinators, the fullest at 8 of 8; the next one got no answer (open.timeout), since a coordinator had no service thread left; with one coordinator lost 16 fit", "", "",
		},
		"until a balancer is full, and the threads are known": {
			kept(0, eights, both(stall(1, scenarios.Open), policy(scenarios.LeastConn), threadsDeclared(64), lasted(0))), scenarios.Pass,
			"24 sessions got in on 3 coordinators, the fullest at 8 of 64; the next one got no answer (open.timeout), though the fullest had room: the balancer has a limit of its own, HAProxy's maxconn for one, or the coordinators have fewer threads than declared; with one coordinator lost 24 fit",
			"", "raise the balancer's limit",
		},
		"until a balancer is full, and the pages say so": {
			kept(0, eights, both(stall(1, scenarios.Open), during(64, 9, 9, 9), lasted(0))), scenarios.Pass,
			"24 sessions got in on 3 coordinators, the fullest at 8 of 64; the next one got no answer (open.timeout), though every coordinator had threads to spare: the balancer has a limit of its own, HAProxy's maxconn for one; with one coordinator lost 24 fit",
			"", "raise the balancer's limit",
		},
		"until a connection is not accepted": {
			kept(0, eights, both(stall(1, scenarios.TCP), lasted(0))), scenarios.Pass,
			"24 sessions got in on 3 coordinators, the fullest at 8 of 64 (as is assumed); the next one got no answer (tcp.timeout), for its connection was not even accepted: something in front of the coordinators lets no more through; with one coordinator lost 24 fit",
			"", "raise the balancer's limit",
		},
		"until full, up to a number": {
			kept(0, eights, both(lasted(60), func(e *Evidence) { e.Capacity.Target, e.Scenario.Capacity.Hold = 24, 24 })), scenarios.Pass,
			"24 sessions stayed logged in for 1m0s on 3 coordinators, the fullest at 8 of 64 (as is assumed); with one coordinator lost 96 fit", "", "",
		},
		"until full, before a number": {
			kept(0, eights, both(stall(1, scenarios.Open), threadsDeclared(8), lasted(0), func(e *Evidence) { e.Capacity.Target, e.Scenario.Capacity.Hold = 40, 40 })), scenarios.Pass,
			"24 sessions got in on 3 coordinators, the fullest at 8 of 8; the next one got no answer (open.timeout), since a coordinator had no service thread left; with one coordinator lost 8 fit", "They fit by luck", "",
		},
		"until full, and nothing says why it ended": {
			kept(0, eights, nil), scenarios.Inconclusive, "24 sessions got in, and nothing says why not more", "", "",
		},
		"until one hangs": {
			kept(0, []int{2, 0, 2}, stall(1, scenarios.Open)), scenarios.Inconclusive,
			"4 sessions got in; the next one got no answer (open.timeout), not even when these had left, and 1 of 3 coordinators held none: that may be one that hangs, and none that is full", "", "smoke",
		},
		"not all, and the threads are known": {
			kept(40, eights, both(stall(16, scenarios.Open), policy(scenarios.LeastConn), threadsDeclared(8))), scenarios.Fail,
			"24 of 40 sessions got in on 3 coordinators, the fullest at 8 of 8; the next one got no answer (open.timeout), since a coordinator had no service thread left; with one coordinator lost 16 fit",
			"", "take 5 coordinators of 8 threads (6 to survive the loss of one), or set fe_service_threads to 14",
		},
		"not all, and nobody knows why": {
			kept(40, eights, both(stall(16, scenarios.Open), policy(scenarios.LeastConn))), scenarios.Fail,
			"24 of 40 sessions got in on 3 coordinators, the fullest at 8 of 8; the next one got no answer (open.timeout), and whether a coordinator was full or something in front of it cannot be told; with one coordinator lost 16 fit",
			"did not get in when the others had left", ". If a coordinator was full: take 5 coordinators of 8 threads",
		},
		"not all, for the balancer": {
			kept(40, eights, both(stall(1, scenarios.Open), during(64, 8, 8, 8))), scenarios.Fail,
			"24 of 40 sessions got in on 3 coordinators, the fullest at 8 of 64; the next one got no answer (open.timeout), though every coordinator had threads to spare: the balancer has a limit of its own, HAProxy's maxconn for one; with one coordinator lost 24 fit",
			"", "raise the balancer's limit, HAProxy's maxconn for one, to 40 at least",
		},
		"not one": {
			kept(40, nil, stall(1, scenarios.Open)), scenarios.Fail, "not one session got in: the first got no answer (open.timeout)", "", "smoke",
		},
		"not one, until full": {
			kept(0, nil, stall(1, scenarios.Open)), scenarios.Fail, "not one session got in: the first got no answer (open.timeout)", "", "smoke",
		},
		"some were cut": {
			kept(24, eights, func(e *Evidence) { e.Capacity.Lost, e.Capacity.Survived = 2, 22 }), scenarios.Fail,
			"2 of 24 held sessions no longer answered when asked after 10m0s: they were cut while idle, or a coordinator went away", "", "impala-lbcheck idle",
		},
		"some were closed": {
			kept(40, eights, both(fails(2, scenarios.Open, "open.eof"), threadsDeclared(64))), scenarios.Fail,
			"24 of 40 sessions got in on 3 coordinators, the fullest at 8 of 64; the next one was closed (open.eof) and not left waiting: by a limit of the balancer, or for a coordinator that is gone", "", "",
		},
		"one was turned away": {
			kept(40, eights, fails(1, scenarios.Open, "open.shutting-down")), scenarios.Fail, "1 session failed while 24 were held: open.shutting-down", "", "",
		},
		"one failed, and the others made the number": {
			kept(24, eights, both(fails(1, scenarios.SASL, "sasl.reset"), func(e *Evidence) { e.Capacity.StoppedBy = scenarios.Class{} })), scenarios.Fail, "1 session failed while 24 were held: sasl.reset", "", "",
		},
		"only a class says what failed": {
			kept(40, eights, func(e *Evidence) { e.Capacity.StoppedBy = vocabtest.Class("sasl.rejected") }), scenarios.Fail, "1 session failed while 24 were held: sasl.rejected", "", "",
		},
		"this machine had no port left": {
			kept(40, eights, fails(1, scenarios.TCP, "tcp.local-ports")), scenarios.Inconclusive, "this machine was full before the service was (tcp.local-ports), with 24 of 40 sessions held", "", "load.local_addresses",
		},
		"cut short": {
			kept(40, eights, func(e *Evidence) { e.Looks[0].Cut = true }), scenarios.Inconclusive, "the run ended early, with 24 of 40 sessions held", "", "",
		},
		"not all were asked": {
			kept(24, eights, func(e *Evidence) { e.Capacity.Survived = 20 }), scenarios.Inconclusive, "24 sessions were held, and only 20 of them answered or were asked at the end", "", "",
		},
		"nothing says why not more": {
			kept(40, eights, nil), scenarios.Inconclusive, "24 of 40 sessions got in, and nothing says why not more", "", "",
		},
		"nobody said who he is": {
			kept(24, nil, func(e *Evidence) {
				e.Capacity.Held, e.Capacity.Survived, e.Capacity.Holders = 24, 24, []scenarios.Holder{{Held: 24}}
			}), scenarios.Pass, "24 sessions stayed logged in for 10m0s", "", "",
		},
		"nothing was measured": {
			Evidence{Measured: scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindCapacity}}}, scenarios.Inconclusive, "no session was measured", "", "",
		},
		"every certificate was refused": {
			Evidence{Measured: scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindCapacity}, Looks: []scenarios.Look{{Cut: true, Refused: 2}}}}, scenarios.Skipped,
			"no session was left: the certificate was refused on 2 connections", "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := find(t, decide(tc.e).Findings, scenarios.CapacityHeld)[0]
			if f.Status != tc.want || f.Message != tc.message {
				t.Errorf("%v: %s\nwant %v: %s", f.Status, f.Message, tc.want, tc.message)
			}
			if !strings.Contains(f.Note, tc.note) || !strings.Contains(f.Fix, tc.fix) {
				t.Errorf("note %q, fix %q; want %q and %q in them", f.Note, f.Fix, tc.note, tc.fix)
			}
		})
	}
}

// slicesOf is k coordinators with n sessions each.
func slicesOf(k, n int) []int {
	out := make([]int, k)
	for i := range out {
		out[i] = n
	}
	return out
}

func TestCapacityNumbers(t *testing.T) {
	t.Parallel()
	f := find(t, decide(kept(40, []int{8, 8, 8}, stall(1, scenarios.Open))).Findings, scenarios.CapacityHeld)[0]
	if got := fmt.Sprint(*f.Observed, *f.Expected, *f.Limit); got != "24 40 40" {
		t.Errorf("observed, expected and limit are %s", got)
	}
	f = find(t, decide(kept(0, []int{8, 8, 8}, stall(1, scenarios.Open))).Findings, scenarios.CapacityHeld)[0]
	if *f.Observed != 24 || *f.Expected != 24 || f.Limit != nil {
		t.Errorf("observed %v, expected %v, limit %v", *f.Observed, *f.Expected, f.Limit)
	}
	if want := "3 coordinators of 8 threads (measured) hold 24 at the most, 16 with one lost; as chance places sessions 9 fit, 8 with one lost"; f.Explain != want {
		t.Errorf("explains %q, want %q", f.Explain, want)
	}
}

func TestCapacityIsCompleted(t *testing.T) {
	t.Parallel()
	eights := []int{8, 8, 8}
	full := stall(1, scenarios.Open)
	for name, tc := range map[string]struct {
		e    Evidence
		want string // threads, how that is known, what was full
	}{
		"assumed":                               {kept(24, eights, nil), "64 assumed"},
		"assumed, and it must be more":          {kept(140, []int{70, 70}, nil), "70 assumed"},
		"declared":                              {kept(24, eights, threadsDeclared(12)), "12 declared"},
		"of the pages the fewest":               {kept(24, eights, both(during(64, 8), during(32, 8))), "32 pages"},
		"declared goes before pages":            {kept(24, eights, both(during(64, 8, 8, 8), threadsDeclared(12))), "12 declared"},
		"measured":                              {kept(0, eights, full), "8 measured"},
		"measured, with sessions of others":     {kept(0, eights, both(full, during(0, 12, 9, 9))), "12 measured"},
		"not measured where one hangs":          {kept(0, []int{2, 0, 2}, full), "64 assumed"},
		"measured where one is unused for good": {kept(0, []int{8, 0, 8}, both(full, entered)), "8 measured"},
		"not measured where it is the balancer": {kept(0, eights, stall(1, scenarios.TCP)), "64 assumed balancer"},
		"a handshake without answer tells none": {kept(0, eights, stall(1, scenarios.TLS)), "8 measured"},
		"full as declared":                      {kept(0, eights, both(full, threadsDeclared(8))), "8 declared coordinators"},
		"hardly less than declared tells none":  {kept(0, slicesOf(3, 60), both(full, threadsDeclared(64))), "64 declared"},
		"clearly less than declared":            {kept(0, eights, both(full, threadsDeclared(64))), "64 declared balancer"},
		"one page is full":                      {kept(0, eights, both(full, during(16, 10, 16, 9))), "16 pages coordinators"},
		"every page has room":                   {kept(0, eights, both(full, during(16, 10, 10, 9))), "16 pages balancer"},
		"a page is missing":                     {kept(0, eights, both(full, during(16, 10, 10))), "16 pages"},
		"where they were is not known": {kept(0, eights, both(full, threadsDeclared(16), func(e *Evidence) { e.Capacity.Holders[2].Name = "" })),
			"16 declared"},
		"by address": {kept(100, []int{100, 0}, policy(scenarios.SourcePolicy)), "100 assumed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := *tc.e.Capacity
			c := decide(tc.e).Capacity
			if got := strings.TrimSpace(fmt.Sprint(c.Threads, " ", c.From, " ", c.Cause)); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if fmt.Sprint(before) != fmt.Sprint(*tc.e.Capacity) {
				t.Error("the evidence was changed")
			}
			tc.e.Capacity = c // a stored run reads the same
			if again := decide(tc.e).Capacity; fmt.Sprint(again) != fmt.Sprint(c) {
				t.Errorf("judged again it is %+v, was %+v", *again, *c)
			}
		})
	}
	if c := decide(Evidence{}).Capacity; c != nil {
		t.Errorf("no capacity became %+v", *c)
	}
}

// What follows for any number of sessions is the arithmetic of ceiling.go.
func TestCapacityHasItsCeilings(t *testing.T) {
	t.Parallel()
	nobodySaid := func(e *Evidence) { e.Scenario.Expect.Coordinators = scenarios.ExpectCoordinators{} }
	weights := func(e *Evidence) { e.Scenario.Expect.Balance.Weights = []float64{2, 1, 1} }
	for name, tc := range map[string]struct {
		e    Evidence
		want Ceiling
	}{
		"by chance":                   {kept(24, []int{8, 8, 8}, nil), Ceilings(scenarios.Random, 3, 64)},
		"evenly":                      {kept(24, []int{8, 8, 8}, policy(scenarios.LeastConn)), Ceiling{192, 128, 192, 128}},
		"by address":                  {kept(24, []int{8, 8, 8}, policy(scenarios.SourcePolicy)), Ceiling{192, 128, 64, 64}},
		"those that are expected":     {kept(24, []int{24, 0, 0}, nil), Ceilings(scenarios.Random, 3, 64)},
		"those that held something":   {kept(24, []int{12, 12, 0}, nobodySaid), Ceilings(scenarios.Random, 2, 64)},
		"nobody":                      {kept(24, nil, nil), Ceiling{}},
		"weighed, evenly":             {kept(24, []int{8, 8, 8}, both(policy(scenarios.LeastConn), weights)), Ceiling{192, 128, 128, 96}},
		"weights that nobody can lay": {kept(24, []int{8, 8}, weights), Ceilings(scenarios.Random, 2, 64)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := decide(tc.e).Capacity
			if got := (Ceiling{c.Nominal, c.NMinus1, c.Safe, c.SafeLost}); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// What is to be added is enough for the loss of one, and one less is not.
func TestCapacityAddsWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, p := range []scenarios.Policy{scenarios.AutoPolicy, scenarios.LeastConn} {
		for _, target := range []int{400, 500, 640, 900} {
			c := decide(kept(target, slicesOf(10, target/10), policy(p))).Capacity
			enough, less := Ceilings(p, 10+c.MoreCoord, c.Threads), Ceilings(p, 10+c.MoreCoord-1, c.Threads)
			if enough.SafeLost < target || c.MoreCoord > 0 && less.SafeLost >= target {
				t.Errorf("%s: %d take %d more, which hold %d with one lost, and one less %d", p, target, c.MoreCoord, enough.SafeLost, less.SafeLost)
			}
			if c.MoreCoord == 0 != (c.MoreThr == 0) {
				t.Errorf("%s: %d take %d more coordinators, or %d threads", p, target, c.MoreCoord, c.MoreThr)
			}
			if c.MoreThr > 0 && (Ceilings(p, 10, c.MoreThr).SafeLost < target || Ceilings(p, 10, c.MoreThr-1).SafeLost >= target) {
				t.Errorf("%s: %d take %d threads each, which hold %+v", p, target, c.MoreThr, Ceilings(p, 10, c.MoreThr))
			}
		}
	}
	if c := decide(kept(60, []int{60}, nil)).Capacity; c.MoreCoord != 1 || c.MoreThr != 0 {
		t.Errorf("one alone takes %d more, or %d threads; want 1 and none", c.MoreCoord, c.MoreThr)
	}
}
