package merge_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// rejudged is r after a change.
func rejudged(r scenarios.Result, change func(*scenarios.Result)) scenarios.Result {
	change(&r)
	r.Exit = 0
	return judge.Rejudge(r)
}

func TestMerge_Refusals(t *testing.T) {
	t.Parallel()
	s := scenarioOf(scenarios.KindStages)
	all := sessions(s.Kind, 1, 200, 1)
	two := split(s, all, 2)
	again := rejudged(two[1], func(r *scenarios.Result) { r.Run, r.Started = "again", r.Started.Add(time.Minute) })
	whole := resultOf(s, "whole", nil, all)
	sum := mustMerge(t, two...)
	for name, c := range map[string]struct {
		in   []scenarios.Result
		want string
	}{
		"nothing":       {nil, "there is no result to merge"},
		"one run twice": {[]scenarios.Result{two[0], two[1], two[0]}, `result 3: it holds the run "shard-00", as result 1 does: give each run once`},
		"a run that is in a sum": {[]scenarios.Result{two[0], sum},
			`it holds the run "shard-00"`},
		"a shard done twice": {[]scenarios.Result{two[0], two[1], again},
			"result 3: it and result 2 are both complete runs of shard 2/2 (seed 7): leave one out"},
		"a sum with a shard that was done again": {[]scenarios.Result{sum, again},
			"result 1: it is merged, and it and result 2 both have shard 2/2 (seed 7): merge the documents that it was made of"},
		"another scenario": {[]scenarios.Result{whole, rejudged(whole, func(r *scenarios.Result) { r.Run, r.Scenario.Load.Rate = "other", 50 })},
			"result 1: its scenario is not that of result 2: load.rate: 50/s and 100/s"},
		"a key that one lacks": {[]scenarios.Result{whole, rejudged(whole, func(r *scenarios.Result) { r.Run, r.Scenario.Auth.User = "w", "svc" })},
			"auth.user: svc and nothing"},
		"runs years apart": {[]scenarios.Result{whole, rejudged(whole, func(r *scenarios.Result) { r.Run, r.Started = "late", r.Started.AddDate(2, 0, 0) })},
			"result 2: it began 730 days after the first run; 365 are the most"},
		"certificates": {[]scenarios.Result{ofKind(scenarios.KindCertificates)}, "result 1: runs of kind certificates are not merged: each run sees every certificate"},
		"idle":         {[]scenarios.Result{ofKind(scenarios.KindIdle)}, "result 1: runs of kind idle are not merged"},
		"repeated capacity": {[]scenarios.Result{repeated(scenarios.KindCapacity, 0), repeated(scenarios.KindCapacity, 1)},
			"repeated runs of kind capacity are not merged, for their sessions were not open at the same time; shards of one run are, and compare tells how runs differ"},
		"repeated watch": {[]scenarios.Result{repeated(scenarios.KindWatch, 0), repeated(scenarios.KindWatch, 1)}, "for each watched an event of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := merge.Merge(c.in, merge.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("fails with %v, want %q", err, c.want)
			}
		})
	}
}

func ofKind(k scenarios.Kind) scenarios.Result {
	s := scenarioOf(k)
	return scenarios.Result{Schema: scenarios.Schema, Run: "a", Started: began, Measured: scenarios.Measured{Scenario: s}}
}

// repeated is the n-th of several runs of a kind, each a day after the one before.
func repeated(k scenarios.Kind, n int) scenarios.Result {
	r := resultOf(scenarioOf(k), fmt.Sprint("day-", n), nil, sessions(k, 1, 400, uint64(n)))
	r.Started = began.AddDate(0, 0, n)
	return r
}

