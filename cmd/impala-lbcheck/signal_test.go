package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// onLine sends a signal once, when a line that begins so is written to it.
type onLine struct {
	mu      sync.Mutex
	begins  string
	signals chan<- os.Signal
	sig     os.Signal
	text    bytes.Buffer
}

func (l *onLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sig != nil && strings.HasPrefix(string(p), l.begins) {
		l.signals <- l.sig
		l.sig = nil
	}
	return l.text.Write(p)
}

func TestSignal_ClosesSessionsAndKeepsTheResult(t *testing.T) {
	t.Parallel()
	for sig, want := range map[syscall.Signal]int{syscall.SIGINT: exitSIGINT, syscall.SIGTERM: exitSIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "r.json")
			signals := make(chan os.Signal, 1)
			stderr := &onLine{begins: "look:", signals: signals, sig: sig}
			var stdout bytes.Buffer
			code := mainCode(
				[]string{"demo", "--sessions", "10000", "--rate", "40/s", "--out", out, "--timeout", "20s"},
				env{out: &stdout, err: stderr, signals: signals})
			if code != want {
				t.Errorf("exit %d, want %d\n%s%s", code, want, stdout.String(), stderr.text.String())
			}
			r, err := readResult(t.Context(), out)
			if err != nil {
				t.Fatal(err)
			}
			if r.Complete || r.Exit != want || r.Sessions.LeftOpen > len(r.Nodes) { // one in flight per node may be cut off while it opens
				t.Errorf("complete %v, exit %d, %d left open", r.Complete, r.Exit, r.Sessions.LeftOpen)
			}
			if last := lastLine(stdout.String()); !strings.HasPrefix(last, "INCONCLUSIVE: ") || !strings.Contains(last, "interrupted") {
				t.Errorf("last line: %s", last)
			}
		})
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return lines[len(lines)-1]
}

func TestWrite_FailedReportIsNoPass(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	_, stderr, code := call(t, "demo", "--quiet", "--timeout", "20s", "--out", "json=/dev/full")
	if code != exitInternal || !strings.Contains(stderr, "report not written") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	_, stderr, code = call(t, "demo", "--quiet", "--timeout", "20s", "--fault", "dead@2", "--out", "json=/dev/full")
	if code != exitFail {
		t.Errorf("a failed verdict with a report that was not written: exit %d, want %d: %s", code, exitFail, stderr)
	}
}

func TestWrite_ClosedReaderIsNoFault(t *testing.T) {
	t.Parallel()
	code := mainCode([]string{"demo", "--quiet", "--timeout", "20s"}, env{
		out: closedPipe{}, err: &bytes.Buffer{},
	})
	if code != exitPass {
		t.Errorf("exit %d", code)
	}
}

func TestWrite_FailedAnswerIsNoUsageError(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"version"}, {"scenarios", "list"}, {"scenarios", "show", "smoke"}, {"size", "--sessions", "40"}, {"provision", "init"}, {"sim"},
		{"demo", "--quiet", "--timeout", "20s"}, {"report", "../../testdata/runs/pass.json"},
	} {
		for out, want := range map[io.Writer]int{closedPipe{}: exitPass, fullDisk{}: exitInternal} {
			var stderr bytes.Buffer
			signals := make(chan os.Signal, 1)
			if args[0] == "sim" {
				signals <- os.Interrupt
			}
			code := mainCode(args, env{out: out, err: &stderr, signals: signals})
			if code != want || want == exitInternal && !strings.Contains(stderr.String(), "no space left") {
				t.Errorf("%q to %T: exit %d, want %d: %s", args, out, code, want, stderr.String())
			}
		}
	}
}

// fullDisk is a stdout that takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// closedPipe is a stdout whose reader has left.
type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }
