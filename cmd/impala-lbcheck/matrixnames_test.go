package main

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// nameServer is the variable with the address of the name server that withNameServer
// asks.
const nameServer = "TEST_NAME_SERVER"

// withNameServer is main, with another name server than this machine's.
func withNameServer() {
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", os.Getenv(nameServer))
	}}
	checkedMain()
}

// serveNames answers every question with a code and no record; a negative code is no
// answer. It returns its address and how many questions came.
func serveNames(t *testing.T, code int) (addr string, asked *atomic.Int64) {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked = new(atomic.Int64)
	var served sync.WaitGroup
	served.Go(func() {
		b := make([]byte, 1<<10)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			asked.Add(1)
			if code < 0 || n < 12 {
				continue
			}
			end := 12 // of the question: a name as parts with their lengths, a type and a class
			for end < n && b[end] != 0 {
				end += int(b[end]) + 1
			}
			end = min(n, end+5)
			b[2], b[3] = 0x81, 0x80|byte(code) // an answer, recursion was available
			copy(b[6:12], make([]byte, 6))     // no record of any sort
			_, _ = c.WriteTo(b[:end], from)
		}
	})
	t.Cleanup(func() {
		_ = c.Close()
		served.Wait()
	})
	return c.LocalAddr().String(), asked
}

// A name that cannot be resolved is told once, and not once a session.
func TestMatrix_Names(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		code    int
		timeout string
		class   string
	}{
		"NXDOMAIN":    {3, "20s", "(resolve.not-found)"},
		"SERVFAIL":    {2, "20s", "(resolve.error)"},
		"no address":  {0, "20s", "(resolve.not-found)"},
		"no answer":   {-1, "2s", "(resolve.timeout)"},
		"not allowed": {5, "20s", "(resolve.error)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, asked := serveNames(t, tc.code)
			out := filepath.Join(t.TempDir(), "r.json")
			cmd := exec.CommandContext(t.Context(), "impala-lbcheck-with-name-server", "smoke", "balancer.example.com.:21050", "--quiet", "--timeout", tc.timeout, "--out", out)
			cmd.Env = append(os.Environ(), nameServer+"="+addr)
			b, err := cmd.CombinedOutput()
			if e, ok := errors.AsType[*exec.ExitError](err); !ok || e.ExitCode() != exitUnmeasured {
				t.Errorf("%v, want exit %d", err, exitUnmeasured)
			}
			said := string(b)
			if n := strings.Count(said, "balancer.example.com"); !strings.Contains(said, tc.class) || n == 0 || n > 6 {
				t.Errorf("%d mentions of the name, want a few, and %s:\n%s", n, tc.class, said)
			}
			if n := asked.Load(); n == 0 || n > 40 {
				t.Errorf("%d questions were asked", n)
			}
			r, err := readResult(t.Context(), out)
			if err != nil || r.Complete || r.Exit != exitUnmeasured {
				t.Errorf("the result has complete %v, exit %d (%v)", r.Complete, r.Exit, err)
			}
		})
	}
}

// Two runs that write one file leave it whole, from one of them.
func TestMatrix_TwoRunsWithOneFile(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "r.json")
	var runs sync.WaitGroup
	for range 2 {
		runs.Go(func() {
			stdout, stderr, code := call(t, "demo", "smoke", "--quiet", "--coordinators", "2", "--nodes", "1", "--sessions", "20", "--rate", "0", "--timeout", "20s", "--out", out)
			if code != exitPass {
				t.Errorf("exit %d\n%s%s", code, stdout, stderr)
			}
		})
	}
	runs.Wait()
	r, err := readResult(t.Context(), out)
	if err != nil || !r.Complete {
		t.Errorf("complete %v, %v", r.Complete, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), "*")); len(left) != 1 {
		t.Errorf("files %v, want one", left)
	}
}
