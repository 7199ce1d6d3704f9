package judge

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balancesim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// again judges evidence whose further looks, as often as asked, repeat the first.
func again(e scenarios.Measured, nodes int, seq []int) Judgement {
	j := Judge(e)
	for j.Next.Sessions > 0 {
		more := slices.Repeat(seq, (j.Next.Sessions+len(seq)-1)/len(seq))
		e.Looks = append(e.Looks, judgetest.LookOf(j.Next.Kind, nodes, more))
		j = Judge(e)
	}
	return j
}

var (
	evenLook = judgetest.Dealt([]int{8, 8, 8, 8, 8}, 0)
	hotLook  = judgetest.Dealt([]int{22, 5, 5, 4, 4}, 0)
	deadLook = judgetest.Dealt([]int{12, 11, 9, 8, 0}, 0)
	oddLook  = judgetest.Dealt([]int{16, 6, 6, 6, 6}, 0)
	otherHot = judgetest.Dealt([]int{5, 22, 5, 4, 4}, 0)
	evenDead = judgetest.Dealt([]int{10, 10, 10, 10, 0}, 0)

	goneLook = slices.Concat(judgetest.Dealt([]int{2, 2, 2, 1, 8}, 0), judgetest.Dealt([]int{6, 6, 6, 7, 0}, 0))

	oddThrice = judgetest.Dealt([]int{39, 21, 20, 20, 20}, 0)
)

