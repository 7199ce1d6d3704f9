//go:build linux

package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConnections_ObservationsAreCounted(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "observed.jsonl")
	lines := []string{
		`{"schema":"impala-lbcheck/observations/1"}`,
		`{"part":"scout","coordinator":"a"}`,
		`{"part":"ordered","coordinator":"b"}`,
		`{"part":"ordered","class":"tcp.refused"}`,
		`{"part":"burst","class":"open.reset"}`,
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := result{Sessions: sessionCounts{Attempted: 3, Scout: 1}}
	got, err := r.connections(path)
	if err != nil || got.accepted != 3 || !maps.Equal(got.servers, map[string]int{"a": 1, "b": 1}) {
		t.Errorf("connections = %+v, %v, want 3 accepted, one of a and one of b", got, err)
	}
	r.Sessions.Settle++
	if got, err := r.connections(path); err == nil {
		t.Errorf("connections = %+v for a result with a session that has no line, want an error", got)
	}
}

func TestLastLine(t *testing.T) {
	t.Parallel()
	for report, want := range map[string]string{"a\nPASS: b\n\n": "PASS: b", "PASS": "PASS", "": ""} {
		if got := lastLine([]byte(report)); got != want {
			t.Errorf("lastLine(%q) = %q, want %q", report, got, want)
		}
	}
}

func TestStatTable_NumbersAreThoseOfOneListener(t *testing.T) {
	t.Parallel()
	table := statTable{
		{"pxname": "a", "svname": "FRONTEND", "stot": "", "conn_tot": "5"},
		{"pxname": "a", "svname": "c1", "stot": "4", "conn_tot": ""},
		{"pxname": "b", "svname": "c1", "stot": "9", "conn_tot": ""},
	}
	for column, want := range map[string]map[string]int{"stot": {"c1": 4}, "conn_tot": {"FRONTEND": 5}} {
		if got, err := table.numbers("a", column); err != nil || !maps.Equal(got, want) {
			t.Errorf("numbers(%q) = %v, %v, want %v", column, got, err, want)
		}
	}
	table[1]["stot"] = "many"
	if got, err := table.numbers("a", "stot"); err == nil {
		t.Errorf("numbers = %v of a table without a number, want an error", got)
	}
}
