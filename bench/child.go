//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// sample is a client's turn in a round of a cell, with the CPU time of the servers.
type sample struct {
	Client string        `json:"client"`
	Round  int           `json:"round"`
	Turn   turn          `json:"turn"`
	Sim    time.Duration `json:"sim_cpu_ns"`     // of the simulated cluster
	Proxy  time.Duration `json:"haproxy_cpu_ns"` // 0: not used
}

// childCommand returns the command line of a child process.
func (l *lab) childCommand(mode, client, path string, w way, flags ...string) []string {
	argv := append([]string{l.self, mode, "--client", client, "--addrs", strings.Join(l.addrs(path, w), ","), "--login", w.Login}, flags...)
	if w.HTTP {
		argv = append(argv, "--http")
	}
	if w.TLS {
		argv = append(argv, "--ca", l.ca(w.cluster()))
	}
	if w.Login == loginKerberos {
		argv = append(argv, "--krb5-conf", l.realm().conf, "--keytab", l.realm().keytab)
	}
	return argv
}

// measureTurn measures a client's turn.
func (l *lab) measureTurn(ctx context.Context, p plan, c cell, client string, round int) (sample, error) {
	s := sample{Client: client, Round: round}
	var argv []string
	var err error
	switch client {
	case clientShell:
		s.Turn, err = l.shellLoop(ctx, c, p.shellCalls)
	case clientImpyla:
		argv, err = l.impylaCommand(c.Path, c.way, impylaTask{Threads: c.C, Window: c.window.Seconds()})
	default:
		argv = l.childCommand("load", client, c.Path, c.way, "--c", strconv.Itoa(c.C), "--window", c.window.String())
	}
	if err == nil && argv != nil {
		err = l.measureChild(ctx, c, argv, &s)
	}
	if err != nil {
		return s, fmt.Errorf("%s, %s: %w", c.name(), client, err)
	}
	return s, nil
}

// measureChild runs a child process and reads its events.
func (l *lab) measureChild(ctx context.Context, c cell, argv []string, s *sample) error {
	var sim, proxy time.Duration
	done := false
	err := runChild(ctx, argv, func(line event) error {
		now, err := cpuOf(l.sims[c.cluster()].cmd.Process.Pid)
		if err != nil {
			return err
		}
		proxyNow, err := cpuOf(l.haproxyServer.cmd.Process.Pid)
		switch line.Event {
		case "begin":
			sim, proxy = now, proxyNow
		case "end":
			s.Sim, s.Proxy = now-sim, proxyNow-proxy
		case "turn":
			s.Turn, done = *line.Turn, true
		}
		return err
	})
	if err == nil && !done {
		err = errors.New("the child process printed no turn")
	}
	return err
}

// runChild runs a child process and calls handle with each event that it prints.
func runChild(ctx context.Context, argv []string, handle func(event) error) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	for lines := bufio.NewScanner(out); lines.Scan() && err == nil; {
		var line event
		if err = json.Unmarshal(lines.Bytes(), &line); err == nil {
			err = handle(line)
		}
	}
	if waitErr := cmd.Wait(); waitErr != nil {
		text := stderr.String()
		err = errors.Join(err, fmt.Errorf("%w: %s", waitErr, text[max(0, len(text)-400):]))
	}
	return err
}

// shellLoop runs impala-shell in a bash loop. Its CPU time is that of bash and its
// children.
func (l *lab) shellLoop(ctx context.Context, c cell, calls int) (turn, error) {
	const loop = `for i in $(seq "$1"); do "$2" --protocol=hs2 -i "$3" -B --quiet -q 'SELECT pid()' || exit 1; done`
	cmd := exec.CommandContext(ctx, "bash", "-c", loop, "bash", strconv.Itoa(calls), l.python[clientShell]+"/impala-shell", l.addrs(c.Path, c.way)[0])
	start := time.Now()
	b, err := cmd.CombinedOutput()
	if err != nil {
		return turn{}, fmt.Errorf("%w: %s", err, b[max(0, len(b)-400):])
	}
	t := turn{Sessions: calls, Wall: time.Since(start), User: cmd.ProcessState.UserTime(), System: cmd.ProcessState.SystemTime()}
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		t.PeakKB = u.Maxrss
	}
	return t, nil
}

// measureHold measures a client that holds sessions.
func (l *lab) measureHold(ctx context.Context, h hold) (holdResult, error) {
	argv, err := l.holdCommand(h)
	if err != nil {
		return holdResult{}, err
	}
	var got holdResult
	err = runChild(ctx, argv, func(line event) error {
		if line.Held != nil {
			got = *line.Held
		}
		return nil
	})
	if err == nil && got.Sessions == 0 {
		err = errors.New("the child process printed no held sessions")
	}
	if err != nil {
		return got, fmt.Errorf("%s: %w", h.name(), err)
	}
	return got, nil
}

// holdCommand returns the command line of a client that holds sessions.
func (l *lab) holdCommand(h hold) ([]string, error) {
	if h.Client == clientImpyla {
		return l.impylaCommand(pathDirect, h.way, impylaTask{Hold: h.N})
	}
	argv := l.childCommand("hold", h.Client, pathDirect, h.way, "--n", strconv.Itoa(h.N))
	if h.Parked {
		argv = append(argv, "--parked")
	}
	return argv, nil
}
