package main

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// observed writes one observation and returns the file's lines as JSON objects.
func observed(t *testing.T, o scenarios.Observation) []map[string]any {
	t.Helper()
	name := filepath.Join(t.TempDir(), "o.jsonl")
	f, err := newObservationFile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	f.write(o)
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for line := range strings.Lines(string(b)) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		out = append(out, v)
	}
	return out
}

// full is an observation with something under every key.
func full() scenarios.Observation {
	o := scenarios.Observation{
		Seq: 7, Due: time.Second, Start: 1500 * time.Millisecond, Owed: time.Millisecond, End: 1750 * time.Millisecond,
		Began: time.Date(2026, 1, 2, 15, 4, 5, 123456789, time.UTC),
		Node:  netip.MustParseAddrPort("192.0.2.1:21050"), Local: netip.MustParseAddrPort("192.0.2.9:40000"),
		Who:     scenarios.Identity{Coordinator: "c:25000", PID: 1, Version: "v", Source: scenarios.SourcePing},
		Outcome: scenarios.OutcomeFailed, Text: "EOF", Refused: true, Cert: &scenarios.Cert{Fingerprint: "ab"},
		HTTP: scenarios.HTTPCounts{Requests: 8, Connections: 1},
	}
	if err := o.Class.UnmarshalText([]byte("open.eof")); err != nil {
		panic(err)
	}
	o.Phases[scenarios.PhaseTCP] = time.Millisecond
	return o
}

func TestObservations_HaveTimesByTheWallClock(t *testing.T) {
	t.Parallel()
	lines := observed(t, full())
	if len(lines) != 2 || lines[0]["schema"] != observationSchema || lines[0]["tool"] != version() {
		t.Fatalf("lines = %v", lines)
	}
	got := lines[1]
	if got["start_unix_us"] != 1767366245123456. || got["start_ms"] != 1500. || got["end_ms"] != 1750. {
		t.Errorf("start = %v us, %v ms; end = %v ms", got["start_unix_us"], got["start_ms"], got["end_ms"])
	}
}

// The page lists every key that is written, and no other.
func TestObservations_KeysAreDocumented(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../docs/results.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, found := strings.Cut(string(b), "\n## Observations\n")
	page, _, _ = strings.Cut(page, "\n## ")
	var documented []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(page, -1) {
		documented = append(documented, m[1])
	}
	var written []string
	for key := range observed(t, full())[1] {
		written = append(written, key)
	}
	slices.Sort(written)
	slices.Sort(documented)
	if !found || !slices.Equal(written, documented) {
		t.Errorf("docs/results.md has\n%q\nand written are\n%q", documented, written)
	}
}

// Two runs at once with one file would leave neither's lines whole.
func TestObservations_FileIsOfOneRun(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("files are locked on Unix alone")
	}
	name := filepath.Join(t.TempDir(), "o.jsonl")
	first, err := newObservationFile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	first.write(full())
	before, _ := os.ReadFile(name)
	_, stderr, code := call(t, "smoke", "127.0.0.1:1", "--timeout", "1s", "--quiet", "--observations", name)
	if code != exitUsage || !strings.Contains(stderr, "another process is writing it") {
		t.Errorf("exit %d, want %d: %s", code, exitUsage, stderr)
	}
	if after, _ := os.ReadFile(name); !slices.Equal(before, after) {
		t.Errorf("the file was\n%s\nand is\n%s", before, after)
	}
	if err := first.close(); err != nil {
		t.Fatal(err)
	}
	again, err := newObservationFile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.close(); err != nil {
		t.Error(err)
	}
	if b, _ := os.ReadFile(name); bytes.Count(b, []byte("\n")) != 1 {
		t.Errorf("the lines of the run before are still there:\n%s", b)
	}
}
