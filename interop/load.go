//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// loadResult is what we read of how a load kept its promises, in milliseconds.
type loadResult struct {
	Login, Lag, Owed struct {
		P50 float64 `json:"p50_ms"`
		P99 float64 `json:"p99_ms"`
		Max float64 `json:"max_ms"`
	}
	Late int `json:"late"`
}

// loadFile writes a scenario with one stage against a cluster and returns its
// path. The threshold is one of session.login; "": none.
func (l *lab) loadFile(name string, c *cluster, stage, threshold string) (string, error) {
	text := fmt.Sprintf(`name: %s
kind: stages
target: {endpoints: [%q]}
load:
  concurrency: 200
  timeout: 10s
  stages: [{%s}]
expect:
  coordinators: {names: [%q]}
`, name, c.addresses()[0], stage, c.names()[0])
	if threshold != "" {
		text += fmt.Sprintf("thresholds:\n  session.login: [%q]\n", threshold)
	}
	path := l.file("run", name+".yaml")
	return path, os.WriteFile(path, []byte(text), 0o644)
}

// stopRepeatedly stops a process by SIGSTOP for so long, n times.
func stopRepeatedly(ctx context.Context, pid, n int, every, stopped time.Duration) error {
	defer syscall.Kill(pid, syscall.SIGCONT)
	for range n {
		if err := sleep(ctx, every); err != nil {
			return err
		}
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			return err
		}
		if err := sleep(ctx, stopped); err != nil {
			return err
		}
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			return err
		}
	}
	return nil
}

// proveStalledServer stops a coordinator for two seconds under a steady load.
// Those who were due then have waited, and their login counts from when they were
// due. The generator owes nothing of it, and what is too slow is for the file to say.
func (l *lab) proveStalledServer(ctx context.Context) (evidence, error) {
	const name = "load.stalled-server"
	c, err := l.oneCoordinator()
	if err != nil {
		return evidence{}, err
	}
	strict, err := l.loadFile(name, c, "rate: 100/s, for: 5s", "p(99) < 1s")
	if err != nil {
		return evidence{}, err
	}
	patient, err := l.loadFile(name+".patient", c, "rate: 100/s, for: 5s", "p(99) < 9s")
	if err != nil {
		return evidence{}, err
	}
	stall := func(ctx context.Context, _ int) error {
		return stopRepeatedly(ctx, c.proc.cmd.Process.Pid, 1, 1500*time.Millisecond, 2*time.Second)
	}
	few := []string{"run", "--concurrency", "50"} // so that those that are due wait for a place
	r, err := l.check(ctx, toolRun{name: name, args: append(few, strict), during: stall, want: expectation{exit: 1, failed: []string{"threshold.session.login: p(99) < 1s"}}})
	if err != nil {
		return evidence{}, err
	}
	if _, err := l.check(ctx, toolRun{name: name + ".patient", args: append(few, patient), during: stall}); err != nil {
		return evidence{}, err
	}
	if s := r.Load; s.Login.P99 < 1000 || s.Lag.P99 < 500 || s.Owed.P99 > 200 {
		return evidence{}, fmt.Errorf("after a stall of 2 s login p99 is %.0f ms, lag p99 %.0f ms, owed p99 %.0f ms", s.Login.P99, s.Lag.P99, s.Owed.P99)
	}
	return evidence{numbers: fmt.Sprintf("a stall of 2 s: login p99 %.0f ms from due time, lag p99 %.0f ms, of which the generator owes %.0f ms; exit 1 by p(99) < 1s, 0 by p(99) < 9s",
		r.Load.Login.P99, r.Load.Lag.P99, r.Load.Owed.P99)}, nil
}

// proveStoppedGenerator stops our own process four times: what it measured then
// is worth nothing, and it says so and why.
func (l *lab) proveStoppedGenerator(ctx context.Context) (evidence, error) {
	const name = "load.stopped-generator"
	c, err := l.oneCoordinator()
	if err != nil {
		return evidence{}, err
	}
	file, err := l.loadFile(name, c, "rate: 50/s, for: 5s", "p(99) < 5s")
	if err != nil {
		return evidence{}, err
	}
	r, err := l.check(ctx, toolRun{name: name, args: []string{"run", file}, want: expectation{exit: 3},
		during: func(ctx context.Context, pid int) error {
			return stopRepeatedly(ctx, pid, 4, 600*time.Millisecond, 500*time.Millisecond)
		}})
	if err != nil {
		return evidence{}, err
	}
	if r.Load.Late == 0 || r.Load.Owed.Max < 300 {
		return evidence{}, fmt.Errorf("%d sessions were late, the generator owes %.0f ms at the most", r.Load.Late, r.Load.Owed.Max)
	}
	return evidence{numbers: fmt.Sprintf("our own process stopped 4 x 500 ms: %d of %d sessions late, owed up to %.0f ms; load.lag inconclusive, it had no time; exit 3",
			r.Load.Late, r.Sessions.Attempted, r.Load.Owed.Max)},
		r.expectFinding("load.lag", "inconclusive", "the machine gave it no time")
}

