//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// settleProofs use a service that is not up yet.
func settleProofs(l *lab) []proof {
	return []proof{{name: "haproxy.settle.late", run: l.proveLateService}}
}

// proveLateService starts coordinators two seconds after the run, as in a deployment:
// --settle waits for them, though nobody gets in before, and nothing of that counts.
func (l *lab) proveLateService(ctx context.Context) (evidence, error) {
	const name = "haproxy.settle.late"
	g := clusterGroup{}
	start := func(ctx context.Context) (err error) {
		g, err = l.startGroup(ctx, name, mortalPort, 1, coordinators)
		return err
	}
	if err := start(ctx); err != nil {
		return evidence{}, err
	}
	names, servers := g.names(), g.addresses()
	g.stop() // started to learn names and addresses
	defer func() { g.stop() }()
	h, err := l.startNodes(ctx, name, settlePort, servers)
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	if err := h.awaitAllDown(ctx); err != nil {
		return evidence{}, err
	}
	late := verdictCase{
		name: name, args: slices.Concat(expecting(names), []string{"--settle", "20s", "--settle-every", "500ms"}, h.addresses()),
		statuses: balancedNode, lastLine: []string{"PASS"}, counted: h.connections,
		during: func(ctx context.Context, _ int) error {
			if err := sleep(ctx, 2*time.Second); err != nil {
				return err
			}
			return start(ctx)
		},
		check: func(r result) error {
			if s := r.Sessions; s.Failed != 0 || s.Settle+s.Scout < 2 {
				return fmt.Errorf("%d sessions failed; %d to settle and %d to get in", s.Failed, s.Settle, s.Scout)
			}
			return nil
		},
	}
	return late.prove(ctx, l)
}

// awaitAllDown waits until HAProxy knows that no server is up: from then on it closes
// every connection at once.
func (h *haproxy) awaitAllDown(ctx context.Context) error {
	return poll(ctx, 50*time.Millisecond, func() (bool, error) {
		table, err := h.showStat(ctx)
		up := slices.ContainsFunc(table, func(row map[string]string) bool {
			return row["svname"] == "BACKEND" && row["status"] == "UP"
		})
		return !up, err
	})
}