func mustMerge(t *testing.T, results ...scenarios.Result) scenarios.Result {
	t.Helper()
	r, err := merge.Merge(results, merge.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Of several results of one shard the complete one counts, or with PickLast the last.
func TestMerge_PicksOneOfEachShard(t *testing.T) {
	t.Parallel()
	s := scenarioOf(scenarios.KindStages)
	two := split(s, sessions(s.Kind, 1, 200, 1), 2)
	later := func(name string, seconds time.Duration, change func(*scenarios.Result)) scenarios.Result {
		return rejudged(two[1], func(r *scenarios.Result) {
			r.Run, r.Started = name, r.Started.Add(seconds*time.Second)
			change(r)
		})
	}
	evicted := later("evicted", -20, func(r *scenarios.Result) {
		r.Stopped = &scenarios.Stop{By: scenarios.StopInterrupted, Text: "interrupted"}
	})
	again := later("again", 4, func(*scenarios.Result) {})
	for name, c := range map[string]struct {
		in   []scenarios.Result
		o    merge.Options
		runs string
	}{
		"an evicted one was done again":  {[]scenarios.Result{two[0], evicted, two[1]}, merge.Options{}, "shard-00 shard-01"},
		"the last of two complete ones":  {[]scenarios.Result{two[0], again, two[1]}, merge.Options{PickLast: true}, "shard-00 again"},
		"the last complete one":          {[]scenarios.Result{two[0], again, evicted, two[1]}, merge.Options{PickLast: true}, "shard-00 again"},
		"an evicted one is all there is": {[]scenarios.Result{two[0], evicted}, merge.Options{}, "shard-00 evicted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := merge.Merge(c.in, c.o)
			if err != nil {
				t.Fatal(err)
			}
			var runs []string
			for _, s := range r.Sources {
				runs = append(runs, s.Run)
			}
			if got := strings.Join(runs, " "); got != c.runs {
				t.Errorf("the sum is of %s, want %s", got, c.runs)
			}
			if left := len(c.in) - 2; len(r.Remarks) != left {
				t.Errorf("remarks: %q", r.Remarks)
			}
			if whole := !strings.Contains(c.runs, "evicted"); r.Complete != whole || !whole && (r.Verdict != scenarios.StatusInconclusive || r.Exit != scenarios.ExitInconclusive) {
				t.Errorf("complete: %t, verdict %s, exit %d", r.Complete, r.Verdict, r.Exit)
			}
		})
	}
}

// Where a shard is missing nothing passes, also when the sum is judged again; a failure
// stays one.
func TestMerge_MissingShards(t *testing.T) {
	t.Parallel()
	s := scenarioOf(scenarios.KindStages)
	shards := split(s, healthy(sessions(s.Kind, 1, 800, 1)), 4)
	if r := mustMerge(t, shards...); r.Verdict != scenarios.StatusPass {
		t.Fatalf("all shards: %s %s", r.Verdict, failing(r))
	}
	r := judge.Rejudge(mustMerge(t, shards[0], shards[2]))
	const want = "there is no result of shards 2 and 4 of 4 (seed 7)"
	if r.Verdict != scenarios.StatusInconclusive || r.Exit != scenarios.ExitInconclusive || r.Stopped == nil || r.Stopped.By != scenarios.StopPartial || r.Stopped.Text != want {
		t.Errorf("two of four: %s, exit %d, %+v", r.Verdict, r.Exit, r.Stopped)
	}
	failing := rejudged(shards[0], func(r *scenarios.Result) { r.Scenario.Expect.Version = "9.9" })
	if r := mustMerge(t, failing); r.Verdict != scenarios.StatusFail || r.Exit != scenarios.ExitFail {
		t.Errorf("a failure of one of four: %s, exit %d", r.Verdict, r.Exit)
	}
}

// healthy has no session that failed.
func healthy(all []session) []session {
	return slices.DeleteFunc(all, func(s session) bool { return s.Outcome != scenarios.OutcomeOK })
}

// failing lists what did not pass.
func failing(r scenarios.Result) string {
	var out []string
	for _, f := range r.Findings {
		if f.Status != scenarios.StatusPass && f.Status != scenarios.StatusSkipped {
			out = append(out, f.ID+": "+f.Message)
		}
	}
	return strings.Join(out, "; ")
}

// A run among others that stopped early keeps the sum from passing, and the others
// count; where all stopped for one reason, so did the sum.
func TestMerge_StoppedRuns(t *testing.T) {
	t.Parallel()
	s := scenarioOf(scenarios.KindStages)
	shards := split(s, healthy(sessions(s.Kind, 1, 800, 1)), 2)
	unreached := func(i int) scenarios.Result {
		r := ofKind(scenarios.KindStages)
		r.Run, r.Shard, r.Seed = fmt.Sprint("none-", i), &scenarios.Shard{Index: i, Count: 2}, 7
		r.Stopped = &scenarios.Stop{By: scenarios.StopScout, Class: vocabtest.Class("tcp.refused"), Text: "connection refused"}
		return judge.Rejudge(r)
	}
	r := mustMerge(t, shards[0], unreached(2))
	if r.Stopped == nil || r.Stopped.By != scenarios.StopPartial || r.Stopped.Text != "shard 2/2 ended early: connection refused" || r.Exit != scenarios.ExitInconclusive || r.Sessions.OK != shards[0].Sessions.OK {
		t.Errorf("one of two: %+v, exit %d, %+v", r.Stopped, r.Exit, r.Sessions)
	}
	if r := mustMerge(t, unreached(1), unreached(2)); r.Stopped == nil || r.Stopped.By != scenarios.StopScout || r.Exit != scenarios.ExitUnmeasured {
		t.Errorf("nobody got in: %+v, exit %d", r.Stopped, r.Exit)
	}
}

// Repeated runs are one after the other in each batch, and every order stays its own.
func TestMerge_RepeatedRuns(t *testing.T) {
	t.Parallel()
	day := func(n, looks int) scenarios.Result {
		r := resultOf(scenarioOf(scenarios.KindLooks), fmt.Sprint("day-", n), nil, sessions(scenarios.KindLooks, looks, 80, uint64(n)))
		r.Started = began.AddDate(0, 0, n)
		return r
	}
	a, b, c := day(0, 1), day(1, 3), day(2, 1)
	r := mustMerge(t, c, a, b)
	var got []string
	for _, l := range r.Looks {
		got = append(got, fmt.Sprintf("%s:%d:%t:%d", l.Kind, l.Planned, l.Joins, len(l.Sequence.Steps)))
	}
	want := "first:60:false:60 first:60:true:60 first:60:true:60 confirm:60:false:60 confirm:60:false:60"
	if strings.Join(got, " ") != want {
		t.Errorf("looks:\n%s\nwant\n%s", strings.Join(got, " "), want)
	}
	if r.Sessions.Attempted != 400 || r.Seconds != 2*24*3600+42 || !r.Started.Equal(began) || r.Sources[1].Run != "day-1" || r.Series.Width < 256 {
		t.Errorf("%+v, %g s from %s, %+v", r.Sessions, r.Seconds, r.Started, r.Series.Width)
	}
	if steps := mustMerge(t, mustMerge(t, a, b), c); len(steps.Looks) != len(r.Looks) || steps.Run != r.Run {
		t.Errorf("in steps: %d looks, %s", len(steps.Looks), steps.Run)
	}
	reread(t, r)
}

// A coordinator that died for good between two runs fails the sum: the looks of the
// second come after those of the first.
func TestMerge_ACoordinatorThatDiedBetweenRunsFails(t *testing.T) {
	t.Parallel()
	s := scenarioOf(scenarios.KindLooks)
	good := resultOf(s, "before", nil, healthy(sessions(s.Kind, 1, 60, 1)))
	dead := resultOf(s, "after", nil, slices.DeleteFunc(healthy(sessions(s.Kind, 2, 60, 2)), func(o session) bool { return o.Who.Coordinator == "c3:25000" }))
	dead.Started = began.Add(time.Hour)
	r := mustMerge(t, good, dead)
	if i := slices.IndexFunc(r.Findings, func(f scenarios.Finding) bool { return f.ID == scenarios.BalanceCoverage }); i < 0 || r.Findings[i].Status != scenarios.StatusFail {
		t.Errorf("%s: %s", r.Verdict, failing(r))
	}
}

// Shards of looks are judged as one look: each has too few sessions to show anything.
func TestMerge_ShardsHaveThePowerOfOneRun(t *testing.T) {
	t.Parallel()
	s := scenarioOf(scenarios.KindLooks)
	all := slices.DeleteFunc(healthy(sessions(s.Kind, 3, 100, 2)), func(o session) bool { return o.Who.Coordinator == "c3:25000" })
	shards := split(s, all, 16)
	for _, shard := range shards {
		if shard.Verdict == scenarios.StatusFail {
			t.Errorf("a shard of %d sessions fails: %s", shard.Sessions.Attempted, failing(shard))
		}
	}
	r := mustMerge(t, shards...)
	if i := slices.IndexFunc(r.Findings, func(f scenarios.Finding) bool { return f.ID == scenarios.BalanceCoverage }); r.Findings[i].Status != scenarios.StatusFail || !strings.Contains(r.Findings[i].Message, "1 of 5") {
		t.Errorf("%s: %s", r.Verdict, failing(r))
	}
	if healthy := mustMerge(t, split(s, healthy(sessions(s.Kind, 3, 100, 4)), 16)...); healthy.Verdict != scenarios.StatusPass {
		t.Errorf("healthy: %s", failing(healthy))
	}
}

// Under policy source each machine is a client of its own, whatever address it has.
func TestMerge_SourceIsJudgedByMachine(t *testing.T) {
	t.Parallel()
	s := scenarioOf(scenarios.KindLooks)
	s.Expect.Balance.Policy = scenarios.PolicySource
	all := healthy(sessions(s.Kind, 1, 400, 1))
	parts := make([][]session, 4)
	for i, o := range all {
		o.Local = netip.MustParseAddrPort("172.17.0.2:1")
		o.Who.Coordinator = fmt.Sprintf("c%d:25000", i%4)
		parts[i%4] = append(parts[i%4], o)
	}
	var shards []scenarios.Result
	for i, part := range parts {
		shards = append(shards, resultOf(s, fmt.Sprint("pod-", i), &scenarios.Shard{Index: i + 1, Count: 4}, part))
	}
	order := func(r scenarios.Result) scenarios.Finding {
		return r.Findings[slices.IndexFunc(r.Findings, func(f scenarios.Finding) bool { return f.ID == scenarios.BalanceOrder })]
	}
	if f := order(mustMerge(t, shards...)); f.Status != scenarios.StatusPass {
		t.Errorf("four pods, a coordinator each: %s: %s", f.Status, f.Message)
	}
	shards[0] = resultOf(s, "pod-0", &scenarios.Shard{Index: 1, Count: 4}, slices.Concat(parts[0], parts[1]))
	if f := order(mustMerge(t, shards...)); f.Status == scenarios.StatusPass {
		t.Errorf("a pod with two coordinators: %s: %s", f.Status, f.Message)
	}
	stages := scenarioOf(scenarios.KindStages)
	stages.Expect.Balance.Policy = scenarios.PolicySource
	if f := order(mustMerge(t, split(stages, healthy(sessions(stages.Kind, 1, 400, 1)), 4)...)); f.Status != scenarios.StatusSkipped || !strings.Contains(f.Message, "several machines") {
		t.Errorf("stages: %s: %s", f.Status, f.Message)
	}
}

// A result from before times were kept with logins is summed without them.
func TestMerge_LoginsOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	a, b := repeated(scenarios.KindStages, 0), repeated(scenarios.KindStages, 1)
	logins := *b.Logins
	logins.Times = nil
	b.Logins = &logins
	r := mustMerge(t, a, b)
	if r.Logins != nil || r.Nodes[0].Login != nil || !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "how long logins took is left out") }) {
		t.Errorf("%+v, %q", r.Logins, r.Notes)
	}
}

func TestMerge_Pages(t *testing.T) {
	t.Parallel()
	s := scenarioOf(scenarios.KindStages)
	shards := split(s, healthy(sessions(s.Kind, 1, 400, 1)), 2)
	page := func(when scenarios.PageTime, at scenarios.Seconds, total int) scenarios.Page {
		return scenarios.Page{Coordinator: "c1:25000", When: when, At: at, Total: &total}
	}
	shards[0].Pages = []scenarios.Page{page(scenarios.PageBefore, 0, 100), page(scenarios.PageAfter, 40, 150)}
	shards[1].Pages = []scenarios.Page{page(scenarios.PageBefore, 0, 120), page(scenarios.PageAfter, 40, 200)}
	shards[1].Started = began.Add(2 * time.Second)
	r := mustMerge(t, shards...)
	if len(r.Pages) != 2 || *r.Pages[0].Total != 100 || *r.Pages[1].Total != 200 || r.Pages[1].At != 42 {
		t.Errorf("pages: %+v", r.Pages)
	}
}
