package stats

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// chance is the probability of a table, given its margins: that of dealing the
// columns' values to the rows.
func chance(table [][]int) float64 {
	rows, columns := margins(table)
	ln := -lnFactorial(Sum(rows))
	for _, n := range append(slices.Clone(rows), columns...) {
		ln += lnFactorial(n)
	}
	for _, row := range table {
		for _, n := range row {
			ln -= lnFactorial(n)
		}
	}
	return math.Exp(ln)
}

func lnFactorial(n int) float64 {
	ln, _ := math.Lgamma(float64(n + 1))
	return ln
}

// tables visits all tables with the margins.
func tables(rows, columns []int, visit func([][]int)) {
	table := make([][]int, len(rows))
	for r := range table {
		table[r] = make([]int, len(columns))
	}
	left := slices.Clone(columns)
	var cell func(r, c, rest int)
	cell = func(r, c, rest int) {
		switch {
		case r == len(rows):
			visit(table)
		case c == len(columns)-1:
			if rest > left[c] {
				return
			}
			table[r][c] = rest
			left[c] -= rest
			next := 0
			if r+1 < len(rows) {
				next = rows[r+1]
			}
			cell(r+1, 0, next)
			left[c] += rest
		default:
			for n := 0; n <= min(rest, left[c]); n++ {
				table[r][c] = n
				left[c] -= n
				cell(r, c+1, rest-n)
				left[c] += n
			}
		}
	}
	cell(0, 0, rows[0])
}

func TestIndependence_MomentsOverAllTables(t *testing.T) {
	t.Parallel()
	for _, m := range [][2][]int{
		{{4, 4}, {3, 5}},
		{{5, 7, 3}, {6, 4, 5}},
		{{10, 10}, {4, 5, 6, 5}},
		{{2, 9, 1}, {8, 4}},
	} {
		total, mean, square := 0.0, 0.0, 0.0
		tables(m[0], m[1], func(table [][]int) {
			p, x2 := chance(table), IndependenceOf(table).X2
			total += p
			mean += p * x2
			square += p * x2 * x2
		})
		got := Independence{}
		tables(m[0], m[1], func(table [][]int) { got = IndependenceOf(table) })
		what := fmt.Sprint(m[0], " by ", m[1])
		assertNear(t, what+" in all", total, 1, 1e-9)
		assertNear(t, what+" mean", got.Mean, mean, 1e-9)
		assertNear(t, what+" variance", got.Variance, square-mean*mean, 1e-8)
	}
}

func TestIndependence(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		table [][]int
		x2, p float64
	}{
		"alike":                     {table: [][]int{{4, 4, 4}, {4, 4, 4}}, x2: 0, p: 1},
		"each its own":              {table: [][]int{{20, 0}, {0, 20}}, x2: 40, p: 2.74e-10},
		"one row":                   {table: [][]int{{9, 3, 2}}, p: 1},
		"one column has all":        {table: [][]int{{9, 0}, {7, 0}}, p: 1},
		"an empty row is no row":    {table: [][]int{{20, 0}, {0, 0}, {0, 20}}, x2: 40, p: 2.74e-10},
		"three sessions":            {table: [][]int{{2, 0}, {0, 1}}, p: 1},
		"nothing":                   {p: 1},
		"one missing from one node": {table: [][]int{{4, 4, 4, 4, 4}, {5, 5, 5, 5, 0}}, x2: 4.444, p: .38},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := IndependenceOf(tc.table)
			assertNear(t, "X2", got.X2, tc.x2, .001)
			assertNear(t, "P", got.P, tc.p, .1)
		})
	}
}

// Its size at .001 over all tables with common margins.
func TestIndependence_HasItsSize(t *testing.T) {
	t.Parallel()
	for _, m := range [][2][]int{{{20, 20}, {18, 22}}, {{20, 20}, {10, 7, 6, 9, 8}}} {
		size := 0.0
		tables(m[0], m[1], func(table [][]int) {
			if IndependenceOf(table).P <= .001 {
				size += chance(table)
			}
		})
		if size < .0003 || size > .0012 {
			t.Errorf("%v: the size is %g, want about .001", m, size)
		}
	}
}

func TestFisherAtMost_OverAllTables(t *testing.T) {
	t.Parallel()
	for _, m := range [][2][]int{{{4, 6}, {5, 5}}, {{12, 3}, {2, 13}}, {{0, 7}, {3, 4}}, {{30, 40}, {20, 50}}} {
		sum, at := 0.0, 0
		tables(m[0], m[1], func(table [][]int) { // with the first count rising
			sum += chance(table)
			at++
			got := FisherAtMost(table[0][0], table[0][1], table[1][0], table[1][1])
			assertNear(t, fmt.Sprint("P of ", table), got, sum, 1e-9)
		})
		if at == 0 {
			t.Errorf("%v: no table", m)
		}
	}
	assertNear(t, "P of an empty table", FisherAtMost(0, 0, 0, 0), 1, 0)
}
