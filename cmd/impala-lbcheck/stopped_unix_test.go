//go:build unix

package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// Who stops the program for longer than a session may take (Ctrl-Z, a virtual machine that
// moves) has not found a fault of the service.
func TestStopped_IsNoFaultOfTheService(t *testing.T) {
	t.Parallel()
	const timeout = "3s" // a busy machine may stand still, too
	for name, args := range map[string][]string{
		"smoke":    {"--sessions", "40", "--burst", "0", "--rate", "20/s"},
		"watch":    {"--watch-for", "8s", "--long", "1", "--rate", "20/s"},
		"capacity": {"--hold", "20", "--for", "1s", "--rate", "10/s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := cluster(t, simcluster.Config{}, "slow=300ms")
			out := filepath.Join(t.TempDir(), "r.json")
			cmd := exec.Command("impala-lbcheck", append([]string{name, c.Nodes()[0].String(), "--timeout", timeout, "--quiet", "--out", out}, args...)...)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for c.Stats().SessionsOpened < 3 {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(100 * time.Millisecond) // another session is being opened
			for _, sig := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT} {
				if err := cmd.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
				if sig == syscall.SIGSTOP {
					time.Sleep(4500 * time.Millisecond)
				}
			}
			code := codeOf(cmd.Wait())
			r, err := readResult(t.Context(), out)
			if err != nil {
				t.Fatalf("%v: %s", err, stderr.String())
			}
			if r.Sessions.Failed > 0 || code == exitFail {
				t.Errorf("exit %d, %d of %d failed: %s", code, r.Sessions.Failed, r.Sessions.Attempted, r.Summary)
			}
		})
	}
}