func TestBalance_Looks(t *testing.T) {
	t.Parallel()
	first := func(seq []int) scenarios.Look { return judgetest.LookOf(scenarios.LookFirst, 1, seq) }
	confirm := func(seq []int) scenarios.Look { return judgetest.LookOf(scenarios.LookConfirm, 1, seq) }
	extend := func(seq []int) scenarios.Look {
		return judgetest.LookOf(scenarios.LookExtend, 1, append(append(append([]int{}, seq...), seq...), seq...))
	}
	cut := func(l scenarios.Look) scenarios.Look { l.Cut = true; return l }
	whole := func(seq []int) scenarios.Look { return judgetest.LookOf(scenarios.LookWhole, 1, seq) }
	lone := judgetest.Dealt([]int{8, 8, 8, 8, 7}, 1)
	again := func(n int) scenarios.NextLook { return scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: n} }
	longer := func(n int) scenarios.NextLook { return scenarios.NextLook{Kind: scenarios.LookExtend, Sessions: n} }
	const pass, fail, inconclusive, skipped = scenarios.StatusPass, scenarios.StatusFail, scenarios.StatusInconclusive, scenarios.StatusSkipped
	imbalance := func(s scenarios.Status) judgetest.Want { return judgetest.Want{scenarios.BalanceImbalance: s} }
	coverage := func(s scenarios.Status) judgetest.Want { return judgetest.Want{scenarios.BalanceCoverage: s} }
	for name, tc := range map[string]struct {
		looks   []scenarios.Look
		verdict scenarios.Status
		next    scenarios.NextLook
		want    judgetest.Want
	}{
		"an alarm waits for a further look":                  {[]scenarios.Look{first(hotLook)}, inconclusive, again(40), imbalance(inconclusive)},
		"two alarms of one rule fail":                        {[]scenarios.Look{first(hotLook), confirm(hotLook)}, fail, scenarios.NextLook{}, imbalance(fail)},
		"one quiet look does not withdraw an alarm":          {[]scenarios.Look{first(hotLook), confirm(evenLook)}, inconclusive, again(40), imbalance(inconclusive)},
		"two quiet looks do, with a note":                    {[]scenarios.Look{first(hotLook), confirm(evenLook), confirm(evenLook)}, pass, scenarios.NextLook{}, imbalance(pass)},
		"an alarm before the second of them is the second":   {[]scenarios.Look{first(hotLook), confirm(evenLook), confirm(hotLook)}, fail, scenarios.NextLook{}, imbalance(fail)},
		"two quiet looks before an alarm do not withdraw it": {[]scenarios.Look{first(evenLook), confirm(evenLook), confirm(hotLook)}, inconclusive, again(40), imbalance(inconclusive)},
		"alarms about two coordinators are one":              {[]scenarios.Look{first(hotLook), confirm(otherHot)}, inconclusive, again(40), imbalance(inconclusive)},
		"alarms of two rules do not confirm each other": {[]scenarios.Look{first(hotLook), confirm(deadLook)}, inconclusive, again(40),
			judgetest.Want{scenarios.BalanceImbalance: inconclusive, scenarios.BalanceCoverage: inconclusive}},
		"any two looks may fail, whoever asked for them":      {[]scenarios.Look{first(hotLook), confirm(deadLook), confirm(deadLook)}, fail, scenarios.NextLook{}, coverage(fail)},
		"what is near the limit asks for three times as many": {[]scenarios.Look{first(oddLook)}, inconclusive, longer(120), imbalance(inconclusive)},
		"and passes where those are even":                     {[]scenarios.Look{first(oddLook), extend(evenLook)}, pass, scenarios.NextLook{}, imbalance(pass)},
		"a longer look that is near again asks again":         {[]scenarios.Look{first(oddLook), judgetest.LookOf(scenarios.LookExtend, 1, judgetest.Dealt([]int{39, 21, 20, 20, 20}, 0))}, inconclusive, longer(120), imbalance(inconclusive)},
		"an alarm in the longer look waits for one as long":   {[]scenarios.Look{first(oddLook), extend(oddLook)}, inconclusive, longer(120), imbalance(inconclusive)},
		"five looks that decide nothing are all": {[]scenarios.Look{first(oddLook), judgetest.LookOf(scenarios.LookExtend, 1, oddThrice), judgetest.LookOf(scenarios.LookExtend, 1, oddThrice),
			judgetest.LookOf(scenarios.LookExtend, 1, oddThrice), judgetest.LookOf(scenarios.LookExtend, 1, oddThrice)}, inconclusive, scenarios.NextLook{}, imbalance(inconclusive)},
		"an alarm without a further look stays open":               {[]scenarios.Look{cut(first(hotLook))}, inconclusive, scenarios.NextLook{}, imbalance(inconclusive)},
		"a look cut short does not clear":                          {[]scenarios.Look{first(hotLook), confirm(evenLook), cut(confirm(evenLook[:9]))}, inconclusive, scenarios.NextLook{}, imbalance(inconclusive)},
		"nor the first one":                                        {[]scenarios.Look{cut(first(evenLook))}, inconclusive, scenarios.NextLook{}, imbalance(inconclusive)},
		"a look cut short names the unseen":                        {[]scenarios.Look{cut(first([]int{0, 1, 2, 3, 0, 1, 2, -1}))}, inconclusive, scenarios.NextLook{}, coverage(inconclusive)},
		"a lone error and an alarm share the further look":         {[]scenarios.Look{first(judgetest.Dealt([]int{22, 5, 5, 4, 3}, 1))}, inconclusive, again(40), nil},
		"a look taken for a lone error is read for an alarm":       {[]scenarios.Look{first(lone), confirm(hotLook)}, inconclusive, again(40), imbalance(inconclusive)},
		"a coordinator that dies in the first look is missed":      {[]scenarios.Look{first(lone), confirm(deadLook), confirm(deadLook)}, fail, scenarios.NextLook{}, coverage(fail)},
		"a look that an error spoilt is in doubt":                  {[]scenarios.Look{first(judgetest.Dealt([]int{10, 11, 9, 9, 0}, 1))}, inconclusive, again(40), coverage(inconclusive)},
		"and does not count":                                       {[]scenarios.Look{first(judgetest.Dealt([]int{10, 11, 9, 9, 0}, 1)), confirm(evenDead)}, inconclusive, again(40), coverage(inconclusive)},
		"an alarm of a run that is not made of looks stays open":   {[]scenarios.Look{whole(hotLook)}, inconclusive, scenarios.NextLook{}, imbalance(inconclusive)},
		"what is near the limit there passes with a note":          {[]scenarios.Look{whole(oddLook)}, pass, scenarios.NextLook{}, imbalance(pass)},
		"so does one that last answered long ago":                  {[]scenarios.Look{whole(goneLook)}, pass, scenarios.NextLook{}, coverage(pass)},
		"one that last answered long ago waits for a further look": {[]scenarios.Look{first(goneLook)}, inconclusive, again(40), coverage(inconclusive)},
		"several first looks are one":                              {[]scenarios.Look{first(deadLook[:20]), first(deadLook[20:])}, inconclusive, again(40), coverage(inconclusive)},
		"no look is taken once some finding has failed":            {[]scenarios.Look{first(judgetest.Dealt([]int{22, 5, 5, 3, 3}, 2))}, fail, scenarios.NextLook{}, imbalance(inconclusive)},
		"imbalance is not asked of those who remain of a dead one": {[]scenarios.Look{first(deadLook), confirm(deadLook)}, fail, scenarios.NextLook{}, imbalance(skipped)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := Judge(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: tc.looks})
			judgetest.Check(t, j.Findings, tc.want)
			judgetest.ProseOf(t, j.Findings, tc.want.IDs()...)
			j.Next.Why = ""
			if j.Next != tc.next || j.Verdict != tc.verdict {
				t.Errorf("verdict %v, asks for %+v; want %v, %+v", j.Verdict, j.Next, tc.verdict, tc.next)
			}
		})
	}
}

func TestBalance_Zones(t *testing.T) {
	t.Parallel()
	deal := func(sizes ...int) Judgement {
		j, _ := runOf(smoke(5, len(sizes), balancesim.Zones(sizes...)), 3)
		return j
	}
	judgetest.Check(t, deal(2, 2, 1).Findings, judgetest.Want{scenarios.BalanceReach: scenarios.StatusFail})
	judgetest.Check(t, deal(3, 2).Findings, judgetest.Want{scenarios.BalanceReach: scenarios.StatusPass})
	few := judgetest.LookOf(scenarios.LookFirst, 3, []int{0, 1, 2, 3, 4, 2, 0})
	judgetest.Check(t, Judge(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{few}}).Findings, judgetest.Want{scenarios.BalanceReach: scenarios.StatusPass})
	judgetest.Check(t, deal(5).Findings, judgetest.Want{scenarios.BalanceReach: scenarios.StatusSkipped})
}

