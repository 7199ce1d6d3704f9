//go:build linux

package main

import (
	"context"
	"slices"
	"time"
)

// busyProofs use least-connections while other clients come and go.
func busyProofs(l *lab) []proof {
	const name = "haproxy.leastconn.busy"
	return []proof{
		// By the order of answers it looks sticky, and by the shares uneven, but nothing is wrong: it must not fail.
		{name: name, run: func(ctx context.Context) (evidence, error) {
			return l.proveBusy(ctx, name, nil, "--inconclusive", "pass")
		}},
		{name: name + ".declared", run: func(ctx context.Context) (evidence, error) {
			return l.proveBusy(ctx, name+".declared", map[string]string{"balance.coverage": "pass", "balance.imbalance": "skipped", "balance.order": "skipped"},
				"--policy", "leastconn")
		}},
	}
}

// proveBusy runs smoke while three connections of others open per ten of ours, and
// each stays for as long as 300 of ours take: about 90 at a time.
func (l *lab) proveBusy(ctx context.Context, name string, statuses map[string]string, flags ...string) (evidence, error) {
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	h, err := l.startHAProxy(ctx, name, []listener{{name: "busy", bind: node(1, busyPort), options: []string{"balance leastconn"}, servers: c.addresses()}})
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	busy := verdictCase{
		name: name, args: slices.Concat(expecting(c.names()), flags, []string{"--rate", "100/s"}, h.addresses()),
		statuses: statuses, counted: h.connections, cluster: c,
		others: &strangers{address: h.addresses()[0], every: 33 * time.Millisecond, stay: 3 * time.Second},
	}
	return busy.prove(ctx, l)
}
