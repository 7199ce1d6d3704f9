package judge

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balance"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balancesim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// measuredCells is the file with the rates of all cells, as `make rule` measured
// them, and the document has them between these lines. Everything else is prose.
const (
	measuredCells = "testdata/rule.json"
	figuresBegin  = "<!-- figures: make rule -->\n"
	figuresEnd    = "<!-- end of figures -->\n"
)

// measuredCell are the rates of a cell, under its label.
type measuredCell struct {
	Cell     string `json:"cell"`
	Sessions int    `json:"sessions"`
	Runs     int    `json:"runs"`
	rates
}

// allCells are those of the tables, each once.
func allCells() []cell {
	all := acceptanceCells()
	for _, f := range faults() {
		all = append(all, f.cells()...)
	}
	all = append(append(all, furtherCells()...), loadAware()...)
	for _, g := range healthyGroups() {
		all = append(all, g.cells()...)
	}
	var out []cell
	known := map[string]bool{}
	for _, c := range all {
		if !known[c.label()] {
			known[c.label()] = true
			out = append(out, c)
		}
	}
	return out
}

// measured reads the file.
func measured(t *testing.T) map[string]measuredCell {
	t.Helper()
	b, err := os.ReadFile(measuredCells)
	if err != nil {
		t.Fatal(err)
	}
	var all []measuredCell
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]measuredCell{}
	for _, m := range all {
		out[m.Cell] = m
	}
	return out
}

// TestRule_MeasuredAsWanted holds what was measured against what is wanted of every
// cell, and against what the report prints.
func TestRule_MeasuredAsWanted(t *testing.T) {
	t.Parallel()
	have := measured(t)
	for _, c := range append(acceptanceCells(), allCells()...) {
		m, ok := have[c.label()]
		switch {
		case !ok || m.Sessions != c.sessions():
			t.Errorf("%s, %d sessions: not measured; run `make rule`", c.label(), c.sessions())
			continue
		case c.printed != nil && math.Abs(m.Printed-m.Fail) > .07:
			t.Errorf("%s: the report prints %.1f %%, and %.1f %% fail", c.label(), 100*m.Printed, 100*m.Fail)
		}
		c.compare(t, m.rates, m.Runs)
	}
}

// TestRule_Document holds the document against what was measured; -update writes it.
// It is not parallel, as another test writes that file, too.
func TestRule_Document(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), figuresBegin)
	_, after, closed := strings.Cut(rest, figuresEnd)
	if !ok || !closed {
		t.Fatalf("%s has no place for the figures", document)
	}
	golden.Equal(t, document, []byte(before+figuresBegin+figures(measured(t))+figuresEnd+after))
}

// figures are the tables.
func figures(have map[string]measuredCell) string {
	var b strings.Builder
	b.WriteString("### What a run takes, and what it shows\n\n")
	writePower(&b)
	b.WriteString("\n### Healthy balancers\n\n")
	b.WriteString("| balancer | runs | fail | inconclusive | by the arithmetic, fail | longest mean run |\n|---|---|---|---|---|---|\n")
	for _, g := range healthyGroups() {
		g.write(&b, have)
	}
	b.WriteString("\n### Balancers that follow the load, not declared\n\n")
	writeCells(&b, have, loadAware())
	b.WriteString("\n### Faults\n\n| fault |")
	for _, s := range faultSizes {
		fmt.Fprintf(&b, " %d over %s |", s.k, overNodes(s.nodes))
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(faultSizes)) + "\n")
	for _, f := range faults() {
		f.write(&b, have)
	}
	b.WriteString("\n### Others, and the cells that every run of the tests repeats\n\n")
	rest := append(acceptanceCells(), furtherCells()...)
	writeCells(&b, have, rest)
	return b.String()
}

