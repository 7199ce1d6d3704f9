//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Where there is no room for files in the middle of a run, or of a report, the run goes on, the
// report on stdout is whole, and no file is left half: observations have complete lines.
func TestRoom_EndsInTheMiddleOfAFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	// The limit is 4 or 8 KiB: shells count blocks of two sizes.
	cmd := exec.Command("sh", "-c", `ulimit -f 8; exec "$0" "$@"`, "impala-lbcheck", "demo", "--quiet", "--sessions", "40", "--timeout", "20s",
		"--observations", at("o.jsonl"), "--out", at("r.json"), "--out", at("r.html"))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	code := codeOf(cmd.Run())
	if code != exitInternal || !strings.HasPrefix(lastLine(stdout.String()), "PASS") {
		t.Errorf("exit %d\n%s%s", code, stdout.String(), stderr.String())
	}
	for _, name := range []string{"o.jsonl", "r.json", "r.html"} {
		if words := at(name) + ": file too large"; !strings.Contains(stderr.String(), words) {
			t.Errorf("nothing says %q:\n%s", words, stderr.String())
		}
	}
	b, err := os.ReadFile(at("o.jsonl"))
	if err != nil || len(b) == 0 {
		t.Errorf("%d bytes of observations, %v", len(b), err)
	}
	for line := range bytes.Lines(b) {
		if !json.Valid(line) || !bytes.HasSuffix(line, []byte("\n")) {
			t.Errorf("a line is not whole: %q", line)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%d files are left, want the observations alone", len(left))
	}
}