// proveDescriptors gives our process 64 open files. It refuses a plan that needs
// more; where the limit falls in mid-run, that is never the service's failure.
func (l *lab) proveDescriptors(ctx context.Context) (evidence, error) {
	const name = "load.descriptors"
	c, err := l.oneCoordinator()
	if err != nil {
		return evidence{}, err
	}
	few := []string{"prlimit", "--nofile=64:64"}
	if err := l.checkRejected(ctx, toolRun{name: name, prefix: few, args: []string{"capacity", "--hold", "200", "--for", "1s", c.addresses()[0]}},
		"needs 248 descriptors", "has 64"); err != nil {
		return evidence{}, err
	}
	file, err := l.loadFile(name, c, "closed: 100, for: 4s", "")
	if err != nil {
		return evidence{}, err
	}
	r, err := l.check(ctx, toolRun{name: name + ".later", args: []string{"run", file}, want: expectation{exit: 3},
		during: func(ctx context.Context, pid int) error {
			if err := sleep(ctx, time.Second); err != nil {
				return err
			}
			_, err := runRequired(ctx, ipTimeout, nil, "prlimit", "--pid", strconv.Itoa(pid), "--nofile=64:64")
			return err
		}})
	if err != nil {
		return evidence{}, err
	}
	if err := r.expectLocalStop("tcp.local-nofile"); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("64 descriptors: exit 2, 248 needed; taken away in mid-run: %s after %d good sessions, none failed, exit 3", r.Stopped.Class, r.Sessions.OK)},
		r.expectFinding("load.lag", "inconclusive", "tcp.local-nofile")
}

// expectLocalStop checks that a run was stopped by that class, that the class is this
// machine's, and that no session counts as the service's failure.
func (r toolResult) expectLocalStop(class string) error {
	if r.Stopped.By != "generator" || r.Stopped.Class != class || r.Sessions.Failed != 0 || len(r.Errors) != 0 {
		return fmt.Errorf("stopped by %+v, where it is the generator's %s; %d sessions failed, errors %+v", r.Stopped, class, r.Sessions.Failed, r.Errors)
	}
	return nil
}

// provePorts works with a hundred local ports. A plan that needs more is refused;
// where others have taken most of them, that is not the service's failure.
func (l *lab) provePorts(ctx context.Context) (evidence, error) {
	const name = "load.ports"
	n, err := l.newNamespace(ctx, name)
	if err != nil {
		return evidence{}, err
	}
	defer n.delete()
	if _, err := n.run(ctx, "sh", "-c", "echo 40000 40099 > /proc/sys/net/ipv4/ip_local_port_range"); err != nil {
		return evidence{}, err
	}
	c, err := l.startSimWithPrefix(ctx, n.execPrefix(), name, oneCoordinatorPort, 2, "--direct", "--coordinators", "1", "--fault", "threads=1000")
	if err != nil {
		return evidence{}, err
	}
	defer c.proc.stop()
	hold := func(sessions, span string) []string {
		return []string{"capacity", "--hold", sessions, "--for", span, "--threads", "1000", c.addresses()[0]}
	}
	if err := l.checkRejected(ctx, toolRun{name: name, prefix: n.execPrefix(), args: hold("200", "1s")}, "ports", "has 100"); err != nil {
		return evidence{}, err
	}
	taken, cancel := context.WithCancel(ctx)
	others := make(chan error, 1)
	go func() {
		_, err := l.runTool(taken, toolRun{name: name + ".others", prefix: n.execPrefix(), args: hold("60", "1m")})
		others <- err
	}()
	defer func() { cancel(); <-others }()
	for {
		out, err := n.run(ctx, "ss", "-Htn", "state", "established", "dport", "=", ":"+strconv.Itoa(oneCoordinatorPort))
		if err != nil {
			return evidence{}, err
		}
		if bytes.Count(out, []byte("\n")) >= 60 {
			break
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return evidence{}, err
		}
	}
	r, err := l.check(ctx, toolRun{name: name + ".taken", prefix: n.execPrefix(), args: hold("60", "1s"), want: expectation{exit: 3}})
	if err != nil {
		return evidence{}, err
	}
	if err := r.expectLocalStop("tcp.local-ports"); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("100 local ports: a plan for 200 is refused, exit 2; with 60 taken by others %s after %d sessions, none failed, exit 3", r.Stopped.Class, r.Capacity.Held)},
		r.expectFinding("load.lag", "inconclusive", "tcp.local-ports")
}

// proveKilled ends our process by SIGKILL in mid-run. It can write nothing more;
// what its observations file has by then must be whole lines, and recent ones.
func (l *lab) proveKilled(ctx context.Context) (evidence, error) {
	const name = "load.killed"
	c, err := l.oneCoordinator()
	if err != nil {
		return evidence{}, err
	}
	file, err := l.loadFile(name, c, "rate: 200/s, for: 30s", "")
	if err != nil {
		return evidence{}, err
	}
	const after = 4 * time.Second
	observed := l.file("run", name+".jsonl")
	a, err := l.runTool(ctx, toolRun{name: name, args: []string{"run", "--observations", observed, file},
		during: func(ctx context.Context, pid int) error {
			if err := sleep(ctx, after); err != nil {
				return err
			}
			return syscall.Kill(pid, syscall.SIGKILL)
		}})
	if err != nil {
		return evidence{}, err
	}
	b, err := os.ReadFile(observed)
	if err != nil {
		return evidence{}, err
	}
	lines, last := 0, observation{}
	whole := b[:bytes.LastIndexByte(b, '\n')+1]
	for line := range strings.Lines(string(whole)) {
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			return evidence{}, fmt.Errorf("line %d: %w", lines+1, err)
		}
		lines++
	}
	if a.code != -1 || len(whole) != len(b) || time.Duration(last.Start*1e6) < after-1500*time.Millisecond {
		return evidence{}, fmt.Errorf("exit %d; %d whole lines, then %d bytes; the last session started at %.0f ms", a.code, lines, len(b)-len(whole), last.Start)
	}
	return evidence{numbers: fmt.Sprintf("killed after %s: %d observations on disk, each a whole line, the last of a session at %.1f s", after, lines, last.Start/1000)}, nil
}
