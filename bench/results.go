//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// results is a whole run, as results.json has it.
type results struct {
	Quick   bool              `json:"quick"`
	Part    bool              `json:"part"` // not all was measured: no targets
	Began   time.Time         `json:"began"`
	Took    string            `json:"took"`
	Machine map[string]string `json:"machine"`
	Targets []verdict         `json:"targets"`
	Cells   []measured        `json:"cells"`
	Holds   []kept            `json:"holds"`
}

// measured is a cell with what came of it.
type measured struct {
	cell
	Name    string    `json:"name"`
	Figures []figures `json:"figures"` // by client, in the order of the cell
	Ratios  []ratio   `json:"ratios"`  // of ours to each other client
	Samples []sample  `json:"samples"`
}

// figures is what one client's turns came to.
type figures struct {
	Client  string `json:"client"`
	Rate    spread `json:"sessions_per_s"`
	CPU     spread `json:"client_cpu_us"` // per session, user and system
	User    spread `json:"client_user_us"`
	Bytes   spread `json:"bytes"`   // allocated per session; zero: Python
	Mallocs spread `json:"mallocs"` // likewise
	Sim     spread `json:"sim_cpu_us"`
	Proxy   spread `json:"haproxy_cpu_us"`
	PeakMB  spread `json:"peak_mb"`
	Errors  int    `json:"errors"`
}

// ratio is ours over another client, round by round.
type ratio struct {
	Against string `json:"against"`
	Rate    spread `json:"sessions_per_s"`
	CPU     spread `json:"client_cpu"`
}

// kept is sessions held, and what that took.
type kept struct {
	hold
	Name   string  `json:"name"`
	Held   held    `json:"measured"`
	EachKB float64 `json:"each_kb"`
}

// The figures of a sample, per second or per session.
func rate(s sample) float64    { return float64(s.Turn.Sessions) / s.Turn.Wall.Seconds() }
func cpu(s sample) float64     { return perSession(s, s.Turn.User+s.Turn.System) }
func user(s sample) float64    { return perSession(s, s.Turn.User) }
func sim(s sample) float64     { return perSession(s, s.Sim) }
func proxy(s sample) float64   { return perSession(s, s.Proxy) }
func bytesOf(s sample) float64 { return float64(s.Turn.Bytes) / float64(max(1, s.Turn.Sessions)) }
func mallocs(s sample) float64 { return float64(s.Turn.Mallocs) / float64(max(1, s.Turn.Sessions)) }
func peak(s sample) float64    { return float64(s.Turn.PeakKB) / 1024 }

// perSession is microseconds.
func perSession(s sample, d time.Duration) float64 {
	return float64(d) / float64(time.Microsecond) / float64(max(1, s.Turn.Sessions))
}

// of is a figure of one client by round.
func (m *measured) of(client string, figure func(sample) float64) map[int]float64 {
	out := map[int]float64{}
	for _, s := range m.Samples {
		if s.Client == client && s.Turn.Sessions > 0 {
			out[s.Round] = figure(s)
		}
	}
	return out
}

// over is that figure over the rounds.
func (m *measured) over(client string, figure func(sample) float64) spread {
	var all []float64
	for _, v := range m.of(client, figure) {
		all = append(all, v)
	}
	return spreadOf(all)
}

// sum makes figures and ratios of the samples.
func (m *measured) sum(clients []string) {
	for _, client := range clients {
		f := figures{
			Client: client, Rate: m.over(client, rate), CPU: m.over(client, cpu), User: m.over(client, user),
			Bytes: m.over(client, bytesOf), Mallocs: m.over(client, mallocs),
			Sim: m.over(client, sim), Proxy: m.over(client, proxy), PeakMB: m.over(client, peak),
		}
		for _, s := range m.Samples {
			if s.Client == client {
				f.Errors += s.Turn.Errors
			}
		}
		m.Figures = append(m.Figures, f)
		if client != ours {
			m.Ratios = append(m.Ratios, ratio{client,
				spreadOf(ratios(m.of(ours, rate), m.of(client, rate))), spreadOf(ratios(m.of(ours, cpu), m.of(client, cpu)))})
		}
	}
}

// brief is a line for somebody who waits.
func (m *measured) brief() string {
	var parts []string
	for _, f := range m.Figures {
		text := fmt.Sprintf("%s %.0f/s %.0f us", f.Client, f.Rate.Median, f.CPU.Median)
		if f.Errors > 0 {
			text += fmt.Sprintf(" (%d errors)", f.Errors)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// ratio finds one; false: it was not measured.
func (m *measured) ratio(against string) (ratio, bool) {
	i := slices.IndexFunc(m.Ratios, func(r ratio) bool { return r.Against == against })
	if i < 0 {
		return ratio{}, false
	}
	return m.Ratios[i], true
}
