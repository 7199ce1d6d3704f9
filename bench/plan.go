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
	clientRaw    = "raw"
	clientGohive = "gohive"
	clientImpyla = "impyla"
	clientShell  = "impala-shell"
)

// cell is a combination of settings for which clients are compared.
type cell struct {
	Path    string   `json:"path"`
	TLS     bool     `json:"tls"`
	C       int      `json:"concurrent"` // concurrent sessions
	Peers   bool     `json:"peers"`      // with the Python clients
	Clients []string `json:"-"`
}

// name returns a name such as "haproxy/tls/c=100".
func (c cell) name() string {
	name := c.Path + "/" + security(c.TLS) + "/c=" + strconv.Itoa(c.C)
	if c.Peers {
		name += "/peers"
	}
	return name
}

func security(tls bool) string {
	if tls {
		return "tls"
	}
	return "plain"
}

// hold is a measurement of held sessions.
type hold struct {
	Client string `json:"client"`
	TLS    bool   `json:"tls"`
	Parked bool   `json:"parked"` // a goroutine waits on each of them
	N      int    `json:"held"`
}

// name returns a name such as "hold/ours/plain/parked/n=9000".
func (h hold) name() string {
	name := "hold/" + h.Client + "/" + security(h.TLS)
	if h.Parked {
		name += "/parked"
	}
	return name + "/n=" + strconv.Itoa(h.N)
}

// plan is what a run measures.
type plan struct {
	quick      bool
	partial    bool          // only a part, without targets
	rounds     int           // in each round every client of a cell has a turn
	window     time.Duration // duration of a turn
	shellCalls int           // calls of impala-shell in its turn
	cells      []cell
	holds      []hold
}

// maxHeld is the maximum number of sessions held by a process: the limit of open files
// is 20000, both for the simulated cluster and for the client.
const maxHeld = 18000

// planFor returns the plan of the whole comparison, or of the quick one.
func planFor(quick bool) plan {
	go3 := []string{clientOurs, clientRaw, clientGohive}
	p := plan{quick: quick, rounds: 5, window: 2 * time.Second, shellCalls: 3}
	levels, held := []int{1, 10, 100, 1000}, 9000
	if quick {
		p.window, p.shellCalls, held = 800*time.Millisecond, 1, 4000
		levels = []int{100, 1000}
	}
	for _, tls := range []bool{false, true} {
		for _, c := range levels {
			p.cells = append(p.cells, cell{Path: pathHAProxy, TLS: tls, C: c, Peers: false, Clients: go3})
		}
	}
	for _, c := range levels {
		p.cells = append(p.cells, cell{Path: pathDirect, TLS: false, C: c, Peers: false, Clients: go3})
	}
	p.cells = append(p.cells, cell{Path: pathDirect, TLS: false, C: 1, Peers: true, Clients: []string{clientOurs, clientImpyla, clientShell}}, cell{Path: pathDirect, TLS: false, C: 10, Peers: true, Clients: []string{clientOurs, clientImpyla}})
	p.holds = []hold{
		{Client: clientOurs, TLS: false, Parked: false, N: held}, {Client: clientOurs, TLS: false, Parked: true, N: held}, {Client: clientOurs, TLS: true, Parked: false, N: held},
		{Client: clientRaw, TLS: false, Parked: false, N: held}, {Client: clientGohive, TLS: false, Parked: false, N: held}, {Client: clientOurs, TLS: false, Parked: false, N: maxHeld},
	}
	return p
}

// only returns the part of the plan whose names contain part.
func (p plan) only(part string) plan {
	if part == "" {
		return p
	}
	p.partial = true
	cells, holds := p.cells, p.holds
	p.cells, p.holds = nil, nil
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
	return p
}
