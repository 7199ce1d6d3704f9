//go:build linux

package main

import (
	"fmt"
	"slices"
)

// target is a figure with a limit.
type target struct {
	what  string
	least bool // the limit is the least, not the most
	limit float64
	unit  string // "x": a ratio
	find  func(*results) (spread, bool)
}

// targets are what the client is held to: ratios of one run, its rounds compared
// pair by pair, and sizes.
var targets = []target{
	{"client CPU against raw, plain, c=100", false, 1.25, "x", cpuRatio("haproxy/plain/c=100", raw)},
	{"client CPU against raw, TLS, c=100", false, 1.15, "x", cpuRatio("haproxy/tls/c=100", raw)},
	{"client CPU against raw, plain, c=1000", false, 1.35, "x", cpuRatio("haproxy/plain/c=1000", raw)},
	{"client CPU against raw, TLS, c=1000", false, 1.35, "x", cpuRatio("haproxy/tls/c=1000", raw)},
	{"client CPU against gohive, plain, c=100", false, 0.75, "x", cpuRatio("haproxy/plain/c=100", gohive)},
	{"client CPU against gohive, plain, c=1000", false, 0.95, "x", cpuRatio("haproxy/plain/c=1000", gohive)},
	{"sessions/s against raw, plain, c=100", true, 0.9, "x", rateRatio("haproxy/plain/c=100", raw)},
	{"sessions/s against raw, TLS, c=100", true, 0.9, "x", rateRatio("haproxy/tls/c=100", raw)},
	{"sessions/s against impyla in 10 threads, direct", true, 20, "x", rateRatio("direct/plain/c=10/peers", impyla)},
	{"sessions/s against a loop of impala-shell, direct", true, 200, "x", rateRatio("direct/plain/c=1/peers", shell)},
	{"sim's CPU against the client's, plain, c=100, direct", false, 1.1, "x", simRatio("direct/plain/c=100")},
	{"sim's CPU against the client's, plain, c=100", false, 1.1, "x", simRatio("haproxy/plain/c=100")},
	{"sim's CPU against the client's, TLS, c=100", false, 1.1, "x", simRatio("haproxy/tls/c=100")},
	{"memory of a held session, plain", false, 3, " KB", memory(hold{Client: ours})},
	{"memory of a held session, a goroutine parked on it", false, 9, " KB", memory(hold{Client: ours, Parked: true})},
	{"memory of a held session, TLS", false, 15, " KB", memory(hold{Client: ours, TLS: true})},
	{"memory of 18000 held sessions in one process", false, 100, " MB", func(r *results) (spread, bool) {
		i := slices.IndexFunc(r.Holds, func(k kept) bool { return k.hold == hold{Client: ours, N: most} })
		if i < 0 {
			return spread{}, false
		}
		return spreadOf([]float64{float64(r.Holds[i].Held.RSSKB) / 1024}), true
	}},
}

func (r *results) cell(name string) *measured {
	i := slices.IndexFunc(r.Cells, func(m measured) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Cells[i]
}

func cpuRatio(cell, against string) func(*results) (spread, bool) {
	return pairwise(cell, against, func(q ratio) spread { return q.CPU })
}

func rateRatio(cell, against string) func(*results) (spread, bool) {
	return pairwise(cell, against, func(q ratio) spread { return q.Rate })
}

func pairwise(cell, against string, which func(ratio) spread) func(*results) (spread, bool) {
	return func(r *results) (spread, bool) {
		m := r.cell(cell)
		if m == nil {
			return spread{}, false
		}
		q, ok := m.ratio(against)
		return which(q), ok
	}
}

// simRatio is whether the servers could be what limits us: their processor time
// while ours was measured.
func simRatio(cell string) func(*results) (spread, bool) {
	return func(r *results) (spread, bool) {
		m := r.cell(cell)
		if m == nil {
			return spread{}, false
		}
		s := spreadOf(ratios(m.of(ours, sim), m.of(ours, cpu)))
		return s, s.N > 0
	}
}

// memory is that of one held session, of the smallest number that was held so.
func memory(like hold) func(*results) (spread, bool) {
	return func(r *results) (spread, bool) {
		for _, k := range r.Holds {
			if k.Client == like.Client && k.TLS == like.TLS && k.Parked == like.Parked {
				return spreadOf([]float64{k.EachKB}), true
			}
		}
		return spread{}, false
	}
}

// verdict is a target judged by its median.
type verdict struct {
	What  string  `json:"what"`
	Least bool    `json:"least"` // the limit is the least
	Limit float64 `json:"limit"`
	Unit  string  `json:"unit"`
	Got   spread  `json:"got"`
	Met   bool    `json:"met"` // false too where nothing was measured, or a session failed
	Why   string  `json:"why,omitempty"`
}

// judge judges all targets, unless only a part was measured.
func (r *results) judge() {
	if r.Part {
		return
	}
	for _, t := range targets {
		v := verdict{What: t.what, Least: t.least, Limit: t.limit, Unit: t.unit}
		got, ok := t.find(r)
		v.Got = got
		switch {
		case !ok || got.N == 0:
			v.Why = "not measured"
		case t.least:
			v.Met = got.Median >= t.limit
		default:
			v.Met = got.Median <= t.limit
		}
		r.Targets = append(r.Targets, v)
	}
	failed := verdict{What: "sessions that failed, of all clients", Met: true, Got: spread{N: 1}}
	for _, m := range r.Cells {
		for _, f := range m.Figures {
			failed.Got.Median += float64(f.Errors)
		}
	}
	failed.Got.Min, failed.Got.Max = failed.Got.Median, failed.Got.Median
	failed.Met = failed.Got.Median == 0
	r.Targets = append(r.Targets, failed)
}

// limit is such as "at most 1.25 x".
func (v verdict) limit() string {
	word := "at most"
	if v.Least {
		word = "at least"
	}
	return fmt.Sprintf("%s %g%s", word, v.Limit, unit(v.Unit))
}

func (v verdict) met() string {
	if v.Met {
		return "met"
	}
	return "NOT met"
}

func (v verdict) String() string {
	if v.Why != "" {
		return fmt.Sprintf("%-8s %s: %s, want %s", v.met(), v.What, v.Why, v.limit())
	}
	return fmt.Sprintf("%-8s %s: %s, want %s", v.met(), v.What, v.Got.text(unit(v.Unit)), v.limit())
}

func unit(u string) string {
	if u == "x" {
		return " x"
	}
	return u
}
