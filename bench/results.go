//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// results is the content of results.json.
type results struct {
	Quick   bool              `json:"quick"`
	Part    bool              `json:"part"` // only a part was measured, without targets
	Began   time.Time         `json:"began"`
	Took    string            `json:"took"`
	Machine map[string]string `json:"machine"`
	Targets []targetResult    `json:"targets"`
	Cells   []cellMeasurement `json:"cells"`
	Holds   []holdMeasurement `json:"holds"`
	Shards  []shardsResult    `json:"shards"`
}

// cellMeasurement is a cell with its results.
type cellMeasurement struct {
	cell
	Name    string    `json:"name"`
	Figures []figures `json:"figures"` // by client, in the order of the cell
	Ratios  []ratio   `json:"ratios"`  // of ours to each other client
	Samples []sample  `json:"samples"`
}

// figures are the results of a client.
type figures struct {
	Client  string `json:"client"`
	Rate    spread `json:"sessions_per_s"`
	CPU     spread `json:"client_cpu_us"` // per session, user and system
	User    spread `json:"client_user_us"`
	Bytes   spread `json:"bytes"`   // allocated per session; zero: Python
	Mallocs spread `json:"mallocs"` // allocations per session; zero: Python
	Sim     spread `json:"sim_cpu_us"`
	Proxy   spread `json:"haproxy_cpu_us"`
	PeakMB  spread `json:"peak_mb"`
	Errors  int    `json:"errors"`
}

// ratio is our client's figures divided by another client's, by round.
type ratio struct {
	Against string `json:"against"`
	Rate    spread `json:"sessions_per_s"`
	CPU     spread `json:"client_cpu"`
}

// holdMeasurement is a hold with its results.
type holdMeasurement struct {
	hold
	Name   string     `json:"name"`
	Held   holdResult `json:"measured"`
	EachKB float64    `json:"each_kb"`
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

// perSession returns microseconds per session.
func perSession(s sample, d time.Duration) float64 {
	return float64(d) / float64(time.Microsecond) / float64(max(1, s.Turn.Sessions))
}

// byRound returns a figure of a client by round.
func (m *cellMeasurement) byRound(client string, figure func(sample) float64) map[int]float64 {
	out := map[int]float64{}
	for _, s := range m.Samples {
		if s.Client == client && s.Turn.Sessions > 0 {
			out[s.Round] = figure(s)
		}
	}
	return out
}

// overRounds returns the spread of a figure of a client over the rounds.
func (m *cellMeasurement) overRounds(client string, figure func(sample) float64) spread {
	var all []float64
	for _, v := range m.byRound(client, figure) {
		all = append(all, v)
	}
	return spreadOf(all)
}

// summarize computes the figures and ratios from the samples.
func (m *cellMeasurement) summarize(clients []string) {
	for _, client := range clients {
		f := figures{
			Client: client, Rate: m.overRounds(client, rate), CPU: m.overRounds(client, cpu), User: m.overRounds(client, user),
			Bytes: m.overRounds(client, bytesOf), Mallocs: m.overRounds(client, mallocs),
			Sim: m.overRounds(client, sim), Proxy: m.overRounds(client, proxy), PeakMB: m.overRounds(client, peak),
		}
		for _, s := range m.Samples {
			if s.Client == client {
				f.Errors += s.Turn.Errors
			}
		}
		m.Figures = append(m.Figures, f)
		if client != clientOurs {
			m.Ratios = append(m.Ratios, ratio{Against: client,
				Rate: spreadOf(ratios(m.byRound(clientOurs, rate), m.byRound(client, rate))), CPU: spreadOf(ratios(m.byRound(clientOurs, cpu), m.byRound(client, cpu)))})
		}
	}
}

// summary returns a line for the progress messages.
func (m *cellMeasurement) summary() string {
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

// ratio returns the ratio to a client; false if it was not measured.
func (m *cellMeasurement) ratio(against string) (ratio, bool) {
	i := slices.IndexFunc(m.Ratios, func(r ratio) bool { return r.Against == against })
	if i < 0 {
		return ratio{}, false
	}
	return m.Ratios[i], true
}
