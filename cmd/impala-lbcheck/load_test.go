package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Stages of every kind, with limits by coordinator and by node, through real
// sockets: what was promised was kept, and every session was closed.
func TestRun_StagesFromAFile(t *testing.T) {
	t.Parallel()
	c := cluster(t, simcluster.Config{Coordinators: 3, Balance: simcluster.BalanceRoundRobin})
	dir := t.TempDir()
	file, out := filepath.Join(dir, "mine.yaml"), filepath.Join(dir, "r.json")
	nodes := c.Nodes()
	src := fmt.Sprintf(`
kind: stages
target: {endpoints: ["%s", "%s"]}
load:
  rate: 200/s
  concurrency: 40
  timeout: 20s
  stages:
  - {rate: 40/s, for: 500ms}
  - {rate: 120/s, ramp: 500ms}
  - {closed: 4, for: 200ms}
  - {hold: 20, for: 1100ms} # past the end of a second
thresholds:
  "session.open{coordinator=*}": [p(50) < 20s]
  "session{node=*}": [count > 10]
  session.login: [p(90) < 20s]
`, nodes[0], nodes[1])
	if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := call(t, "run", file, "--quiet", "--expect-coordinators", "3", "--out", out)
	r, err := readResult(t.Context(), out)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	if code != exitPass && code != exitInconclusive { // a busy machine may start a session late, which is said and not passed
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	if r.Load == nil || r.Series == nil || len(r.Tags) != 3 {
		t.Fatalf("load %v, series %v, tags %d", r.Load, r.Series, len(r.Tags))
	}
	// A busy machine may find no slot for a session in time: it is dropped, and counted.
	if r.Sessions.Failed != 0 || r.Sessions.LeftOpen != 0 || r.Sessions.OK+r.Load.Dropped < 20+40+4+20 {
		t.Errorf("sessions = %+v, %d dropped", r.Sessions, r.Load.Dropped)
	}
	started, held := 0, 0
	for _, p := range r.Series.Points {
		started += p.Started
		held = max(held, p.Held)
	}
	if started != r.Sessions.Attempted || held > 20 || held+r.Load.Dropped < 20 {
		t.Errorf("the series has %d sessions of %d, and %d held at the most", started, r.Sessions.Attempted, held)
	}
	if s := c.Stats(); s.SessionsOpened != s.SessionsClosed {
		t.Errorf("%d sessions opened and %d closed", s.SessionsOpened, s.SessionsClosed)
	}
}

// Coordinators that are nearly full, by their own pages, are spared unless the
// run was confirmed; on loopback nobody is asked.
func TestPages_AreReadFromDeclaredCoordinators(t *testing.T) {
	t.Parallel()
	c := cluster(t, simcluster.Config{Coordinators: 2, Nodes: 1, Web: true, Background: []int{10, 30}})
	out := filepath.Join(t.TempDir(), "r.json")
	names := c.Names()
	stdout, stderr, code := call(t, "capacity", c.Nodes()[0].String(), "--quiet", "--hold", "4", "--for", "0s", "--out", out,
		"--expect-coordinators", names[0]+","+names[1], "--web-port", fmt.Sprint(c.Pages()[0].Port()))
	r, err := readResult(t.Context(), out)
	if err != nil || code != exitPass {
		t.Fatalf("exit %d, %v\n%s%s", code, err, stdout, stderr)
	}
	if len(r.Pages) != 6 || r.Capacity.From != scenarios.ThreadsPages || r.Capacity.Threads != 64 {
		t.Errorf("%d pages, %d threads from %s", len(r.Pages), r.Capacity.Threads, r.Capacity.From)
	}
	before := r.Pages[1]
	if before.When != scenarios.PageBefore || before.InUse == nil || *before.InUse != 30 || before.Healthy == nil || !*before.Healthy {
		t.Errorf("page = %+v", before)
	}
}