// writePower is a row for each number of coordinators: N, the ceiling, and what the
// report prints of faults.
func writePower(b *strings.Builder) {
	b.WriteString("| scenario, coordinators | N, 1 node | 2 nodes | 4 nodes | at most in all, 2 nodes | dead | 3 times | twice | half |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, kind := range []struct {
		name string
		of   func(k, nodes int, of balancesim.Maker) balancesim.System
		ks   []int
	}{{"smoke", smoke, []int{2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 32}}, {"spread", spread, []int{2, 3, 5, 10, 20}}} {
		for _, k := range kind.ks {
			s := kind.of(k, 2, balancesim.Random).Scenario
			plan := budget.Plan(s, 2)
			d := balance.PlannedPower(s, plan.Look)
			fmt.Fprintf(b, "| %s, %d | %d | %d | %d | %d | %s | %s | %s | %s |\n", kind.name, k, budget.Plan(s, 1).Look, plan.Look, budget.Plan(s, 4).Look, plan.Ceiling,
				percent(d.Dead), percent(d.Hot3x), percent(d.Hot2x), percent(d.Half))
		}
	}
}

// write is the row of a group: its sizes together.
func (g healthyGroup) write(b *strings.Builder, have map[string]measuredCell) {
	var runs int
	var fail, inconclusive, cost float64
	cells := g.cells()
	for _, c := range cells {
		m := have[c.label()]
		runs += m.Runs
		fail += m.Fail * float64(m.Runs)
		inconclusive += m.Inconclusive * float64(m.Runs)
		cost = max(cost, m.Cost)
	}
	fmt.Fprintf(b, "| %s | %d | %.0f | %.0f | %s | %.2f N |\n", g.name, runs, fail, inconclusive, expected(cells[0], have[cells[0].label()]), cost)
}

// write is the row of a fault: a column for each size.
func (f fault) write(b *strings.Builder, have map[string]measuredCell) {
	fmt.Fprintf(b, "| %s |", f.name)
	cells := f.cells()
	for _, s := range faultSizes {
		i := slices.IndexFunc(cells, func(c cell) bool { return c.system.K == s.k && c.system.Nodes == s.nodes })
		if i < 0 {
			b.WriteString(" |")
			continue
		}
		m := have[cells[i].label()]
		fmt.Fprintf(b, " %s", percent(m.Fail))
		if m.Inconclusive > 0 {
			fmt.Fprintf(b, " (%s)", percent(m.Inconclusive))
		}
		if cells[i].arithmetic != nil || cells[i].printed != nil {
			fmt.Fprintf(b, "; *%s*", expected(cells[i], m))
		}
		b.WriteString(" |")
	}
	b.WriteString("\n")
}

// writeCells is a table with a row for each cell.
func writeCells(b *strings.Builder, have map[string]measuredCell, cells []cell) {
	b.WriteString("| balancer | coordinators | N | fail | by the arithmetic | inconclusive | cost |\n|---|---|---|---|---|---|---|\n")
	for _, c := range cells {
		m := have[c.label()]
		fmt.Fprintf(b, "| %s | %d over %s | %d | %s | %s | %s | %.2f N |\n", c.name, c.system.K, overNodes(c.system.Nodes), m.Sessions,
			percent(m.Fail), expected(c, m), percent(m.Inconclusive), m.Cost)
	}
}

// expected is the rate of failed runs that is known in advance: by a formula, or as
// the report prints it.
func expected(c cell, m measuredCell) string {
	switch {
	case c.printed != nil:
		return percent(m.Printed)
	case c.arithmetic != nil && c.arithmetic(c) < .0001:
		return "below .01"
	case c.arithmetic != nil:
		return percent(c.arithmetic(c))
	}
	return "-"
}

// percent writes a rate in percent: three digits, and 100 only where it is that.
func percent(rate float64) string {
	p := 100 * rate
	switch {
	case rate == 0 || rate == 1:
		return fmt.Sprintf("%.0f", p)
	case p < 1 || p > 99:
		return strings.TrimPrefix(fmt.Sprintf("%.2f", min(p, 99.99)), "0")
	}
	return fmt.Sprintf("%.1f", p)
}

func overNodes(n int) string {
	if n == 1 {
		return "1 node"
	}
	return fmt.Sprintf("%d nodes", n)
}
