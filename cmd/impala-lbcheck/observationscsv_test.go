package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// observedCSV writes observations and returns the rows of the file, by column.
func observedCSV(t *testing.T, all ...scenarios.Observation) []map[string]string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "O.CSV")
	f, err := newObservationFile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		f.write(o)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	if err != nil {
		t.Fatalf("%q: %v", b, err)
	}
	if n := strings.Count(string(b), "\r\n"); n != len(rows) {
		t.Errorf("%d rows, %d ends of a line", len(rows), n)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		cells := map[string]string{}
		for i, name := range rows[0] {
			cells[name] = row[i]
		}
		out = append(out, cells)
	}
	return out
}

func TestObservationsCSV_HasWhatTheJSONHas(t *testing.T) {
	t.Parallel()
	row, line := observedCSV(t, full())[0], observed(t, full())[1]
	for key := range line {
		switch _, has := row[key]; key {
		case "http":
			if row["http_requests"] != "8" || row["http_connections"] != "1" || row["http_reauthentications"] != "0" {
				t.Errorf("http is %q, %q and %q", row["http_requests"], row["http_connections"], row["http_reauthentications"])
			}
		case "phases_ms":
			if row["tcp_ms"] != "1.000" || row["open_ms"] != "" {
				t.Errorf("tcp took %q ms, open %q", row["tcp_ms"], row["open_ms"])
			}
		default:
			if !has || row[key] == "" {
				t.Errorf("%s is %q", key, row[key])
			}
		}
	}
	if row["seq"] != "7" || row["start_ms"] != "1500.000" || row["class"] != "open.eof" || row["coordinator"] != "c:25000" {
		t.Errorf("%v", row)
	}
}

func TestObservationsCSV_UnknownIsEmpty(t *testing.T) {
	t.Parallel()
	row := observedCSV(t, scenarios.Observation{})[0]
	for _, column := range []string{"node", "local", "http_requests", "coordinator", "pid", "version", "class", "text", "refused", "cert", "tcp_ms"} {
		if cell, has := row[column]; !has || cell != "" {
			t.Errorf("%s is %q (there: %t)", column, cell, has)
		}
	}
}

func TestObservationsCSV_ServersWordsAreNoFormula(t *testing.T) {
	t.Parallel()
	for _, s := range []string{`=HYPERLINK("http://evil.example","x")`, "\t@SUM(A1)", "-1\r\n+2", "a,\"b\r\n=c"} {
		o := full()
		o.Text, o.Who.Coordinator, o.Who.Version = s, s, s
		row := observedCSV(t, o, o)[1]
		for _, column := range []string{"text", "coordinator", "version"} {
			if cell := row[column]; cell == "" || strings.IndexAny(cell, "=+-@\t\r\n") == 0 || strings.ContainsAny(cell, "\r\n\t") {
				t.Errorf("%s is %q", column, cell)
			}
		}
	}
}

// The page names every column that is no key of the JSON.
func TestObservationsCSV_ColumnsAreDocumented(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../docs/results.md")
	if err != nil {
		t.Fatal(err)
	}
	var phases []string
	for p := range scenarios.NumPhases {
		phases = append(phases, p.String()+"_ms")
	}
	for _, name := range observationColumnNames() {
		if !slices.Contains(phases, name) && !strings.Contains(string(b), "`"+name+"`") {
			t.Errorf("docs/results.md does not have %s", name)
		}
	}
}
