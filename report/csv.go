package report

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// csvColumns are the columns of the tally. Others rely on them: none is renamed, and new
// ones are added at the end.
var csvColumns = []string{
	"run", "started", "scenario", "row", "coordinator", "node",
	"sessions", "failed", "share", "expected_share", "login_count", "login_p50_s", "login_p95_s", "login_max_s",
}

// What a row of the tally counts.
const (
	rowCoordinator = "coordinator"
	rowNode        = "node"
	rowPair        = "node-coordinator"
)

// A tallyRow is one row; what is not known is empty.
type tallyRow struct {
	kind, coordinator, node string
	sessions                int
	failed                  *int
	share, expected         *float64
	login                   *scenarios.Spread
}

// writeCSV writes the tally of sessions: a row for each coordinator, for each node and for
// each pair of them, as RFC 4180 has it.
func writeCSV(w io.Writer, r scenarios.Result, _ Style) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(csvColumns); err != nil {
		return err
	}
	started := ""
	if !r.Started.IsZero() {
		started = clock(r.Started, time.RFC3339)
	}
	head := []string{CSVText(r.Run), started, CSVText(r.Scenario.Name)}
	for _, row := range tallyRows(r) {
		if err := out.Write(append(slices.Clip(head), row.cells()...)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// tallyRows are the rows in the order of the result. The coordinator "" is the sessions
// of which it is not known.
func tallyRows(r scenarios.Result) []tallyRow {
	var rows []tallyRow
	for _, c := range r.Coords {
		rows = append(rows, tallyRow{kind: rowCoordinator, coordinator: c.Name, sessions: c.Sessions, failed: &c.Failed,
			share: &c.Share, expected: c.Expected, login: c.Login})
	}
	if without := unidentifiedSessions(r); without > 0 {
		failed := failedUnidentified(r)
		rows = append(rows, tallyRow{kind: rowCoordinator, sessions: without, failed: &failed})
	}
	for _, n := range r.Nodes {
		rows = append(rows, tallyRow{kind: rowNode, node: address(n.Address), sessions: n.Sessions, failed: &n.Failed, login: n.Login})
	}
	for _, n := range r.Nodes {
		for _, c := range coordinatorNames(r, []scenarios.NodeTally{n}) {
			rows = append(rows, tallyRow{kind: rowPair, coordinator: c, node: address(n.Address), sessions: n.Coordinators[c]})
		}
		if n.Unidentified > 0 {
			rows = append(rows, tallyRow{kind: rowPair, node: address(n.Address), sessions: n.Unidentified})
		}
	}
	return rows
}

func (t tallyRow) cells() []string {
	cells := []string{t.kind, CSVText(t.coordinator), CSVText(t.node), strconv.Itoa(t.sessions), "", csvNumber(t.share), csvNumber(t.expected)}
	if t.failed != nil {
		cells[4] = strconv.Itoa(*t.failed)
	}
	if t.login == nil {
		return append(cells, "", "", "", "")
	}
	return append(cells, strconv.Itoa(t.login.Count), millionths(float64(t.login.P50)), millionths(float64(t.login.P95)), millionths(float64(t.login.Max)))
}

// csvNumber is a share; empty where there is none.
func csvNumber(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(clamp(*x, 0, 1), 'f', 6, 64)
}
