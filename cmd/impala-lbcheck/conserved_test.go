package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever reads a result refuses one of which the counts do not add up, before anything is
// sent: exit 2, and one line with the two numbers.
func TestResult_CountsThatDoNotAddUpAreRefused(t *testing.T) {
	t.Parallel()
	stored, err := os.ReadFile("../../testdata/runs/pass.json")
	if err != nil {
		t.Fatal(err)
	}
	forged := strings.Replace(string(stored), `"attempted": 56`, `"attempted": 57`, 1)
	if forged == string(stored) {
		t.Fatal("it has no 56 attempts")
	}
	good, bad := filepath.Join(t.TempDir(), "good.json"), filepath.Join(t.TempDir(), "bad.json")
	for name, content := range map[string]string{good: string(stored), bad: forged} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, args := range map[string][]string{
		"report":           {"report", bad},
		"compare, old":     {"compare", bad, good},
		"compare, new":     {"compare", good, bad},
		"merge":            {"merge", bad},
		"reconcile":        {"reconcile", bad, "../../testdata/script/reconcile.txtar"},
		"a baseline":       {"demo", "--quiet", "--baseline", bad, "--max-regression", "session: error_rate +1%"},
		"report --judge":   {"report", bad, "--judge", "smoke"},
		"--out of another": {"report", bad, "--out", filepath.Join(t.TempDir(), "again.json")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, code := call(t, args...)
			const want = "bad.json: result: sessions: 57 attempted, but 56 ok, 0 failed and 0 unknown\n"
			if code != exitUsage || stdout != "" || !strings.HasSuffix(stderr, want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d\nstdout: %s\nstderr: %s", code, stdout, stderr)
			}
		})
	}
}
