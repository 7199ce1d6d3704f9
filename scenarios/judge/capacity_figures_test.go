package judge

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/sizing"
)

// The document holds the figures of capacity between these lines.
const (
	document  = "../../docs/statistics.md"
	roomBegin = "<!-- figures: go test ./scenarios/judge -run TestCapacityFigures -update -->\n"
	roomEnd   = "<!-- end of capacity figures -->\n"
)

// TestCapacityFigures compares the document with what the arithmetic says;
// -update writes it. It is not parallel, as another test writes that file too.
func TestCapacityFigures(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), roomBegin)
	_, after, closed := strings.Cut(rest, roomEnd)
	if !ok || !closed {
		t.Fatalf("%s has no place for the figures of capacity", document)
	}
	golden.Equal(t, document, []byte(before+roomBegin+roomFigures()+roomEnd+after))
}

func roomFigures() string {
	var b strings.Builder
	ofHolding(&b)
	ofSizes(&b)
	ofZones(&b)
	return b.String()
}

// ofHolding tells what coordinators hold, and how often dealt sessions fit.
func ofHolding(b *strings.Builder) {
	const draws = 20_000
	b.WriteString("| coordinators of 64 threads | evenly | one lost | by chance | of nominal | fit when dealt | one lost |\n|---|---|---|---|---|---|---|\n")
	for _, k := range []int{2, 3, 5, 8, 10, 20} {
		even, chance := sizing.Ceilings(scenarios.PolicyLeastConn, k, 64), sizing.Ceilings(scenarios.PolicyRandom, k, 64)
		fit := stats.Power(chance.Safe, stats.Fractions(make([]float64, k)), draws, stats.NewSeededRand(chance.Safe, k), func(counts []int) bool {
			return slices.Max(counts) <= 64
		})
		fmt.Fprintf(b, "| %d | %d | %d | %d | %s | %.2f %% | %d |\n", k, even.Safe, even.SafeOneDown, chance.Safe,
			phrase.Percent(float64(chance.Safe)/float64(chance.Nominal)), 100*fit, chance.SafeOneDown)
	}
}

// ofSizes tells how many coordinators sessions take.
func ofSizes(b *strings.Builder) {
	b.WriteString("\n| sessions | evenly | to lose one | by chance | to lose one | or, with one down |\n|---|---|---|---|---|---|\n")
	for _, n := range []int{50, 100, 200, 400, 800, 1600} {
		even, chance := sizing.Coordinators(n, 64, scenarios.PolicyLeastConn), sizing.Coordinators(n, 64, scenarios.PolicyRandom)
		instead := "-"
		if chance.Threads > 0 {
			instead = fmt.Sprintf("%d of %d threads", chance.Coordinators, chance.Threads)
		}
		fmt.Fprintf(b, "| %d | %d | %d | %d | %d | %s |\n", n, even.Coordinators, even.OneDown, chance.Coordinators, chance.OneDown, instead)
	}
}

// ofZones tells what zones of different size cost.
func ofZones(b *strings.Builder) {
	zones := func(sizes ...int) int {
		var weights []float64
		for _, n := range sizes {
			weights = append(weights, slices.Repeat([]float64{1 / float64(n)}, n)...)
		}
		return stats.SafeSessions(stats.Fractions(weights), 64, sizing.SafeChance)
	}
	even := sizing.Ceilings(scenarios.PolicyRandom, 5, 64)
	fmt.Fprintf(b, "\nFive coordinators in zones of 2, 2 and 1, by chance, hold %d where each zone has a third of the sessions, and %d with one of a pair lost; "+
		"where the zones do not matter %d and %d.\n", zones(2, 2, 1), zones(1, 2, 1), even.Safe, even.SafeOneDown)
}
