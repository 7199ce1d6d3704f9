//go:build linux

package main

import (
	"fmt"
	"slices"
)

// target is a figure with a limit.
type target struct {
	what      string
	isMinimum bool // the limit is a minimum, not a maximum
	limit     float64
	unit      string // "x": a ratio
	find      func(*results) (spread, bool)
}

// targets are the targets for the client: ratios within a run, compared by round, and
// sizes.
var targets = []target{
	{what: "client CPU against raw, plain, c=100", isMinimum: false, limit: 1.25, unit: "x", find: cpuRatio("haproxy/plain/c=100", clientRaw)},
	{what: "client CPU against raw, TLS, c=100", isMinimum: false, limit: 1.15, unit: "x", find: cpuRatio("haproxy/tls/c=100", clientRaw)},
	{what: "client CPU against raw, plain, c=1000", isMinimum: false, limit: 1.35, unit: "x", find: cpuRatio("haproxy/plain/c=1000", clientRaw)},
	{what: "client CPU against raw, TLS, c=1000", isMinimum: false, limit: 1.35, unit: "x", find: cpuRatio("haproxy/tls/c=1000", clientRaw)},
	{what: "client CPU against gohive, plain, c=100", isMinimum: false, limit: 0.75, unit: "x", find: cpuRatio("haproxy/plain/c=100", clientGohive)},
	{what: "client CPU against gohive, plain, c=1000", isMinimum: false, limit: 0.95, unit: "x", find: cpuRatio("haproxy/plain/c=1000", clientGohive)},
	{what: "sessions/s against raw, plain, c=100", isMinimum: true, limit: 0.9, unit: "x", find: rateRatio("haproxy/plain/c=100", clientRaw)},
	{what: "sessions/s against raw, TLS, c=100", isMinimum: true, limit: 0.9, unit: "x", find: rateRatio("haproxy/tls/c=100", clientRaw)},
	{what: "sessions/s against impyla in 10 threads, direct", isMinimum: true, limit: 20, unit: "x", find: rateRatio("direct/plain/c=10/peers", clientImpyla)},
	{what: "sessions/s against a loop of impala-shell, direct", isMinimum: true, limit: 200, unit: "x", find: rateRatio("direct/plain/c=1/peers", clientShell)},
	{what: "sim's CPU against the client's, plain, c=100, direct", isMinimum: false, limit: 1.1, unit: "x", find: simRatio("direct/plain/c=100")},
	{what: "sim's CPU against the client's, plain, c=100", isMinimum: false, limit: 1.1, unit: "x", find: simRatio("haproxy/plain/c=100")},
	{what: "sim's CPU against the client's, TLS, c=100", isMinimum: false, limit: 1.1, unit: "x", find: simRatio("haproxy/tls/c=100")},
	{what: "memory of a held session, plain", isMinimum: false, limit: 3, unit: " KB", find: memory(hold{Client: clientOurs})},
	{what: "memory of a held session, a goroutine parked on it", isMinimum: false, limit: 9, unit: " KB", find: memory(hold{Client: clientOurs, Parked: true})},
	{what: "memory of a held session, TLS", isMinimum: false, limit: 15, unit: " KB", find: memory(hold{Client: clientOurs, way: way{TLS: true}})},
	{what: "memory of 18000 held sessions in one process", isMinimum: false, limit: 100, unit: " MB", find: func(r *results) (spread, bool) {
		i := slices.IndexFunc(r.Holds, func(k holdMeasurement) bool { return k.hold == hold{Client: clientOurs, N: maxHeld} })
		if i < 0 {
			return spread{}, false
		}
		return spreadOf([]float64{float64(r.Holds[i].Held.RSSKB) / 1024}), true
	}},
	{what: "memory of 50000 sessions held by the command in four processes", isMinimum: false, limit: 200, unit: " MB", find: func(r *results) (spread, bool) {
		i := slices.IndexFunc(r.Shards, func(s shardsResult) bool { return s.N == maxHeldByShards })
		if i < 0 {
			return spread{}, false
		}
		return r.Shards[i].HeldMB, true
	}},
}

