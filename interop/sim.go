//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"time"
)

// Ports of the simulated clusters. Every fixed port of interop is below 32768, the
// start of Linux's range of ports for clients.
const (
	plainPort = 21150 + 10*iota
	securePort
	hungPort
	clientPort     // three clusters, two ports each
	fewThreadsPort // three clusters, two ports each, as are those below
	manyThreadsPort
	failoverPort // four clusters
	oneCoordinatorPort
	largePort
	mortalPort // four clusters that a proof starts and stops
	pagesPort  // of web pages: each coordinator has its own address
)

// coordinators is the number of coordinators behind HAProxy and nginx.
const coordinators = 4

// simListener is a line printed by "impala-lbcheck sim": a listener.
type simListener struct {
	Listener     string           `json:"listener"` // hs2, beeswax
	Address      string           `json:"address"`
	Node         int              `json:"node"`        // 0: the listener of a coordinator
	Coordinator  string           `json:"coordinator"` // "": a listener of the balancer
	Coordinators []string         `json:"coordinators"`
	PIDs         map[string][]int `json:"pids"`
	Pages        []string         `json:"pages"` // addresses of the coordinators' web pages
}

// cluster is a running "impala-lbcheck sim".
type cluster struct {
	lines []simListener
	ca    string // PEM file of its CA; "": no TLS
	tls   bool
	proc  *process
}

// startDirect starts a cluster with a listener per coordinator, for a real balancer
// in front of it.
func (l *lab) startDirect(ctx context.Context, name string, port int, flags ...string) (*cluster, error) {
	flags = append([]string{"--direct", "--coordinators", strconv.Itoa(coordinators)}, flags...)
	return l.startSim(ctx, name, port, 2*coordinators, flags...)
}

// startSecure starts a cluster whose coordinators use TLS.
func (l *lab) startSecure(ctx context.Context) (*cluster, error) {
	ca := l.file("pki", "secure-ca.pem")
	c, err := l.startDirect(ctx, "secure", securePort, "--tls", "--ca-out", ca)
	if err == nil {
		c.ca = ca
	}
	return c, err
}

// startSim runs "impala-lbcheck sim" until the lab is closed, and waits for the
// lines of its listeners.
func (l *lab) startSim(ctx context.Context, name string, port, listeners int, flags ...string) (*cluster, error) {
	return l.startSimWithPrefix(ctx, nil, name, port, listeners, flags...)
}

// startSimWithPrefix is startSim with a prefix to the command line: a command that
// executes the rest.
func (l *lab) startSimWithPrefix(ctx context.Context, prefix []string, name string, port, listeners int, flags ...string) (*cluster, error) {
	tool, err := l.tool()
	if err != nil {
		return nil, err
	}
	argv := slices.Concat(prefix, []string{tool, "sim", "--hs2-port", strconv.Itoa(port), "--beeswax-port", strconv.Itoa(port + 1)}, flags)
	out, in := io.Pipe()
	p, err := l.procs.start("sim-"+name, exec.Command(argv[0], argv[1:]...), in)
	if err != nil {
		return nil, err
	}
	lines := make(chan []byte)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- slices.Clone(s.Bytes())
		}
	}()
	go func() { <-p.ended; in.Close() }()
	c := &cluster{proc: p, tls: slices.Contains(flags, "--tls")}
	limit := time.After(20 * time.Second)
	for len(c.lines) < listeners {
		select {
		case b, more := <-lines:
			var line simListener
			if !more {
				return nil, fmt.Errorf("sim %s ended: %s", name, p.logTail())
			}
			if err := json.Unmarshal(b, &line); err != nil {
				return nil, fmt.Errorf("sim %s printed %q: %w", name, b, err)
			}
			c.lines = append(c.lines, line)
		case <-limit:
			return nil, fmt.Errorf("sim %s printed %d of %d listeners", name, len(c.lines), listeners)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return c, nil
}

// names returns the coordinators' names.
func (c *cluster) names() []string { return c.lines[0].Coordinators }

// addresses returns the addresses of the HS2 listeners; of a cluster with a listener
// per coordinator, in the order of names.
func (c *cluster) addresses() []string { return c.listeners("hs2") }

func (c *cluster) listeners(protocol string) []string {
	var out []string
	for _, line := range c.lines {
		if line.Listener == protocol {
			out = append(out, line.Address)
		}
	}
	return out
}

// owner returns the coordinator with a process ID.
func (c *cluster) owner(pid int) (string, bool) {
	for name, pids := range c.lines[0].PIDs {
		if slices.Contains(pids, pid) {
			return name, true
		}
	}
	return "", false
}