func TestBalance_Weights(t *testing.T) {
	t.Parallel()
	s := judgetest.Declared(5)
	s.Expect.Balance.Weights = []float64{6, 1, 1, 1, 1}
	seq := judgetest.Dealt([]int{54, 9, 9, 9, 9}, 0)
	judgetest.Check(t, Judge(scenarios.Measured{Scenario: s, Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 1, seq)}}).Findings,
		judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusPass})
	judgetest.Check(t, again(scenarios.Measured{Scenario: s, Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 1, judgetest.Dealt([]int{18, 18, 18, 18, 18}, 0))}}, 1, judgetest.Dealt([]int{18, 18, 18, 18, 18}, 0)).Findings,
		judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusFail})
	s.Expect.Coordinators = scenarios.ExpectCoordinators{Count: 5}
	judgetest.Check(t, Judge(scenarios.Measured{Scenario: s, Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 1, judgetest.Dealt([]int{20, 9, 9, 2, 0}, 0))}}).Findings,
		judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusInconclusive})
}

func TestJudge_Detect(t *testing.T) {
	t.Parallel()
	of := func(s scenarios.Scenario, seq []int) *scenarios.Detectable {
		return Judge(scenarios.Measured{Scenario: s, Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 1, seq)}}).Detect
	}
	d := of(judgetest.Declared(5), evenLook)
	if d == nil || d.Sessions != 40 || d.Dead != 1 || d.Hot3x < .99 || d.Hot2x < .57 || d.Hot2x > .67 || d.Half > .04 {
		t.Errorf("forty sessions over five could show %+v", d)
	}
	if d := of(judgetest.Declared(0), evenLook); d == nil || d.Dead != 0 || d.Hot3x < .95 {
		t.Errorf("without a declared set forty sessions could show %+v", d)
	}
	least := judgetest.Declared(5)
	least.Expect.Balance.Policy = scenarios.PolicyLeastConn
	for name, d := range map[string]*scenarios.Detectable{
		"under leastconn": of(least, evenLook), "with one coordinator": of(judgetest.Declared(1), judgetest.Dealt([]int{40}, 0)),
		"while a look is awaited": of(judgetest.Declared(5), hotLook), "with too few sessions": of(judgetest.Declared(5), []int{0, 1}),
	} {
		if d != nil {
			t.Errorf("%s a look could show %+v, want nothing told", name, d)
		}
	}
}

// The burst shows who is there, and says nothing of order.
func TestBalance_Burst(t *testing.T) {
	t.Parallel()
	l := judgetest.LookOf(scenarios.LookFirst, 1, judgetest.Dealt([]int{10, 10, 10, 10, 0}, 0))
	for range 2 {
		o := judgetest.Observed(judgetest.NodeAddr(0), 4)
		o.Part = scenarios.PartBurst
		l.Add(o)
	}
	j := Judge(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{l}})
	judgetest.Check(t, j.Findings, judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusPass})
}

// Whatever the evidence, the judges stop asking before the ceiling.
func TestJudge_Ceiling(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 11))
		k := 1 + r.IntN(30)
		s := judgetest.Declared(5)
		if seed%3 == 0 {
			s = judgetest.Declared(0)
		}
		skewed := func(*rand.Rand, int, int) balancesim.Balancer {
			return func(balancesim.Session) int { return int(float64(k) * r.Float64() * r.Float64()) }
		}
		nodes := 1 + r.IntN(3)
		last, e := runOf(balancesim.System{Scenario: s, K: k, Nodes: nodes, Make: balancesim.Losing(1./60, skewed)}, seed)
		total := 0
		for _, l := range e.Looks {
			total += l.Planned
		}
		if plan := budget.Plan(s, nodes); 1+total > plan.Ceiling {
			t.Fatalf("seed %d: %d sessions, ceiling %d", seed, total, plan.Ceiling)
		}
		if last.Next != (scenarios.NextLook{}) {
			t.Fatalf("seed %d still asks for %+v", seed, last.Next)
		}
	}
}

// A stored run reads the same, as often as it is judged.
func TestRejudge_Stored(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		_, e := runOf(smoke(5, 2, balancesim.Sticky(.3)), seed)
		want := Judge(e)
		b, err := json.Marshal(scenarios.Result{Measured: scenarios.Measured{Scenario: e.Scenario, Looks: e.Looks,
			Nodes: []scenarios.NodeTally{{Address: judgetest.NodeAddr(0)}, {Address: judgetest.NodeAddr(1)}}}})
		if err != nil {
			t.Fatal(err)
		}
		var r scenarios.Result
		if err := json.Unmarshal(b, &r); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, Judge(r.Measured)); diff != "" {
			t.Fatalf("seed %d (-live +stored):\n%s", seed, diff)
		}
	}
}