// wayLimits are the limits of a way in: of the client CPU against impyla's with one
// session at a time, where impyla's threads do not hinder each other, and of the memory of
// a held session.
var wayLimits = []struct {
	way
	cpu    float64
	memory float64 // KB; 0: it is a target above
}{
	{way: way{TLS: true}, cpu: 0.4},
	{way: way{Login: loginPassword}, cpu: 0.6, memory: 3},
	{way: way{Login: loginKerberos}, cpu: 0.75, memory: 4.5},
	{way: way{HTTP: true}, cpu: 0.35, memory: 5.5},
	{way: way{HTTP: true, Login: loginPassword, TLS: true}, cpu: 0.2, memory: 18},
	{way: way{HTTP: true, Login: loginKerberos, TLS: true}, cpu: 0.2, memory: 21},
}

// allTargets are the targets, those of the ways in last.
func allTargets() []target {
	all := slices.Clone(targets)
	for _, l := range wayLimits {
		all = append(all, target{what: "client CPU against impyla, " + l.way.name() + ", c=1, direct", limit: l.cpu, unit: "x", find: cpuRatio(peerCell(l.way, 1).name(), clientImpyla)})
		if l.memory > 0 {
			all = append(all, target{what: "memory of a held session, " + l.way.name(), limit: l.memory, unit: " KB", find: memory(hold{Client: clientOurs, way: l.way})})
		}
	}
	return all
}

func (r *results) cell(name string) *cellMeasurement {
	i := slices.IndexFunc(r.Cells, func(m cellMeasurement) bool { return m.Name == name })
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

// simRatio is the CPU time of the servers relative to our client's: it shows whether
// the servers could be the bottleneck.
func simRatio(cell string) func(*results) (spread, bool) {
	return func(r *results) (spread, bool) {
		m := r.cell(cell)
		if m == nil {
			return spread{}, false
		}
		s := spreadOf(ratios(m.byRound(clientOurs, sim), m.byRound(clientOurs, cpu)))
		return s, s.N > 0
	}
}

// memory is the memory of a held session in the first matching hold.
func memory(like hold) func(*results) (spread, bool) {
	return func(r *results) (spread, bool) {
		for _, k := range r.Holds {
			if k.Client == like.Client && k.way == like.way && k.Parked == like.Parked {
				return spreadOf([]float64{k.EachKB}), true
			}
		}
		return spread{}, false
	}
}

// targetResult is the result for a target, judged by the median.
type targetResult struct {
	What    string  `json:"what"`
	Minimum bool    `json:"least"` // the limit is a minimum
	Limit   float64 `json:"limit"`
	Unit    string  `json:"unit"`
	Got     spread  `json:"got"`
	Met     bool    `json:"met"` // also false if nothing was measured
	Why     string  `json:"why,omitempty"`
}

// judge computes the results for all targets, unless only a part was measured.
func (r *results) judge() {
	if r.Part {
		return
	}
	for _, t := range allTargets() {
		v := targetResult{What: t.what, Minimum: t.isMinimum, Limit: t.limit, Unit: t.unit}
		got, ok := t.find(r)
		v.Got = got
		switch {
		case !ok || got.N == 0:
			v.Why = "not measured"
		case t.isMinimum:
			v.Met = got.Median >= t.limit
		default:
			v.Met = got.Median <= t.limit
		}
		r.Targets = append(r.Targets, v)
	}
	failed := targetResult{What: "sessions that failed, of all clients", Met: true, Got: spread{N: 1}}
	for _, m := range r.Cells {
		for _, f := range m.Figures {
			failed.Got.Median += float64(f.Errors)
		}
	}
	failed.Got.Min, failed.Got.Max = failed.Got.Median, failed.Got.Median
	failed.Met = failed.Got.Median == 0
	r.Targets = append(r.Targets, failed)
}

// limitText returns text such as "at most 1.25 x".
func (v targetResult) limitText() string {
	word := "at most"
	if v.Minimum {
		word = "at least"
	}
	return fmt.Sprintf("%s %g%s", word, v.Limit, unit(v.Unit))
}

func (v targetResult) metText() string {
	if v.Met {
		return "met"
	}
	return "NOT met"
}

func (v targetResult) String() string {
	if v.Why != "" {
		return fmt.Sprintf("%-8s %s: %s, want %s", v.metText(), v.What, v.Why, v.limitText())
	}
	return fmt.Sprintf("%-8s %s: %s, want %s", v.metText(), v.What, v.Got.format(unit(v.Unit)), v.limitText())
}

func unit(u string) string {
	if u == "x" {
		return " x"
	}
	return u
}
