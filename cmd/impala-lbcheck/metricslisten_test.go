package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

func TestMetricsListen_ServesTheRunSoFar(t *testing.T) {
	t.Parallel()
	c := cluster(t, simcluster.Config{}, "slow=20ms")
	signals, ended := make(chan os.Signal, 1), make(chan int, 1)
	out, in := io.Pipe()
	go func() {
		args := []string{"smoke", c.Nodes()[0].String(), "--sessions", "100000", "--burst", "0", "--metrics-listen", "127.0.0.1:0"}
		ended <- mainCode(args, env{out: io.Discard, err: in, signals: signals})
		in.Close()
	}()
	var address string
	lines := bufio.NewScanner(out)
	for address == "" && lines.Scan() {
		address, _ = strings.CutPrefix(lines.Text(), "metrics: ")
		if !strings.HasPrefix(address, "http://127.0.0.1:") {
			address = ""
		}
	}
	go io.Copy(io.Discard, out)
	body := scrapeUntil(t, address, `phase="open"`) // from the first session that ended on
	for _, want := range []string{"impala_lbcheck_run_complete{", `scenario="smoke",verdict="inconclusive"} 1`, "impala_lbcheck_phase_duration_seconds_bucket{"} {
		if !strings.Contains(body, want) {
			t.Errorf("there is no %s in\n%s", want, body)
		}
	}
	if phases := nativePhases(t, address); !slices.Contains(phases, "open") {
		t.Errorf("over protobuf there are native histograms of %q", phases)
	}
	refusesOtherHosts(t, address)
	signals <- syscall.SIGINT
	if code := <-ended; code != exitSIGINT {
		t.Errorf("exit %d", code)
	}
	if _, err := http.Get(address); err == nil {
		t.Error("it is still served")
	}
}
