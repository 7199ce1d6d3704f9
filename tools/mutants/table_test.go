package main

import (
	"strings"
	"testing"
	"time"
)

func TestTable_CountsTimeoutsAsKilledAndEquivalentsApart(t *testing.T) {
	t.Parallel()
	b := &strings.Builder{}
	table(b, []counts{{"stats", [...]int{lived: 1, killed: 6, timeout: 1, reasoned: 2}}, {"judge", [...]int{lived: 0, killed: 2, reasoned: 0}}})
	const want = "" +
		"   area  sampled  killed  of these timeouts  lived  equivalent  killed of the rest\n" +
		"  stats       10       7                  1      1           2              87.5 %\n" +
		"  judge        2       2                  0      0           0             100.0 %\n" +
		"    all       12       9                  1      1           2              90.0 %\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b, want)
	}
}

// What lived by a run's output can be tried again.
func TestSurvivors_AreReadFromLines(t *testing.T) {
	t.Parallel()
	m := mutant{file: "p/p.go", function: "f", was: "a[0] < 1", now: "b [1]", line: 7, col: 12}
	output := "mutants: what executes\n" + line(m, outcome{lived, "3 tests"}, 1500*time.Millisecond) + "\n" +
		line(mutant{file: "p/p.go", was: "killed", now: "x"}, outcome{killed, "p TestA"}, time.Second) + "\n"
	got := survivors(output)
	if len(got) != 1 || !got[m.key()] {
		t.Errorf("got %v of\n%s", got, output)
	}
}
