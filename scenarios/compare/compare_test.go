package compare

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// generated is a run of n sessions of which logins take a median, and of which some
// failed to open.
func generated(n int, median time.Duration, failed int, seed uint64) scenarios.Result {
	r := rand.New(rand.NewPCG(seed, 7))
	s := scenarios.Default()
	s.Name, s.Kind = "generated", scenarios.KindStages
	out := scenarios.Result{Schema: scenarios.Schema, Run: fmt.Sprint("run-", seed), Complete: true, Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	m := &out.Measured
	m.Scenario, m.Load = s, &scenarios.LoadStats{}
	look := scenarios.Look{Kind: scenarios.LookWhole, Planned: n}
	for i := range n {
		o := scenarios.Observation{Seq: i, Part: scenarios.PartArrival, Node: netip.MustParseAddrPort("127.0.0.2:21050"), Outcome: scenarios.OutcomeOK}
		o.Who.Coordinator = fmt.Sprintf("c%d:25000", r.IntN(3))
		o.Phases[scenarios.PhaseOpen] = time.Duration(float64(median) * math.Exp(r.NormFloat64()/4))
		if i < failed {
			o.Outcome, o.Failed, o.Class = scenarios.OutcomeFailed, scenarios.PhaseOpen, vocabtest.Class("open.timeout")
		} else {
			m.Phases.Record(o.Phases)
		}
		look.Add(o)
		m.Load.Add(o)
	}
	m.Looks = []scenarios.Look{look}
	m.Sessions.Count(m.Pooled())
	return out
}

func limits(t *testing.T, texts ...string) []Limit {
	t.Helper()
	var out []Limit
	for _, text := range texts {
		l, err := ParseLimit(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

// incomplete is a run that did not complete, of which the result does not say why.
func incomplete(r scenarios.Result) scenarios.Result {
	r.Complete = false
	return r
}

// unscheduled is a run without a schedule, and without the times of logins.
func unscheduled(r scenarios.Result) scenarios.Result {
	r.Load = nil
	return r
}

// Beside an earlier run that did not complete nothing passes, also where it is stored with
// the run that it was compared with; what is worse fails.
func TestCompare_EarlierRunDidNotComplete(t *testing.T) {
	t.Parallel()
	before := incomplete(generated(2000, 40*time.Millisecond, 0, 1))
	for median, want := range map[time.Duration]scenarios.Status{40 * time.Millisecond: scenarios.StatusInconclusive, 80 * time.Millisecond: scenarios.StatusFail} {
		after := generated(2000, median, 0, 2)
		got, err := Compare(before, after, limits(t, "session.open: med +20%"))
		if err != nil {
			t.Fatal(err)
		}
		if f := got.Findings[0]; f.Status != want || (want == scenarios.StatusInconclusive) != strings.Contains(f.Note, "The earlier run did not complete") {
			t.Errorf("%s: %s: %s; %s", median, f.Status, f.Message, f.Note)
		}
		if after.Baseline, err = Baseline(before, after.Scenario, limits(t, "session.open: med +20%")); err != nil {
			t.Fatal(err)
		}
		if f := Judge(after.Measured)[0]; f.Status != want {
			t.Errorf("%s, stored: %s", median, f.Status)
		}
	}
}

// A run that was stopped is judged as one that did not complete.
func TestJudge_OfAStoppedRun(t *testing.T) {
	t.Parallel()
	after := generated(2000, 40*time.Millisecond, 0, 2)
	var err error
	if after.Baseline, err = Baseline(generated(2000, 40*time.Millisecond, 0, 1), after.Scenario, limits(t, "session.open: med +20%")); err != nil {
		t.Fatal(err)
	}
	after.Stopped = &scenarios.Stop{By: scenarios.StopInterrupted, Text: "interrupted"}
	if f := Judge(after.Measured)[0]; f.Status != scenarios.StatusInconclusive {
		t.Errorf("%s: %s", f.Status, f.Message)
	}
}

func TestCompare_Verdicts(t *testing.T) {
	t.Parallel()
	before := generated(2000, 40*time.Millisecond, 0, 1)
	for name, c := range map[string]struct {
		after scenarios.Result
		limit string
		want  scenarios.Status
		says  string
	}{
		"the same again":                     {generated(2000, 40*time.Millisecond, 0, 2), "session.login: p(95) +20%", scenarios.StatusPass, "p(95) of session.login is "},
		"twice as slow":                      {generated(2000, 80*time.Millisecond, 0, 3), "session.login: p(95) +20%", scenarios.StatusFail, "the limit is "},
		"slower, and within the limit":       {generated(2000, 44*time.Millisecond, 0, 4), "session.login: p(95) +20%", scenarios.StatusPass, ""},
		"slower by a few of a few":           {generated(110, 42*time.Millisecond, 0, 5), "session.login: p(95) +1%", scenarios.StatusInconclusive, "Chance alone may explain the difference"},
		"too few for such a percentile":      {generated(60, 40*time.Millisecond, 0, 6), "session.login: p(95) +20%", scenarios.StatusInconclusive, "That takes 104 sessions or more in both runs"},
		"few, and enough for the median":     {generated(60, 80*time.Millisecond, 0, 6), "session.login: med +20%", scenarios.StatusFail, ""},
		"by time":                            {generated(2000, 80*time.Millisecond, 0, 3), "session.open: med +10ms", scenarios.StatusFail, "the limit is 50"},
		"one in ten failed, so none is slow": {generated(2000, 40*time.Millisecond, 200, 7), "session.login: p(95) +20%", scenarios.StatusFail, "is unbounded, and was"},
		"one in ten failed":                  {generated(2000, 40*time.Millisecond, 200, 7), "session: error_rate +1%", scenarios.StatusFail, "the share of failed sessions is 10 %, and was 0 %; the limit is 1 %"},
		"a few failed, and that is allowed":  {generated(2000, 40*time.Millisecond, 10, 7), "session: error_rate +1%", scenarios.StatusPass, "is 0.5 %"},
		"one of a few failed":                {generated(40, 40*time.Millisecond, 1, 7), "session: error_rate +1%", scenarios.StatusInconclusive, ""},
		"no sessions":                        {generated(0, 0, 0, 8), "session.login: p(95) +20%", scenarios.StatusInconclusive, "this run lacks p(95) of session.login, which the earlier run has"},
		"every session failed to open":       {generated(200, 40*time.Millisecond, 200, 7), "session.open: med +20%", scenarios.StatusFail, "p(50) of session.open is unbounded, and was "},
		"every login failed":                 {unscheduled(generated(200, 40*time.Millisecond, 200, 7)), "session.login: med +20%", scenarios.StatusFail, "p(50) of session.login is unbounded"},
		"logins of an earlier version":       {unscheduled(generated(200, 40*time.Millisecond, 20, 7)), "session.login: med +20%", scenarios.StatusInconclusive, "this run lacks p(50) of session.login"},
		"too few for such a share":           {generated(500, 40*time.Millisecond, 0, 2), "session: error_rate +1%", scenarios.StatusInconclusive, "That takes 528 sessions or more in both runs; there are 500, and were 2000"},
		"enough for such a share":            {generated(528, 40*time.Millisecond, 0, 2), "session: error_rate +1%", scenarios.StatusPass, ""},
		"few, and a large share is allowed":  {generated(104, 40*time.Millisecond, 0, 2), "session: error_rate +5%", scenarios.StatusPass, ""},
		"no more than before may fail":       {generated(2000, 40*time.Millisecond, 0, 2), "session: error_rate +0%", scenarios.StatusPass, ""},
		"a few that nearly all failed":       {generated(20, 40*time.Millisecond, 19, 2), "session: error_rate +1%", scenarios.StatusFail, ""},
		"a run that did not complete":        {incomplete(generated(2000, 40*time.Millisecond, 0, 2)), "session.login: p(95) +20%", scenarios.StatusInconclusive, "This run did not complete"},
		"one that did not, and is slow":      {incomplete(generated(2000, 80*time.Millisecond, 0, 3)), "session.login: p(95) +20%", scenarios.StatusFail, ""},
		"a time that neither run has":        {generated(2000, 40*time.Millisecond, 0, 2), "session.sasl: med +20%", scenarios.StatusInconclusive, "the earlier run lacks p(50) of session.sasl"},
		"capacity of runs that have none":    {generated(2000, 40*time.Millisecond, 0, 2), "capacity: held -10%", scenarios.StatusInconclusive, "the earlier run lacks the number of sessions held"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Compare(before, c.after, limits(t, c.limit))
			if err != nil {
				t.Fatal(err)
			}
			f := got.Findings[0]
			if f.Status != c.want || got.Verdict != c.want || f.ID != "baseline."+c.limit || !strings.Contains(f.Message+"; "+f.Note, c.says) {
				t.Errorf("%s: %s; %s (%s), want %s %q", f.Status, f.Message, f.Note, f.Explain, c.want, c.says)
			}
			exit := map[scenarios.Status]int{scenarios.StatusPass: 0, scenarios.StatusFail: 1, scenarios.StatusInconclusive: 3}[c.want]
			if got.Exit != exit || !strings.HasPrefix(got.Summary, strings.ToUpper(c.want.String())+": ") {
				t.Errorf("exit %d, %q", got.Exit, got.Summary)
			}
			if _, err := json.Marshal(got); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCompare_Capacity(t *testing.T) {
	t.Parallel()
	held := func(target, held int, stopped string) scenarios.Result {
		r := generated(held, 40*time.Millisecond, 0, uint64(held))
		r.Scenario.Kind = scenarios.KindCapacity
		r.Capacity = &scenarios.Capacity{Target: target, Held: held, StoppedBy: vocabtest.Class(stopped)}
		return r
	}
	for name, c := range map[string]struct {
		after scenarios.Result
		want  scenarios.Status
	}{
		"fewer":                       {held(0, 150, "open.timeout"), scenarios.StatusFail},
		"as many":                     {held(0, 190, "open.timeout"), scenarios.StatusPass},
		"as many as were asked for":   {held(100, 100, ""), scenarios.StatusInconclusive},
		"as many as this machine has": {held(0, 100, "tcp.local-ports"), scenarios.StatusInconclusive},
	} {
		got, err := Compare(held(0, 192, "open.timeout"), c.after, limits(t, "capacity: held -10%"))
		if err != nil {
			t.Fatal(err)
		}
		if got.Verdict != c.want {
			t.Errorf("%s: %+v", name, got.Findings)
		}
	}
}

// Two healthy runs alike fail no limit of nothing but by chance, which is less than one
// in a thousand; one in a hundred would show here.
func TestCompare_HealthyRunsSeldomFail(t *testing.T) {
	t.Parallel()
	fails := 0
	const pairs = 400
	for i := range uint64(pairs) {
		got, err := Compare(generated(300, 40*time.Millisecond, 0, 2*i), generated(300, 40*time.Millisecond, 0, 2*i+1), limits(t, "session.login: p(95) +0%"))
		if err != nil {
			t.Fatal(err)
		}
		if got.Verdict == scenarios.StatusFail {
			fails++
		}
	}
	if fails > 3 {
		t.Errorf("%d of %d healthy pairs fail", fails, pairs)
	}
}

func TestCompare_TellsWhatElseDiffers(t *testing.T) {
	t.Parallel()
	before, after := generated(200, 40*time.Millisecond, 0, 1), generated(200, 40*time.Millisecond, 0, 2)
	after.Scenario.Load.Rate, after.Scenario.Seed, after.Complete = 50, 9, false
	after.Looks[0] = scenarios.Look{Kind: scenarios.LookWhole, Tally: scenarios.Tally{{Node: netip.MustParseAddrPort("127.0.0.2:21050"), Coordinator: "c0:25000", OK: 200}}}
	got, err := Compare(before, after, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(got.Differs, "|"); !strings.Contains(text, "load.rate: ") || strings.Contains(text, "seed") || !strings.Contains(text, "coordinators seen: 3 and 1") || !strings.Contains(text, "the later run did not complete") {
		t.Errorf("differs: %s", text)
	}
	if got.Verdict != scenarios.StatusSkipped || got.Exit != 0 || !strings.Contains(got.Summary, "no limit was set") {
		t.Errorf("%s, exit %d: %s", got.Verdict, got.Exit, got.Summary)
	}
	for _, r := range got.Rows {
		if share := strings.HasPrefix(r.Name, "share of "); share != r.Differs {
			t.Errorf("%+v", r)
		}
	}
}

func TestCompare_Refuses(t *testing.T) {
	t.Parallel()
	of := func(k scenarios.Kind) scenarios.Result {
		r := generated(1, 1, 0, 1)
		r.Scenario.Kind = k
		return r
	}
	for want, pair := range map[string][2]scenarios.Kind{
		"a run of kind looks and one of kind capacity have no figures in common": {"", scenarios.KindCapacity},
		"a run of kind certificates has no figures to compare":                   {scenarios.KindCertificates, scenarios.KindCertificates},
		"a run of kind idle has no figures to compare":                           {scenarios.KindIdle, scenarios.KindIdle},
	} {
		if _, err := Compare(of(pair[0]), of(pair[1]), nil); err == nil || err.Error() != want {
			t.Errorf("fails with %v, want %q", err, want)
		}
	}
}

// A baseline that was stored with a run is read again as it was.
func TestJudge_OfAStoredBaseline(t *testing.T) {
	t.Parallel()
	before, after := generated(2000, 40*time.Millisecond, 150, 1), generated(2000, 80*time.Millisecond, 0, 2)
	base, err := Baseline(before, after.Scenario, limits(t, "session.login: p(50) +20%", "session.login: p(95) +20%", "session.login: p(99) +20%", "session: error_rate +1%", "capacity: held -1"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(base)
	if err != nil {
		t.Fatal(err)
	}
	var read scenarios.Baseline
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	m := after.Measured
	m.Baseline = base
	want := fmt.Sprintf("%+v", texts(Judge(m)))
	m.Baseline = &read
	if got := fmt.Sprintf("%+v", texts(Judge(m))); got != want {
		t.Errorf("stored:\n%s\nwant\n%s", got, want)
	}
	m.Baseline = &scenarios.Baseline{Figures: []scenarios.BaselineFigure{{Limit: "fast"}}}
	if f := Judge(m)[0]; f.Status != scenarios.StatusInconclusive || f.ID != "baseline.unreadable" {
		t.Errorf("a limit that nobody reads: %+v", f)
	}
}

func texts(findings []scenarios.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, fmt.Sprint(f.ID, f.Status, f.Message, f.Note, f.Explain))
	}
	return out
}
