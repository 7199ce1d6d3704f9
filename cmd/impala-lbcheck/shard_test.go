package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// shards runs a command as so many machines would, side by side, and returns their results
// as kubectl logs prints them, with the lines of a log between. Each waits for all others
// before its run begins: they overlap however slow the machine is at parsing flags.
func shards(t *testing.T, count int, args ...string) string {
	t.Helper()
	outs := make([]bytes.Buffer, count)
	var all, ready sync.WaitGroup
	ready.Add(count)
	for i := range count {
		all.Go(func() {
			isReady := sync.OnceFunc(ready.Done)
			defer isReady() // one that fails lets the others go on
			together := func(scenarios.Scenario, scenarios.Shard) error {
				isReady()
				ready.Wait()
				return nil
			}
			own := append([]string{}, args...)
			own = append(own, "--seed", "11", "--shards", fmt.Sprint(count), "--quiet", "--out", "json=-")
			var errs bytes.Buffer
			if code := mainCode(own, env{out: &outs[i], err: &errs, environ: []string{fmt.Sprint("JOB_COMPLETION_INDEX=", i)}, permitted: together}); code != 0 {
				t.Errorf("shard %d exits with %d: %s%s", i, code, outs[i].String(), errs.String())
			}
		})
	}
	all.Wait()
	var logs []string
	for i := range outs {
		logs = append(logs, outs[i].String())
	}
	return strings.Join(logs, "\nI0102 15:04:05 a line of a log\n")
}

// mergedLogs judges results that standard input holds.
func mergedLogs(t *testing.T, logs string) (r scenarios.Result, errs string, code int) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "logs")
	write(t, name, logs)
	in, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var stdout, stderr bytes.Buffer
	code = mainCode([]string{"merge", "-", "--out", "json=-"}, env{in: in, out: &stdout, err: &stderr})
	if stdout.Len() > 0 {
		if r, err = scenarios.DecodeResult(stdout.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	return r, stderr.String(), code
}

// Shards of a healthy cluster pass together, with the counts that the cluster has, and
// the fault that one run shows they show, too.
func TestShards_OneVerdict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args   []string
		faults []string
		exit   int
		fails  string
	}{
		"smoke":        {args: []string{"smoke"}},
		"smoke, dead":  {args: []string{"smoke"}, faults: []string{"dead@2"}, exit: 1, fails: scenarios.BalanceCoverage},
		"capacity":     {args: []string{"capacity", "--hold", "40", "--for", "6s", "--rate", "40/s"}},
		"query":        {args: []string{"query", "--sql", "SELECT 1", "--rate", "20/s", "--slowest", "1000"}},
		"watch":        {args: []string{"watch", "--watch-for", "4s", "--rate", "20/s"}},
		"handle-reuse": {args: []string{"handle-reuse", "--handles", "12", "--rate", "5/s"}, exit: 1, fails: scenarios.AffinityHandles},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := cluster(t, simcluster.Config{Coordinators: 4, Nodes: 2}, c.faults...)
			args := append([]string{}, c.args...)
			for _, n := range sim.Nodes() {
				args = append(args, n.String())
			}
			args = append(args, "--expect-coordinators", "4")
			r, _, code := mergedLogs(t, shards(t, 6, args...))
			if code != c.exit || len(r.Sources) != 6 || !r.Complete {
				t.Errorf("exit %d, %d sources, complete %t: %s", code, len(r.Sources), r.Complete, r.Summary)
			}
			for _, f := range r.Findings {
				if f.ID == c.fails && f.Status != scenarios.StatusFail {
					t.Errorf("%s: %s", f.ID, f.Status)
				}
			}
		})
	}
}

// A service with room for 4 takes 5 sessions of two shards: the last gets in when those of
// the other shard have left, and all 5 were never open together.
func TestShards_ThatGetEachOthersPlaces(t *testing.T) {
	t.Parallel()
	sim := cluster(t, simcluster.Config{Coordinators: 1, Nodes: 1}, "threads=4")
	r, _, code := mergedLogs(t, shards(t, 2, "capacity", sim.Nodes()[0].String(), "--hold", "5", "--for", "1s", "--rate", "40/s", "--timeout", "1m"))
	if code != scenarios.ExitInconclusive || r.Capacity.Held != 3 || r.Capacity.Target != 5 {
		t.Errorf("exit %d: %+v", code, *r.Capacity)
	}
	if !strings.Contains(r.Summary, "the holds of shards 1/2 and 2/2 (seed 11) were not at the same time; 3 of 5 sessions are known to have been open at the same time") {
		t.Error(r.Summary)
	}
}

// Without one of them nothing passes.
func TestShards_OneIsMissing(t *testing.T) {
	t.Parallel()
	sim := cluster(t, simcluster.Config{Coordinators: 3, Nodes: 1})
	logs := shards(t, 4, "smoke", sim.Nodes()[0].String(), "--expect-coordinators", "3")
	_, rest, _ := strings.Cut(logs, "\nI0102")
	r, _, code := mergedLogs(t, "I0102"+rest)
	if code != scenarios.ExitInconclusive || !strings.Contains(r.Summary, "there is no result of shard 1 of 4 (seed 11)") {
		t.Errorf("exit %d: %s", code, r.Summary)
	}
	if _, errs, code := mergedLogs(t, logs+"\n"+logs); code != exitUsage || !strings.Contains(errs, "give each run once") {
		t.Errorf("the same twice: exit %d, %s", code, errs)
	}
}

// Shards that start at a time begin their load at that time.
func TestShards_StartTogether(t *testing.T) {
	t.Parallel()
	sim := cluster(t, simcluster.Config{Coordinators: 3, Nodes: 1})
	at := time.Now().Add(3 * time.Second).Truncate(time.Second)
	lines := filepath.Join(t.TempDir(), "o.json")
	_, errs, code := call(t, "smoke", sim.Nodes()[0].String(), "--shard", "2/2", "--seed", "3", "--start-at", at.Format(time.RFC3339), "--observations", lines, "--sessions", "10", "--burst", "0")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	text, err := os.ReadFile(lines)
	if err != nil {
		t.Fatal(err)
	}
	ordered := 0
	for line := range strings.Lines(string(text)) {
		var o struct {
			Part  string
			Began int64 `json:"start_unix_us"`
		}
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		if o.Part != "ordered" {
			continue
		}
		if ordered++; o.Began < at.UnixMicro() {
			t.Errorf("a session began %d us before %s", at.UnixMicro()-o.Began, at)
		}
	}
	if ordered == 0 {
		t.Errorf("no session in order: %s", text)
	}
}

// What the documents say of limits and times of shards is what they are.
func TestShards_DocumentedLimits(t *testing.T) {
	t.Parallel()
	for name, says := range map[string][]string{
		"scale.md": {
			fmt.Sprintf("The scouts are before: %g s, and a turn for each shard", scoutLead.Seconds()),
			fmt.Sprintf("of which %d MiB are read", maxTogether>>20),
		},
		"merge.md": {
			fmt.Sprintf("at most %d %03d, of %d MiB each and %d MiB together", maxDocuments/1000, maxDocuments%1000, report.MaxResult>>20, maxTogether>>20),
		},
	} {
		text, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range says {
			if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
				t.Errorf("docs/%s does not say %q", name, want)
			}
		}
	}
}
