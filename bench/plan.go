//go:build linux

package main

import (
	"strconv"
	"strings"
	"time"
)

// Ways to the coordinators.
const (
	direct  = "direct"  // each coordinator's own port, in turn
	haproxy = "haproxy" // one port of HAProxy, which balances in turn
)

// Who is measured.
const (
	ours   = "ours"
	raw    = "raw"
	gohive = "gohive"
	impyla = "impyla"
	shell  = "impala-shell"
)

// cell is one situation in which clients are compared.
type cell struct {
	Path    string   `json:"path"`
	TLS     bool     `json:"tls"`
	C       int      `json:"concurrent"` // sessions at once
	Peers   bool     `json:"peers"`      // with Python's clients
	Clients []string `json:"-"`
}

// name is such as "haproxy/tls/c=100".
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

// hold is sessions that are opened and kept.
type hold struct {
	Client string `json:"client"`
	TLS    bool   `json:"tls"`
	Parked bool   `json:"parked"` // a goroutine waits on each of them
	N      int    `json:"held"`
}

// name is such as "hold/ours/plain/parked/n=9000".
func (h hold) name() string {
	name := "hold/" + h.Client + "/" + security(h.TLS)
	if h.Parked {
		name += "/parked"
	}
	return name + "/n=" + strconv.Itoa(h.N)
}

// plan is what one run measures.
type plan struct {
	quick  bool
	part   bool          // not all of it: no targets
	rounds int           // interleaved: in each, every client of a cell has its turn
	window time.Duration // of one client's turn
	shells int           // calls of impala-shell in its turn
	cells  []cell
	holds  []hold
}

// most is how many sessions one process holds here at most: the limit of open
// files is 20000, for the simulated cluster as for the client.
const most = 18000

// planFor is the whole comparison, or the quick one.
func planFor(quick bool) plan {
	go3 := []string{ours, raw, gohive}
	p := plan{quick: quick, rounds: 5, window: 2 * time.Second, shells: 3}
	levels, held := []int{1, 10, 100, 1000}, 9000
	if quick {
		p.window, p.shells, held = 800*time.Millisecond, 1, 4000
		levels = []int{100, 1000}
	}
	for _, tls := range []bool{false, true} {
		for _, c := range levels {
			p.cells = append(p.cells, cell{haproxy, tls, c, false, go3})
		}
	}
	for _, c := range levels {
		p.cells = append(p.cells, cell{direct, false, c, false, go3})
	}
	p.cells = append(p.cells, cell{direct, false, 1, true, []string{ours, impyla, shell}}, cell{direct, false, 10, true, []string{ours, impyla}})
	p.holds = []hold{
		{ours, false, false, held}, {ours, false, true, held}, {ours, true, false, held},
		{raw, false, false, held}, {gohive, false, false, held}, {ours, false, false, most},
	}
	return p
}

// only leaves what has part in its name.
func (p plan) only(part string) plan {
	if part == "" {
		return p
	}
	p.part = true
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
