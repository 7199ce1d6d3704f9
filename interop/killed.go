//go:build linux

package main

import (
	"context"
	"slices"
	"syscall"
	"time"
)

// killedProofs kill a coordinator in the middle of a look.
func killedProofs(l *lab) []proof {
	var all []proof
	for _, c := range killedCases {
		all = append(all, proof{name: c.name, run: func(ctx context.Context) (evidence, error) { return c.prove(ctx, l) }})
	}
	return all
}

// killedCase kills a coordinator by SIGKILL in the middle of the first look.
type killedCase struct {
	name    string
	options []string // of HAProxy's listener
	want    expectation
}

var killedCases = []killedCase{
	// HAProxy dials another coordinator: no session fails, and only the shares tell.
	{name: "haproxy.killed.unnoticed", options: []string{"retries 2", "option redispatch 1"}, want: expectation{exit: 1, failed: []string{"balance.coverage"}}},
	{name: "haproxy.killed.noticed", options: []string{"retries 0"}, want: expectation{exit: 1, failed: []string{"errors.rate"}}},
}

func (k killedCase) prove(ctx context.Context, l *lab) (evidence, error) {
	g, err := l.startGroup(ctx, k.name, mortalPort, 1, coordinators)
	if err != nil {
		return evidence{}, err
	}
	defer g.stop()
	const victim = 1
	h, err := l.startHAProxy(ctx, k.name, []listener{
		{name: "killed", bind: node(1, killedPort), options: append([]string{roundRobinLine}, k.options...), servers: g.addresses()},
	})
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	killed := verdictCase{
		name: k.name, args: slices.Concat(expecting(g.names()), []string{"--sessions", "40", "--rate", "20/s"}, h.addresses()),
		want: k.want, lastLine: []string{"FAIL", g.names()[victim]}, counted: h.connections, cluster: g,
		during: func(ctx context.Context, _ int) error {
			if err := h.awaitConnections(ctx, 20); err != nil {
				return err
			}
			return syscall.Kill(g[victim].proc.cmd.Process.Pid, syscall.SIGKILL)
		},
	}
	return killed.prove(ctx, l)
}

// awaitConnections waits until HAProxy has accepted n connections.
func (h *haproxy) awaitConnections(ctx context.Context, n int) error {
	return poll(ctx, 20*time.Millisecond, func() (bool, error) {
		counted, err := h.connections(ctx)
		return counted.accepted >= n, err
	})
}
