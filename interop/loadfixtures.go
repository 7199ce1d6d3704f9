//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
)

// clusterGroup is several simulated clusters with one coordinator each.
type clusterGroup []*cluster

func (g clusterGroup) addresses() []string {
	var out []string
	for _, c := range g {
		out = append(out, c.addresses()...)
	}
	return out
}

func (g clusterGroup) names() []string {
	var out []string
	for _, c := range g {
		out = append(out, c.names()...)
	}
	return out
}

// defineLoadFixtures sets how the fixtures for load are created.
func (l *lab) defineLoadFixtures(ctx context.Context) {
	l.fewThreads = sync.OnceValues(func() (clusterGroup, error) {
		return l.startGroup(ctx, "few-threads", fewThreadsPort, 1, 3, "--web-port", strconv.Itoa(pagesPort), "--fault", "threads=8")
	})
	l.manyThreads = sync.OnceValues(func() (clusterGroup, error) {
		return l.startGroup(ctx, "many-threads", manyThreadsPort, 4, 3, "--web-port", strconv.Itoa(pagesPort), "--fault", "threads=64")
	})
	l.failover = sync.OnceValues(func() (clusterGroup, error) { return l.startGroup(ctx, "failover", failoverPort, 1, 4) })
	l.oneCoordinator = sync.OnceValues(func() (*cluster, error) {
		return l.startSim(ctx, "one-coordinator", oneCoordinatorPort, 2, "--direct", "--coordinators", "1")
	})
	l.largeCluster = sync.OnceValues(func() (*cluster, error) {
		return l.startDirect(ctx, "large", largePort, "--first", "7", "--web-port", strconv.Itoa(pagesPort), "--fault", "threads=12000")
	})
	l.loadHAProxy = sync.OnceValues(func() (*haproxy, error) { return l.startLoadHAProxy(ctx) })
	l.loadLog = l.file("run", "load-log.sock")
}

// startGroup starts clusters with one coordinator each, numbered from first on.
func (l *lab) startGroup(ctx context.Context, name string, port, first, n int, flags ...string) (clusterGroup, error) {
	var g clusterGroup
	for i := range n {
		each := append([]string{"--direct", "--coordinators", "1", "--first", strconv.Itoa(first + i)}, flags...)
		c, err := l.startSim(ctx, fmt.Sprintf("%s-%d", name, i+1), port+2*i, 2, each...)
		if err != nil {
			return nil, err
		}
		g = append(g, c)
	}
	return g, nil
}

// loadListener returns HAProxy for load and the address of one of its listeners.
func (l *lab) loadListener(name string) (h *haproxy, address string, err error) {
	if h, err = l.loadHAProxy(); err != nil {
		return nil, "", err
	}
	address, err = h.find(name)
	return h, address, err
}

// startLoadHAProxy starts a HAProxy in front of all of them.
func (l *lab) startLoadHAProxy(ctx context.Context) (*haproxy, error) {
	few, err1 := l.fewThreads()
	many, err2 := l.manyThreads()
	failover, err3 := l.failover()
	large, err4 := l.largeCluster()
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	changing := large.addresses()
	changing[3] += " disabled"
	const leastConn, roundRobin = "balance leastconn", "balance roundrobin"
	return l.startHAProxy(ctx, "haproxy-load", []listener{
		{name: "few-threads", bind: "127.0.0.1:31051", options: []string{leastConn}, servers: few.addresses()},
		{name: "maxconn", bind: "127.0.0.1:31052", options: []string{leastConn, "maxconn 24"}, servers: many.addresses()},
		{name: "idle", bind: "127.0.0.1:31053", options: []string{roundRobin, "timeout client 2s", "timeout server 2s"}, servers: many.addresses()},
		{name: "failover", bind: "127.0.0.1:31054", options: []string{roundRobin, "log " + l.loadLog + " local0 alert"}, servers: failover.addresses()},
		{name: "changing", bind: "127.0.0.1:31055", options: []string{roundRobin}, servers: changing},
		{name: "soak", bind: "127.0.0.1:31057", options: []string{leastConn}, servers: many.addresses()},
		{name: "large", bind: "127.0.0.1:31056", options: []string{roundRobin}, servers: large.addresses()},
	})
}

// loadProofs use load, held and idle sessions through real balancers, with faults of
// the kernel and of processes.
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

// stop stops every cluster of the group.
func (g clusterGroup) stop() {
	for _, c := range g {
		c.proc.stop()
	}
}
