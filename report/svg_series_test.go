package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	sc "github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// overTime are the numbers of a series' charts, by the class of their marks and the column.
func overTime(t *testing.T, s *sc.Series) (numbers map[string]string, titles []string) {
	t.Helper()
	numbers = map[string]string{}
	chart := ""
	for _, e := range mustRead(t, render(t, report.FormatHTML, sc.Result{Measured: sc.Measured{Series: s}}, report.Style{})) {
		if id, found := strings.CutSuffix(e.attrs["id"], "-title"); found && e.name == "title" {
			chart = id
			titles = append(titles, id)
		}
		if name := e.attrs["data-name"]; name != "" {
			numbers[chart+" "+name] = e.attrs["data-value"]
		}
	}
	return numbers, titles
}

func TestHTML_LoginsOverTime(t *testing.T) {
	t.Parallel()
	s := &sc.Series{Points: make([]sc.Point, 160)} // two a column
	for i := range 100 {
		o := sc.Observation{Part: sc.PartArrival, Outcome: sc.OutcomeOK, Start: 2500 * time.Millisecond, Due: 2500 * time.Millisecond, End: 9 * time.Second}
		o.Phases[sc.PhaseOpen] = time.Duration(1+i) * time.Millisecond
		s.Add(o)
	}
	s.Points[9].LoginMax = .3 // as in a result of an earlier version
	numbers, _ := overTime(t, s)
	for name, want := range map[string]string{
		"logins-over-time 2 s": "p50 50.5 ms, p95 100 ms, p99 100 ms, slowest 100 ms",
		"logins-over-time 8 s": "slowest 300 ms",
		"open 2 s":             "100", "open 8 s": "0", "open 6 s": "100", "started 2 s": "100",
	} {
		if numbers[name] != want {
			t.Errorf("%s: %q, want %q", name, numbers[name], want)
		}
	}
	if got, drawn := numbers["logins-over-time 4 s"]; drawn {
		t.Errorf("of no login is said %q", got)
	}
}

func TestHTML_OverTimeOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	s := &sc.Series{Points: make([]sc.Point, 6)}
	s.Points[2] = sc.Point{Started: 3, OK: 3, Held: 2, LoginMax: .25}
	numbers, titles := overTime(t, s)
	if got := strings.Join(titles, " "); got != "started open slowest" {
		t.Errorf("charts: %s", got)
	}
	if numbers["slowest 2 s"] != "slowest 250 ms" || numbers["open 2 s"] != "2" {
		t.Errorf("%v", numbers)
	}
}
