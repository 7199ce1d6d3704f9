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

// loadResult is the part of a result about load, in milliseconds.
type loadResult struct {
	Login, Lag, Owed struct {
		P50 float64 `json:"p50_ms"`
		P99 float64 `json:"p99_ms"`
		Max float64 `json:"max_ms"`
	}
	Late int `json:"late"`
}

// loadFile writes a scenario with one stage for a cluster and returns its path.
// threshold applies to session.login; "": none.
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

// stopRepeatedly stops a process by SIGSTOP n times, after pauses.
func stopRepeatedly(ctx context.Context, pid, n int, pause, stopped time.Duration) error {
	defer syscall.Kill(pid, syscall.SIGCONT)
	for range n {
		if err := sleep(ctx, pause); err != nil {
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

// proveStalledServer stops a coordinator for two seconds under a steady load. The
// login times of the sessions that were due meanwhile count from when they were due.
// The lag is not attributed to the generator, and the file's threshold decides.
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
	few := []string{"run", "--concurrency", "50"} // so that sessions wait for a free slot
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
	return evidence{numbers: fmt.Sprintf("a stall of 2 s: login p99 %.0f ms from when sessions were due, lag p99 %.0f ms, of which %.0f ms by the generator; exit 1 by p(99) < 1s, 0 by p(99) < 9s",
		r.Load.Login.P99, r.Load.Lag.P99, r.Load.Owed.P99)}, nil
}

// proveStoppedGenerator stops our own process four times: the measurement is not
// valid then, and load.lag says so.
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
		return evidence{}, fmt.Errorf("%d sessions were late, at most %.0f ms by the generator", r.Load.Late, r.Load.Owed.Max)
	}
	return evidence{numbers: fmt.Sprintf("our own process stopped 4 x 500 ms: %d of %d sessions late, up to %.0f ms by the generator; load.lag inconclusive; exit 3",
			r.Load.Late, r.Sessions.Attempted, r.Load.Owed.Max)},
		r.expectFinding("load.lag", "inconclusive")
}

// proveDescriptors limits our process to 64 file descriptors. It rejects a plan that
// needs more; if the limit is lowered during a run, that is not attributed to the
// service.
func (l *lab) proveDescriptors(ctx context.Context) (evidence, error) {
	const name = "load.descriptors"
	c, err := l.oneCoordinator()
	if err != nil {
		return evidence{}, err
	}
	few := []string{"prlimit", "--nofile=64:64"}
	if err := l.checkRejected(ctx, toolRun{name: name, prefix: few, args: []string{"capacity", "--hold", "200", "--for", "1s", c.addresses()[0]}},
		"descriptors", "248", "64"); err != nil {
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
	return evidence{numbers: fmt.Sprintf("64 descriptors: exit 2, 248 needed; lowered during a run: %s after %d good sessions, none failed, exit 3", r.Stopped.Class, r.Sessions.OK)},
		r.expectFinding("load.lag", "inconclusive", "tcp.local-nofile")
}

// expectLocalStop checks that a run was stopped by an error class of this machine and
// that no session failed.
func (r toolResult) expectLocalStop(class string) error {
	if r.Stopped.By != "generator" || r.Stopped.Class != class || r.Sessions.Failed != 0 || len(r.Errors) != 0 {
		return fmt.Errorf("stopped by %+v, want the generator's %s; %d sessions failed, errors %+v", r.Stopped, class, r.Sessions.Failed, r.Errors)
	}
	return nil
}

// provePorts uses a namespace with 100 local ports. A plan that needs more is
// rejected; if another process has used most of them, that is not attributed to the
// service.
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
	hold := func(sessions, duration string) []string {
		return []string{"capacity", "--hold", sessions, "--for", duration, "--threads", "1000", c.addresses()[0]}
	}
	if err := l.checkRejected(ctx, toolRun{name: name, prefix: n.execPrefix(), args: hold("200", "1s")}, "ports", "100"); err != nil {
		return evidence{}, err
	}
	othersCtx, cancel := context.WithCancel(ctx)
	others := make(chan error, 1)
	go func() {
		_, err := l.runTool(othersCtx, toolRun{name: name + ".others", prefix: n.execPrefix(), args: hold("60", "1m")})
		others <- err
	}()
	defer func() { cancel(); <-others }()
	if err := poll(ctx, 100*time.Millisecond, func() (bool, error) {
		out, err := n.run(ctx, "ss", "-Htn", "state", "established", "dport", "=", ":"+strconv.Itoa(oneCoordinatorPort))
		return bytes.Count(out, []byte("\n")) >= 60, err
	}); err != nil {
		return evidence{}, err
	}
	r, err := l.check(ctx, toolRun{name: name + ".taken", prefix: n.execPrefix(), args: hold("60", "1s"), want: expectation{exit: 3}})
	if err != nil {
		return evidence{}, err
	}
	if err := r.expectLocalStop("tcp.local-ports"); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("100 local ports: a plan for 200 is rejected, exit 2; with 60 used by another process %s after %d sessions, none failed, exit 3", r.Stopped.Class, r.Capacity.Held)},
		r.expectFinding("load.lag", "inconclusive", "tcp.local-ports")
}

// proveKilled ends our process by SIGKILL during a run: the observations file must
// have complete and recent lines.
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
	lines, last := -1, observation{} // the first line is the header
	complete := b[:bytes.LastIndexByte(b, '\n')+1]
	for line := range strings.Lines(string(complete)) {
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			return evidence{}, fmt.Errorf("line %d: %w", lines+2, err)
		}
		lines++
	}
	if a.code != -1 || len(complete) != len(b) || time.Duration(last.Start*1e6) < after-1500*time.Millisecond {
		return evidence{}, fmt.Errorf("exit %d; %d complete lines, then %d bytes; the last session started at %.0f ms", a.code, lines, len(b)-len(complete), last.Start)
	}
	return evidence{numbers: fmt.Sprintf("killed after %s: %d observations on disk in complete lines, the last one of a session at %.1f s", after, lines, last.Start/1000)}, nil
}
