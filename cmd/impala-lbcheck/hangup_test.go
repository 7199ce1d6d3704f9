//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// However a run is told to end, nothing stays open on the cluster, by the
// cluster's own count, and what was measured is written. Signals that come twice,
// as from a shell that ends and from timeout(1), are no reason to hurry.
func TestSignal_LeavesNothingOpenOnTheCluster(t *testing.T) {
	t.Parallel()
	held := []string{"capacity", "--hold", "40", "--for", "10m", "--confirm", "127.0.0.2"}
	opening := []string{"smoke", "--sessions", "100000", "--burst", "0"}
	for name, c := range map[string]struct {
		args    []string
		begins  string // the line at which the signal comes
		signals []syscall.Signal
		want    int
	}{
		"SIGHUP, of a dropped connection":   {held, "held: 40", []syscall.Signal{syscall.SIGHUP}, exitSIGHUP},
		"SIGHUP, of system and shell":       {held, "held: 40", []syscall.Signal{syscall.SIGHUP, syscall.SIGHUP}, exitSIGHUP},
		"SIGTERM, of timeout(1)":            {held, "held: 40", []syscall.Signal{syscall.SIGTERM, syscall.SIGTERM}, exitSIGTERM},
		"SIGINT, then SIGTERM":              {held, "held: 40", []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}, exitSIGINT},
		"SIGQUIT":                           {held, "held: 40", []syscall.Signal{syscall.SIGQUIT}, exitSIGQUIT},
		"SIGHUP, while sessions are opened": {opening, "look:", []syscall.Signal{syscall.SIGHUP}, exitSIGHUP},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster := cluster(t, simcluster.Config{}, "slow=100ms")
			out := filepath.Join(t.TempDir(), "r.json")
			args := append(slices.Clone(c.args), cluster.Nodes()[0].String(), "--timeout", "20s", "--out", out)
			cmd := exec.Command("impala-lbcheck", args...)
			stderr := runWithSignals(t, cmd, c.begins, c.signals...)
			r, err := readResult(t.Context(), out)
			if err != nil || r.Complete || r.Exit != c.want || r.Sessions.LeftOpen > 0 {
				t.Errorf("%v; complete %v, exit %d, %d left open", err, r.Complete, r.Exit, r.Sessions.LeftOpen)
			}
			if cmd.ProcessState.ExitCode() != c.want {
				t.Errorf("exit %d, want %d\n%s", cmd.ProcessState.ExitCode(), c.want, stderr)
			}
			if err := cluster.Close(); err != nil {
				t.Fatal(err)
			}
			if s := cluster.Stats(); s.SessionsOpened == 0 || s.SessionsOpened != s.SessionsClosed {
				t.Errorf("%d sessions opened, %d closed", s.SessionsOpened, s.SessionsClosed)
			}
			if dumped := strings.Contains(stderr, "goroutine 1 ["); dumped != (c.want == exitSIGQUIT) {
				t.Errorf("goroutines on stderr: %v\n%s", dumped, stderr)
			}
		})
	}
}

// runWithSignals runs cmd, sends it signals once a line of its stderr begins with
// begins, and returns what it wrote there.
func runWithSignals(t *testing.T, cmd *exec.Cmd, begins string, signals ...syscall.Signal) string {
	t.Helper()
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dead := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer dead.Stop()
	var all bytes.Buffer
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		if len(signals) > 0 && strings.HasPrefix(lines.Text(), begins) {
			if err := cmd.Process.Signal(signals[0]); err != nil {
				t.Error(err)
			}
			signals, begins = signals[1:], "impala-lbcheck: closing"
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return all.String()
}
