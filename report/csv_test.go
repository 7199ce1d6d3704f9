package report_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// records reads a CSV report as RFC 4180 has it: every row has the columns of the first,
// and ends in CRLF.
func records(t *testing.T, doc []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(doc)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if lf, crlf := bytes.Count(doc, []byte("\n")), bytes.Count(doc, []byte("\r\n")); lf != crlf || crlf != len(rows) {
		t.Errorf("%d rows, %d line feeds, %d of them after a carriage return", len(rows), lf, crlf)
	}
	return rows
}

// The rows of each kind add up to the sessions of the run.
func TestWrite_CSVAddsUp(t *testing.T) {
	each(t, func(t *testing.T, _ string, r scenarios.Result) {
		rows := records(t, render(t, report.FormatCSV, r, report.Style{}))
		kind, sessions := slices.Index(rows[0], "row"), slices.Index(rows[0], "sessions")
		sums := map[string]int{}
		for _, row := range rows[1:] {
			n, err := strconv.Atoi(row[sessions])
			if err != nil {
				t.Fatal(err)
			}
			sums[row[kind]] += n
		}
		for _, k := range []string{"coordinator", "node", "node-coordinator"} {
			if sums[k] != r.Sessions.Attempted {
				t.Errorf("rows of %s add up to %d of %d sessions", k, sums[k], r.Sessions.Attempted)
			}
		}
	}, runs, forged)
}

func TestWrite_CSVHoldsNoFormula(t *testing.T) {
	t.Parallel()
	for _, s := range append([]string{
		"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1+1", "－1", "a,b", `a"b`, "a\r\n=b", `=HYPERLINK("http://evil","x")`, "\u200b=1", "\x00=1",
	}, commandsOfCI...) {
		for _, row := range records(t, render(t, report.FormatCSV, hostileResult(s), report.Style{})) {
			for _, cell := range row {
				checkCell(t, cell)
			}
		}
		checkCell(t, report.CSVText(s))
	}
}

func FuzzWrite_CSV(f *testing.F) {
	f.Add("=1+1")
	f.Add("＠x\r\n,\"")
	f.Fuzz(func(t *testing.T, s string) {
		for _, row := range records(t, render(t, report.FormatCSV, hostileResult(s), report.Style{})) {
			for _, cell := range row {
				checkCell(t, cell)
			}
		}
	})
}

func checkCell(t *testing.T, cell string) {
	t.Helper()
	if strings.IndexAny(cell, "=+-@＝＋－＠ \t\r\n") == 0 || strings.ContainsAny(cell, "\t\r\n\x00") {
		t.Errorf("a spreadsheet takes %q for a formula", cell)
	}
}
