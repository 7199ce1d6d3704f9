//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
)

// reloadProofs reload a balancer while sessions are open.
func reloadProofs(l *lab) []proof {
	return []proof{{name: "haproxy.reload.cuts", run: l.proveReload}}
}

// proveReload reloads a HAProxy that ends what is still open half a second later. No
// new session fails and no coordinator is missed, but every long session is lost, which
// is the balancer's doing. Its counters start again at 0, so its log counts.
func (l *lab) proveReload(ctx context.Context) (evidence, error) {
	const name, long = "haproxy.reload.cuts", 8
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	h, err := l.startHAProxyWith(ctx, name, []string{"-W"}, "  hard-stop-after 500ms\n  log stdout format raw local0\n", []listener{
		{name: "cut", bind: node(1, reloadPort), options: []string{roundRobinLine, "log global", "option tcplog"}, servers: c.addresses()},
	})
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	observed := l.file("run", name+".jsonl")
	r, err := l.check(ctx, toolRun{
		name: name, want: expectation{exit: 1, failed: []string{"watch.lost"}},
		args: slices.Concat([]string{"watch", "--watch-for", "6s", "--event-after", "2s", "--rate", "20/s", "--long", strconv.Itoa(long), "--observations", observed,
			"--on-event", fmt.Sprintf("kill -USR2 %d", h.proc.cmd.Process.Pid)}, expecting(c.names()), h.addresses()),
	})
	if err != nil {
		return evidence{}, err
	}
	if w := r.Watch; w.Errors != 0 || len(w.Long) != long || w.aliveSessions() != 0 {
		return evidence{}, fmt.Errorf("%d errors; %d of %d long sessions are alive, all should be cut", w.Errors, w.aliveSessions(), len(w.Long))
	}
	if err := (verdictCase{says: map[string]string{"watch.lost": "balancer"}, lastLine: []string{"FAIL", "balancer"}}).verify(r); err != nil {
		return evidence{}, err
	}
	ours, err := r.connections(observed)
	if err != nil {
		return evidence{}, err
	}
	logged := func(context.Context) (connections, error) {
		b, err := os.ReadFile(h.proc.log)
		return connections{accepted: bytes.Count(b, []byte("] cut cut/"))}, err
	}
	if _, err := awaitConnections(ctx, logged, ours.accepted); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("a reload cut all of %d long sessions and none of %d new ones; %d connections by our observations and HAProxy's log; exit %d, failed as expected: watch.lost",
		long, r.Watch.Sessions, ours.accepted, r.Exit)}, nil
}
