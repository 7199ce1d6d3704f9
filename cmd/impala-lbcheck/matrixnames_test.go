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

// matrixNames are faults of names and of their addresses.
var matrixNames = []matrixRow{
	{
		id: "F28", fault: "a name: NXDOMAIN, SERVFAIL, a silent server, no address", report: "resolve.not-found, resolve.error, resolve.timeout, resolve.no-address; once, not once a session", exit: "4", partial: "`complete: false`, the failure",
		shownBy: []string{"TestMatrix_Names", "TestResolver_Resolve", "TestSettle_WaitsForNames", "TestNoHang_Names"},
	},
	{
		id: "F29", fault: "one of several addresses of a name is dead or silent", report: "errors.rate, with the address; balance is judged on the others", exit: "1",
		shownBy: []string{"TestRun_NameWithADeadAddress", "haproxy.name.silent-1-of-3"},
	},
	{
		id: "F30", fault: "several addresses, all alive", report: "sessions are dealt over them and counted by each", exit: "0",
		shownBy: []string{"TestDemo_HealthyRuns", "TestDealer_EqualPartsWithoutTurns", "haproxy.nodes.even-zones"},
	},
	{
		id: "F31", fault: "IPv6: literals, one family alone, one family broken", report: "dialled as it is written; the family that fails is told", exit: "0, 1",
		shownBy: []string{"TestScout_OtherAddressFamilyGetsIn", "TestResolver_Resolve", "TestSplitEndpoint"},
	},
}

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
