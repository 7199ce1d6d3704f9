//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
)

// Ports of the balancers whose topology is the question, one per proof: each starts
// its own balancers and stops them. With several nodes the port is the same on each.
const (
	sharedRotorPort = 31201 + iota
	frontRotorPort
	leftRotorPort
	rightRotorPort
	busyPort
	overlapPort
	stalePort
	ratePort
	killedPort
	deadNodePort
	silentNodePort
	oneNamePort
	settlePort
	reloadPort
	chainPort
	envoyPort
)

const roundRobinLine = "balance roundrobin"

// node returns the address of a balancer's node number n, counted from 1.
func node(n, port int) string {
	return net.JoinHostPort(fmt.Sprintf("127.0.1.%d", n), strconv.Itoa(port))
}

// nodes returns the addresses of n nodes.
func nodes(n, port int) []string {
	var all []string
	for i := range n {
		all = append(all, node(i+1, port))
	}
	return all
}

// topologyProofs use balancers, coordinators and names in places that a client does
// not see, and hold what the report says of them.
func topologyProofs(l *lab) []proof {
	return slices.Concat(rotorProofs(l), busyProofs(l), listProofs(l), limitProofs(l),
		killedProofs(l), nameProofs(l), settleProofs(l), reloadProofs(l), chainProofs(l), envoyProofs(l))
}

// expecting returns flags that declare coordinators.
func expecting(names []string) []string {
	return []string{"--expect-coordinators", strings.Join(names, ",")}
}

// startNodes starts HAProxy with one listener per node, each with its own rotor over
// its own servers.
func (l *lab) startNodes(ctx context.Context, name string, port int, servers ...[]string) (*haproxy, error) {
	var listeners []listener
	for i, each := range servers {
		listeners = append(listeners, listener{
			name: fmt.Sprintf("node-%d", i+1), bind: node(i+1, port), options: []string{roundRobinLine}, servers: each,
		})
	}
	return l.startHAProxy(ctx, name, listeners)
}

// addresses returns the addresses of all listeners.
func (h *haproxy) addresses() []string {
	var all []string
	for _, l := range h.listeners {
		all = append(all, l.addresses()...)
	}
	return all
}

// stop stops HAProxy.
func (h *haproxy) stop() { h.proc.stop() }
