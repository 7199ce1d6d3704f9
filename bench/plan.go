//go:build linux

package main

import (
	"strconv"
	"strings"
	"time"
)

// Paths to the coordinators.
const (
	pathDirect  = "direct"  // each coordinator's port, in turn
	pathHAProxy = "haproxy" // one port of HAProxy, round robin
)

// The clients.
const (
	clientOurs   = "ours"
	clientCalls  = "ours-per-call" // over HTTP: with a connection for every call, as impyla
	clientRaw    = "raw"
	clientGohive = "gohive"
	clientImpyla = "impyla"
	clientShell  = "impala-shell"
)

// cell is a combination of settings for which clients are compared.
type cell struct {
	Path string `json:"path"`
	way
	C       int           `json:"concurrent"` // concurrent sessions
	Peers   bool          `json:"peers"`      // with the Python clients
	Clients []string      `json:"-"`
	window  time.Duration // duration of a turn
}

// name returns a name such as "haproxy/tls/c=100".
func (c cell) name() string {
	name := c.Path + "/" + c.way.name() + "/c=" + strconv.Itoa(c.C)
	if c.Peers {
		name += "/peers"
	}
	return name
}

// hold is a measurement of held sessions.
type hold struct {
	Client string `json:"client"`
	way
	Parked bool `json:"parked"` // a goroutine waits on each of them
	N      int  `json:"held"`
}

// name returns a name such as "hold/ours/plain/parked/n=9000".
func (h hold) name() string {
	name := "hold/" + h.Client + "/" + h.way.name()
	if h.Parked {
		name += "/parked"
	}
	return name + "/n=" + strconv.Itoa(h.N)
}

// plan is what a run measures.
type plan struct {
	quick      bool
	partial    bool // only a part, without targets
	rounds     int  // in each round every client of a cell has a turn
	shellCalls int  // calls of impala-shell in its turn
	cells      []cell
	holds      []hold
	shards     []shardsHold
}

// maxHeld is the maximum number of sessions held by a process: the limit of open files
// is 20000, both for the simulated cluster and for the client.
const maxHeld = 18000

// maxHeldByShards is the number of sessions that several processes of the command hold.
const maxHeldByShards = 50000

// planFor returns the plan of the whole comparison, or of the quick one.
func planFor(quick bool) plan {
	p := plan{quick: quick, rounds: 5, shellCalls: 3}
	levels, window, peersWindow, held, heldByImpyla := []int{1, 10, 100, 1000}, 2*time.Second, 700*time.Millisecond, 9000, 200
	if quick {
		levels, window, peersWindow, held, heldByImpyla = []int{100, 1000}, 800*time.Millisecond, 400*time.Millisecond, 4000, 100
		p.shellCalls = 1
	}
	p.cells = append(goCells(levels, window), peerCells(window, peersWindow)...)
	p.holds = holdsOf(held, heldByImpyla)
	p.shards = []shardsHold{{N: maxHeldByShards}}
	return p
}

// goCells compare with other programs in Go.
func goCells(levels []int, window time.Duration) (cells []cell) {
	for _, at := range []cell{{Path: pathHAProxy}, {Path: pathHAProxy, way: way{TLS: true}}, {Path: pathDirect}} {
		at.Clients, at.window = []string{clientOurs, clientRaw, clientGohive}, window
		for _, at.C = range levels {
			cells = append(cells, at)
		}
	}
	return cells
}

// peerCells compare with the Python clients: impyla has every way in.
func peerCells(window, furtherWindow time.Duration) (cells []cell) {
	for _, w := range allWays() {
		for _, c := range []int{1, 10} {
			at := peerCell(w, c)
			at.window = furtherWindow
			if w == (way{}) {
				at.window = window
			}
			cells = append(cells, at)
		}
	}
	cells[0].Clients = append(cells[0].Clients, clientShell)
	return cells
}

// peerCell is our client beside impyla, over HTTP also with as many connections.
func peerCell(w way, c int) cell {
	clients := []string{clientOurs, clientImpyla}
	if w.HTTP {
		clients = []string{clientOurs, clientCalls, clientImpyla}
	}
	return cell{Path: pathDirect, way: w, C: c, Peers: true, Clients: clients}
}

// holdsOf are n held sessions of the Go programs, and fewer of impyla, which opens them
// one after another.
func holdsOf(n, byImpyla int) []hold {
	holds := []hold{
		{Client: clientOurs, N: n}, {Client: clientOurs, Parked: true, N: n}, {Client: clientRaw, N: n}, {Client: clientGohive, N: n},
		{Client: clientOurs, N: maxHeld}, {Client: clientImpyla, N: byImpyla},
	}
	for _, w := range furtherWays {
		holds = append(holds, hold{Client: clientOurs, way: w, N: n}, hold{Client: clientImpyla, way: w, N: byImpyla})
	}
	return holds
}

// only returns the part of the plan whose names contain part.
func (p plan) only(part string) plan {
	if part == "" {
		return p
	}
	p.partial = true
	cells, holds, shards := p.cells, p.holds, p.shards
	p.cells, p.holds, p.shards = nil, nil, nil
	for _, c := range cells {
		if strings.Contains(c.name(), part) {
			p.cells = append(p.cells, c)
		}
	}
	for _, h := range holds {
		if strings.Contains(h.name(), part) {
			p.holds = append(p.holds, h)
		}
	}
	for _, h := range shards {
		if strings.Contains(h.name(), part) {
			p.shards = append(p.shards, h)
		}
	}
	return p
}
