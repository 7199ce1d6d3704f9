//go:build linux

package main

import (
	"context"
	"fmt"
	"strconv"
	"sync"
)

// row is a number of simulated clusters of one coordinator each.
type row []*cluster

func (r row) addresses() []string {
	var out []string
	for _, c := range r {
		out = append(out, c.addresses()...)
	}
	return out
}

func (r row) names() []string {
	var out []string
	for _, c := range r {
		out = append(out, c.names()...)
	}
	return out
}

// furnishLoad says how what load needs is made.
func (l *lab) furnishLoad(ctx context.Context) {
	l.few = sync.OnceValues(func() (row, error) {
		return l.startRow(ctx, "few", fewPort, 1, 3, "--web-port", strconv.Itoa(pagesPort), "--fault", "threads=8")
	})
	l.roomy = sync.OnceValues(func() (row, error) {
		return l.startRow(ctx, "roomy", roomyPort, 4, 3, "--web-port", strconv.Itoa(pagesPort), "--fault", "threads=64")
	})
	l.failing = sync.OnceValues(func() (row, error) { return l.startRow(ctx, "failing", failPort, 1, 4) })
	l.stalling = sync.OnceValues(func() (*cluster, error) {
		return l.startSim(ctx, "stalling", stallPort, 2, "--direct", "--coordinators", "1")
	})
	l.crowd = sync.OnceValues(func() (*cluster, error) {
		return l.startDirect(ctx, "crowd", crowdPort, "--first", "7", "--web-port", strconv.Itoa(pagesPort), "--fault", "threads=12000")
	})
	l.loadHAProxy = sync.OnceValues(func() (*haproxy, error) { return l.startLoadHAProxy(ctx) })
	l.loadLog = l.file("run", "load-log.sock")
}

// startRow runs clusters of one coordinator each, numbered from first on.
func (l *lab) startRow(ctx context.Context, name string, port, first, n int, flags ...string) (row, error) {
	var r row
	for i := range n {
		each := append([]string{"--direct", "--coordinators", "1", "--first", strconv.Itoa(first + i)}, flags...)
		c, err := l.startSim(ctx, fmt.Sprintf("%s-%d", name, i+1), port+2*i, 2, each...)
		if err != nil {
			return nil, err
		}
		r = append(r, c)
	}
	return r, nil
}

// startLoadHAProxy runs a HAProxy in front of all of them.
func (l *lab) startLoadHAProxy(ctx context.Context) (*haproxy, error) {
	few, err := l.few()
	if err != nil {
		return nil, err
	}
	roomy, err := l.roomy()
	if err != nil {
		return nil, err
	}
	failing, err := l.failing()
	if err != nil {
		return nil, err
	}
	crowd, err := l.crowd()
	if err != nil {
		return nil, err
	}
	changing := crowd.addresses()
	changing[3] += " disabled"
	const leastConn, roundRobin = "balance leastconn", "balance roundrobin"
	return l.startHAProxy(ctx, "haproxy-load", []listener{
		{"few", "127.0.0.1:31051", []string{leastConn}, few.addresses()},
		{"maxconn", "127.0.0.1:31052", []string{leastConn, "maxconn 24"}, roomy.addresses()},
		{"idle", "127.0.0.1:31053", []string{roundRobin, "timeout client 2s", "timeout server 2s"}, roomy.addresses()},
		{"failing", "127.0.0.1:31054", []string{roundRobin, "log " + l.loadLog + " local0 alert"}, failing.addresses()},
		{"changing", "127.0.0.1:31055", []string{roundRobin}, changing},
		{"soak", "127.0.0.1:31057", []string{leastConn}, roomy.addresses()},
		{"crowd", "127.0.0.1:31056", []string{roundRobin}, crowd.addresses()},
	})
}

// loadProofs: load, held sessions and idle ones, through real balancers and
// under real faults of the kernel and of processes.
func loadProofs(l *lab) []proof {
	return []proof{
		{name: "capacity.threads", run: l.proveThreads},
		{name: "capacity.maxconn", run: l.proveMaxconn},
		{name: "capacity.interrupted", run: l.proveInterrupted},
		{name: "capacity.memory", run: l.proveMemory},
		{name: "idle.fin", run: l.proveFIN},
		{name: "idle.rst", run: l.proveRST},
		{name: "idle.silent", run: l.proveSilent},
		{name: "watch.failover", run: l.proveFailover},
		{name: "watch.changes", run: l.proveChanges},
		{name: "load.stalled-server", run: l.proveStalledServer},
		{name: "load.stopped-generator", run: l.proveStoppedGenerator},
		{name: "load.descriptors", run: l.proveDescriptors},
		{name: "load.ports", run: l.provePorts},
		{name: "load.killed", run: l.proveKilled},
		{name: "soak", run: l.soak, long: true},
	}
}
