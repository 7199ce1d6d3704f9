//go:build rule

package judge

import (
	"cmp"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
)

// How often a cell is simulated for the published figures, and one of many
// coordinators, whose looks are long.
const (
	fullRuns = 2000
	longRuns = 1000
)

// timesInFull is how often a full simulation runs it.
func (c cell) timesInFull() int {
	if c.system.K >= 10 {
		return cmp.Or(c.runs, longRuns)
	}
	return cmp.Or(c.runs, fullRuns)
}

// TestRuleInFull simulates every cell, and writes the rates down under -update.
func TestRuleInFull(t *testing.T) {
	var out []measuredCell
	for _, c := range allCells() {
		began := time.Now()
		runs := c.timesInFull()
		got := c.simulate(runs)
		out = append(out, measuredCell{c.label(), c.sessions(), runs, got})
		fmt.Printf("%-100s N %5d  fails %6.2f %%  inconclusive %6.2f %%  cost %5.2f N  in %s\n",
			c.label(), c.sessions(), 100*got.Fail, 100*got.Inconclusive, got.Cost, time.Since(began).Round(10*time.Millisecond))
	}
	b, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Equal(t, measuredCells, append(b, '\n'))
}
