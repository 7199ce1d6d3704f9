package judge

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balance"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// The document holds the figures between these lines; the rest is prose.
const (
	document  = "../../docs/statistics.md"
	figsBegin = "<!-- figures: go test ./scenarios/judge -run TestPublishedFigures -update -->\n"
	figsEnd   = "<!-- end of figures -->\n"
)

// TestPublishedFigures compares the document with what the rule does; -update
// writes it.
func TestPublishedFigures(t *testing.T) {
	t.Parallel()
	if runs() < 1000 {
		t.Skip("too few seeds for figures: run without -short and -race")
	}
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), figsBegin)
	_, after, closed := strings.Cut(rest, figsEnd)
	if !ok || !closed {
		t.Fatalf("%s has no place for the figures", document)
	}
	golden.Equal(t, document, []byte(before+figsBegin+figures()+figsEnd+after))
}

func figures() string {
	var b strings.Builder
	b.WriteString("### What one look takes, and what it shows\n\n")
	powers(&b)
	b.WriteString("\n### Healthy balancers\n\n")
	rest(&b)
	b.WriteString("\n### Balancers at fault\n\n")
	found(&b)
	return b.String()
}

// powers tells N, the ceiling and the chances of one look.
func powers(b *strings.Builder) {
	b.WriteString("| scenario, coordinators | N | at most, in all | dead | 3 times | twice | half |\n|---|---|---|---|---|---|---|\n")
	for _, kind := range []struct {
		name string
		of   func(int) scenarios.Scenario
		ks   []int
	}{{"smoke", judgetest.Declared, []int{2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 32}}, {"spread", wide, []int{2, 3, 5, 10, 20}}} {
		for _, k := range kind.ks {
			s := kind.of(k)
			plan := budget.Plan(s, 2)
			d := balance.PlannedPower(s, plan.Look)
			fmt.Fprintf(b, "| %s, %d | %d | %d | %s | %s | %s | %s |\n", kind.name, k, plan.Look, plan.Ceiling,
				phrase.Percent(d.Dead), phrase.Percent(d.Hot3x), phrase.Percent(d.Hot2x), phrase.Percent(d.Half))
		}
	}
}

// rest tells how quiet the rule is where nothing is wrong.
func rest(b *strings.Builder) {
	var most, mean, failed float64
	settings := healthy()
	for _, s := range settings {
		r := atRest()[s.name]
		most, mean, failed = max(most, r.lookAny), mean+r.sessions/float64(len(settings)), failed+r.fail
	}
	fmt.Fprintf(b, "Of %d runs (%d each of %d settings: random, flow hash and round robin, with and without sessions of others, "+
		"over 2, 3, 5, 10 and 20 coordinators, from 1 and 2 nodes) %.0f failed. In no setting did more than %s of the first looks alarm. A run cost %.2f N on average.\n",
		len(settings)*seeds, seeds, len(settings), failed*seeds, phrase.Percent(most), mean)
}

// found tells how often faults are found.
func found(b *strings.Builder) {
	b.WriteString("| state | N | first look alarms | run fails | by order | reach | coverage | imbalance | costs |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, s := range faults() {
		r := simulated()[s.name]
		fmt.Fprintf(b, "| %s | %d | %s | %s | %s | %s | %s | %s | %.1f N |\n", s.name, budget.Plan(s.scenario, s.nodes).Look,
			phrase.Percent(r.lookAny), phrase.Percent(r.fail), phrase.Percent(r.final[ofOrder]), phrase.Percent(r.final[ofReach]),
			phrase.Percent(r.final[ofCoverage]), phrase.Percent(r.final[ofImbalance]), r.sessions)
	}
}
