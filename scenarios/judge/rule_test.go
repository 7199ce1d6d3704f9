package judge

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balance"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balancesim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// cell is a simulated balancer and what the rule has to say of it.
type cell struct {
	name   string
	system balancesim.System
	whole  int // sessions of a load that is judged as a whole; 0: look by look
	runs   int // of a full simulation; 0: fullRuns or longRuns
	// alone has the balance rule judge without errors.rate, which would end the run
	// at the first lost sessions.
	alone bool

	want       rates
	arithmetic func(cell) float64 // the rate of failed runs, as the rule says it in advance; nil: no formula
	printed    func(scenarios.Detectable) float64
}

// rates are shares of the runs of a cell.
type rates struct {
	Fail         float64 `json:"fail"`
	Inconclusive float64 `json:"inconclusive"`
	Cost         float64 `json:"cost"`              // mean length of a run in first looks; as wanted 0: any
	Printed      float64 `json:"printed,omitempty"` // the rate of failed runs that the report prints
}

// label names a cell by its balancer, coordinators and nodes.
func (c cell) label() string {
	return fmt.Sprintf("%s, %d coordinators, %d nodes", c.name, c.system.K, c.system.Nodes)
}

// sessions are those of the first look.
func (c cell) sessions() int {
	if c.whole > 0 {
		return c.whole
	}
	return budget.Plan(c.system.Scenario, c.system.Nodes).Look
}

// simulate runs a cell so many times on all processors.
func (c cell) simulate(runs int) rates {
	var mu sync.Mutex
	var workers sync.WaitGroup
	var total rates
	for w := range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for seed := w; seed < runs; seed += runtime.GOMAXPROCS(0) {
				e := c.run(uint64(seed))
				findings := c.judged(e)
				mu.Lock()
				total.count(findings, e)
				if seed == 0 && c.printed != nil {
					total.Printed = c.printed(*balance.Detect(e, findings))
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	n := float64(runs)
	total.Fail, total.Inconclusive, total.Cost = total.Fail/n, total.Inconclusive/n, total.Cost/n
	return total
}

// runOf is a run, look by look, and its judgement without what only a last word needs.
func runOf(s balancesim.System, seed uint64) (Judgement, scenarios.Measured) {
	e := s.Run(seed, func(e scenarios.Measured) scenarios.NextLook { return decide(e).Next })
	return decide(e), e
}

// run is the evidence of one run.
func (c cell) run(seed uint64) scenarios.Measured {
	if c.whole > 0 {
		return c.system.Whole(seed, c.whole)
	}
	return c.system.Run(seed, c.next)
}

// next is the look that is asked for.
func (c cell) next(e scenarios.Measured) scenarios.NextLook {
	if !c.alone {
		return decide(e).Next
	}
	_, next := balance.Judge(e)
	if !affordable(e) {
		return scenarios.NextLook{}
	}
	return next
}

// judged are the findings of balance.
func (c cell) judged(e scenarios.Measured) []scenarios.Finding {
	findings, _ := balance.Judge(e)
	if !c.alone {
		findings = decide(e).Findings
	}
	var out []scenarios.Finding
	for _, f := range findings {
		if strings.HasPrefix(f.ID, "balance.") {
			out = append(out, f)
		}
	}
	return out
}

// count adds one run.
func (r *rates) count(findings []scenarios.Finding, e scenarios.Measured) {
	looks := batch.Pool(e.Looks)
	for _, l := range looks {
		r.Cost += float64(l.Planned) / float64(looks[0].Planned)
	}
	switch scenarios.VerdictOf(findings) {
	case scenarios.StatusFail:
		r.Fail++
	case scenarios.StatusInconclusive:
		r.Inconclusive++
	}
}

// compare holds measured rates against those wanted.
func (c cell) compare(t *testing.T, got rates, runs int) {
	t.Helper()
	if !within(got.Fail, c.want.Fail, runs) {
		t.Errorf("%s: %.2f %% of %d runs fail, want %.2f %%", c.label(), 100*got.Fail, runs, 100*c.want.Fail)
	}
	if !within(got.Inconclusive, c.want.Inconclusive, runs) {
		t.Errorf("%s: %.2f %% of %d runs are inconclusive, want %.2f %%", c.label(), 100*got.Inconclusive, runs, 100*c.want.Inconclusive)
	}
	if c.want.Cost > 0 && math.Abs(got.Cost-c.want.Cost) > .1*c.want.Cost {
		t.Errorf("%s: a run costs %.2f first looks, want %.2f", c.label(), got.Cost, c.want.Cost)
	}
}

// within reports whether a measured rate is what is wanted, up to chance: three
// standard deviations and half a point.
func within(got, want float64, runs int) bool {
	return math.Abs(got-want) <= 3*math.Sqrt(want*(1-want)/float64(runs))+.005
}

// TestRule simulates some cells, few times each; `make rule` has all of them.
func TestRule(t *testing.T) {
	t.Parallel()
	for _, c := range acceptanceCells() {
		t.Run(c.label(), func(t *testing.T) {
			t.Parallel()
			runs := quickRuns
			if c.whole > 0 {
				runs /= 10 // they are long
			}
			if got := c.simulate(max(1, runs)); quickRuns >= 100 {
				c.compare(t, got, runs)
			}
		})
	}
}
