//go:build linux

package main

import (
	"context"
	"fmt"
	"strconv"
	"sync"
)

// clusterGroup is a number of simulated clusters of one coordinator each.
type clusterGroup []*cluster

func (r clusterGroup) addresses() []string {
	var out []string
	for _, c := range r {
		out = append(out, c.addresses()...)
	}
	return out
}

func (r clusterGroup) names() []string {
	var out []string
	for _, c := range r {
		out = append(out, c.names()...)
	}
	return out
}

// defineLoadFixtures says how what load needs is made.
func (l *lab) defineLoadFixtures(ctx context.Context) {
	l.fewThreads = sync.OnceValues(func() (clusterGroup, error) {
		return l.startGroup(ctx, "few", fewThreadsPort, 1, 3, "--web-port", strconv.Itoa(pagesPort), "--fault", "threads=8")
	})
	l.manyThreads = sync.OnceValues(func() (clusterGroup, error) {
		return l.startGroup(ctx, "roomy", manyThreadsPort, 4, 3, "--web-port", strconv.Itoa(pagesPort), "--fault", "threads=64")
	})
	l.failover = sync.OnceValues(func() (clusterGroup, error) { return l.startGroup(ctx, "failing", failoverPort, 1, 4) })
	l.oneCoordinator = sync.OnceValues(func() (*cluster, error) {
		return l.startSim(ctx, "stalling", oneCoordinatorPort, 2, "--direct", "--coordinators", "1")
	})
	l.largeCluster = sync.OnceValues(func() (*cluster, error) {
		return l.startDirect(ctx, "crowd", largePort, "--first", "7", "--web-port", strconv.Itoa(pagesPort), "--fault", "threads=12000")
	})
	l.loadHAProxy = sync.OnceValues(func() (*haproxy, error) { return l.startLoadHAProxy(ctx) })
	l.loadLog = l.file("run", "load-log.sock")
}

// startGroup runs clusters of one coordinator each, numbered from first on.
func (l *lab) startGroup(ctx context.Context, name string, port, first, n int, flags ...string) (clusterGroup, error) {
	var r clusterGroup
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
	few, err := l.fewThreads()
	if err != nil {
		return nil, err
	}
	roomy, err := l.manyThreads()
	if err != nil {
		return nil, err
	}
	failing, err := l.failover()
	if err != nil {
		return nil, err
	}
	crowd, err := l.largeCluster()
	if err != nil {
		return nil, err
	}
	changing := crowd.addresses()
	changing[3] += " disabled"
	const leastConn, roundRobin = "balance leastconn", "balance roundrobin"
	return l.startHAProxy(ctx, "haproxy-load", []listener{
		{name: "few", bind: "127.0.0.1:31051", options: []string{leastConn}, servers: few.addresses()},
		{name: "maxconn", bind: "127.0.0.1:31052", options: []string{leastConn, "maxconn 24"}, servers: roomy.addresses()},
		{name: "idle", bind: "127.0.0.1:31053", options: []string{roundRobin, "timeout client 2s", "timeout server 2s"}, servers: roomy.addresses()},
		{name: "failing", bind: "127.0.0.1:31054", options: []string{roundRobin, "log " + l.loadLog + " local0 alert"}, servers: failing.addresses()},
		{name: "changing", bind: "127.0.0.1:31055", options: []string{roundRobin}, servers: changing},
		{name: "soak", bind: "127.0.0.1:31057", options: []string{leastConn}, servers: roomy.addresses()},
		{name: "crowd", bind: "127.0.0.1:31056", options: []string{roundRobin}, servers: crowd.addresses()},
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
		{name: "soak", run: l.soak, onlyByName: true},
	}
}
