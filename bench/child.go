//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// impylaScript has sessions through impyla, in threads.
//
//go:embed impyla.py
var impylaScript string

// sample is one client's turn in one round of a cell, with what the servers took
// meanwhile.
type sample struct {
	Client string        `json:"client"`
	Round  int           `json:"round"`
	Turn   turn          `json:"turn"`
	Sim    time.Duration `json:"sim_cpu_ns"`     // of the simulated cluster
	Proxy  time.Duration `json:"haproxy_cpu_ns"` // 0: not on the way
}

// argv is the command line of a child.
func (l *lab) argv(mode, client, path string, tls bool, more ...string) []string {
	argv := append([]string{l.self, mode, "--client", client, "--addrs", strings.Join(l.addrs(path, tls), ",")}, more...)
	if tls {
		argv = append(argv, "--ca", l.ca())
	}
	return argv
}

// take lets a client have its turn.
func (l *lab) take(ctx context.Context, p plan, c cell, client string, round int) (sample, error) {
	s := sample{Client: client, Round: round}
	var err error
	switch client {
	case shell:
		s.Turn, err = l.shellLoop(ctx, c, p.shells)
	case impyla:
		argv := []string{l.python[impyla] + "/python", "-c", impylaScript, strings.Join(l.addrs(c.Path, c.TLS), ","), strconv.Itoa(c.C), fmt.Sprint(p.window.Seconds())}
		err = l.child(ctx, c, argv, &s)
	default:
		argv := l.argv("load", client, c.Path, c.TLS, "--c", strconv.Itoa(c.C), "--window", p.window.String())
		err = l.child(ctx, c, argv, &s)
	}
	if err != nil {
		return s, fmt.Errorf("%s, %s: %w", c.name(), client, err)
	}
	return s, nil
}

// child runs a child to its end and reads what it says.
func (l *lab) child(ctx context.Context, c cell, argv []string, s *sample) error {
	var sim, proxy time.Duration
	done := false
	err := listen(ctx, argv, func(line said) error {
		now, err := cpuOf(l.sims[c.TLS].cmd.Process.Pid)
		if err != nil {
			return err
		}
		busy, err := cpuOf(l.proxy.cmd.Process.Pid)
		switch line.Event {
		case "begin":
			sim, proxy = now, busy
		case "end":
			s.Sim, s.Proxy = now-sim, busy-proxy
		case "turn":
			s.Turn, done = *line.Turn, true
		}
		return err
	})
	if err == nil && !done {
		err = errors.New("it did not say what it did")
	}
	return err
}

// listen runs a command and gives each line that it prints to heard.
func listen(ctx context.Context, argv []string, heard func(said) error) error {
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
		var line said
		if err = json.Unmarshal(lines.Bytes(), &line); err == nil {
			err = heard(line)
		}
	}
	if ended := cmd.Wait(); ended != nil {
		text := stderr.String()
		err = errors.Join(err, fmt.Errorf("%w: %s", ended, text[max(0, len(text)-400):]))
	}
	return err
}

// shellLoop is the usual recipe: a loop of impala-shell in bash, one call after
// the other. Its processor time is that of bash and of all that it waited for.
func (l *lab) shellLoop(ctx context.Context, c cell, calls int) (turn, error) {
	const loop = `for i in $(seq "$1"); do "$2" --protocol=hs2 -i "$3" -B --quiet -q 'SELECT pid()' || exit 1; done`
	cmd := exec.CommandContext(ctx, "bash", "-c", loop, "bash", strconv.Itoa(calls), l.python[shell]+"/impala-shell", l.addrs(c.Path, c.TLS)[0])
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

// keep lets a client hold sessions.
func (l *lab) keep(ctx context.Context, h hold) (held, error) {
	argv := l.argv("hold", h.Client, direct, h.TLS, "--n", strconv.Itoa(h.N))
	if h.Parked {
		argv = append(argv, "--parked")
	}
	var got held
	err := listen(ctx, argv, func(line said) error {
		if line.Held != nil {
			got = *line.Held
		}
		return nil
	})
	if err == nil && got.Sessions == 0 {
		err = errors.New("it did not say what it held")
	}
	if err != nil {
		return got, fmt.Errorf("%s: %w", h.name(), err)
	}
	return got, nil
}
