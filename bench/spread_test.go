//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSpreadOf(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		figures []float64
		want    spread
	}{
		"none":           {figures: nil, want: spread{}},
		"one":            {figures: []float64{3}, want: spread{Min: 3, Median: 3, Max: 3, N: 1}},
		"an odd number":  {figures: []float64{9, 1, 2}, want: spread{Min: 1, Median: 2, Max: 9, N: 3}},
		"an even number": {figures: []float64{4, 1, 2, 9}, want: spread{Min: 1, Median: 3, Max: 9, N: 4}},
	} {
		if got := spreadOf(tc.figures); got != tc.want {
			t.Errorf("%s: %+v, want %+v", name, got, tc.want)
		}
	}
}

func TestRatios(t *testing.T) {
	t.Parallel()
	got := ratios(map[int]float64{0: 10, 1: 30, 2: 7, 3: 1}, map[int]float64{0: 5, 1: 10, 3: 0, 4: 2})
	slices.Sort(got)
	if !slices.Equal(got, []float64{2, 3}) {
		t.Errorf("%v", got)
	}
}

// newSample returns a sample with CPU times per session.
func newSample(client string, round, sessions int, cpu, sim time.Duration) sample {
	return sample{Client: client, Round: round, Sim: time.Duration(sessions) * sim,
		Turn: turn{Sessions: sessions, Wall: time.Second, User: time.Duration(sessions) * cpu / 4, System: time.Duration(sessions) * cpu * 3 / 4, Bytes: uint64(sessions) * 4000}}
}

func TestCellMeasurement_Summarize(t *testing.T) {
	t.Parallel()
	m := cellMeasurement{cell: cell{Path: pathHAProxy, C: 100}, Samples: []sample{
		newSample(clientOurs, 0, 1000, 120*time.Microsecond, 100*time.Microsecond), newSample(clientRaw, 0, 1250, 100*time.Microsecond, 90*time.Microsecond),
		newSample(clientRaw, 1, 800, 200*time.Microsecond, 90*time.Microsecond), newSample(clientOurs, 1, 1000, 220*time.Microsecond, 100*time.Microsecond),
	}}
	m.summarize([]string{clientOurs, clientRaw})
	f := m.Figures[0]
	if f.Client != clientOurs || f.CPU != (spread{Min: 120, Median: 170, Max: 220, N: 2}) || f.User.Min != 30 || f.Rate.Median != 1000 || f.Bytes.Max != 4000 || f.Sim.Median != 100 {
		t.Errorf("%+v", f)
	}
	q, ok := m.ratio(clientRaw)
	if !ok || q.CPU.Min != 1.1 || q.CPU.Max != 1.2 || q.Rate.Min != 0.8 || q.Rate.Max != 1.25 {
		t.Errorf("%v %+v", ok, q)
	}
	if _, ok := m.ratio(clientGohive); ok {
		t.Error("a ratio to a client that was not measured")
	}
}

func TestResults_Judge(t *testing.T) {
	t.Parallel()
	r := results{
		Cells: []cellMeasurement{{Name: "haproxy/plain/c=100", Ratios: []ratio{{Against: clientRaw, CPU: spread{Min: 1, Median: 1.25, Max: 2, N: 5}, Rate: spread{Min: 0.5, Median: 0.89, Max: 1, N: 5}}}}},
		Holds: []holdMeasurement{{hold: hold{Client: clientOurs, N: 9000}, EachKB: 3.1}, {hold: hold{Client: clientOurs, N: maxHeld}, Held: holdResult{RSSKB: 99 << 10}}},
	}
	r.judge()
	met := map[string]bool{}
	for _, v := range r.Targets {
		met[v.What] = v.Met
		if v.Why == "" != (v.Got.N > 0) {
			t.Errorf("%v", v)
		}
	}
	for what, want := range map[string]bool{
		"client CPU against raw, plain, c=100":         true,  // equal to the limit
		"sessions/s against raw, plain, c=100":         false, // below a minimum
		"client CPU against gohive, plain, c=100":      false, // not measured
		"memory of a held session, plain":              false,
		"memory of 18000 held sessions in one process": true,
		"sessions that failed, of all clients":         true,
	} {
		got, judged := met[what]
		if got != want || !judged {
			t.Errorf("%s: %v (%v), want %v", what, got, judged, want)
		}
	}
	r.Cells[0].Figures = []figures{{Client: clientGohive, Errors: 1}}
	r.Targets = nil
	r.judge()
	if last := r.Targets[len(r.Targets)-1]; last.Met {
		t.Errorf("%v", last)
	}
	part := results{Part: true}
	if part.judge(); len(part.Targets) != 0 {
		t.Error("targets of a partial run were judged")
	}
	if text := r.markdown(); !strings.Contains(text, "| at most 1.25 x | 1.250 x (1.000 to 2.000) | met |") || !strings.Contains(text, "NOT met") {
		t.Error(text)
	}
}

func TestPlanFor_MeasuresEveryTarget(t *testing.T) {
	t.Parallel()
	for _, quick := range []bool{true, false} {
		p, r := planFor(quick), &results{}
		if p.rounds < 5 {
			t.Errorf("%d rounds", p.rounds)
		}
		for _, c := range p.cells {
			m := cellMeasurement{cell: c, Name: c.name()}
			for _, client := range c.Clients {
				m.Samples = append(m.Samples, newSample(client, 0, 10, time.Microsecond, time.Microsecond))
			}
			m.summarize(c.Clients)
			r.Cells = append(r.Cells, m)
		}
		for _, h := range p.holds {
			r.Holds = append(r.Holds, holdMeasurement{hold: h, Held: holdResult{RSSKB: 1}, EachKB: 1})
		}
		for _, h := range p.shards {
			r.Shards = append(r.Shards, shardsResult{shardsHold: h, HeldMB: spreadOf([]float64{1})})
		}
		r.judge()
		for _, v := range r.Targets {
			if v.Why != "" {
				t.Errorf("quick %v: %s is %s", quick, v.What, v.Why)
			}
		}
	}
}

func TestParseStat(t *testing.T) {
	t.Parallel()
	got, err := parseStat("4711 (a b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 1 0 1 2 3\n")
	if err != nil || got != 3*time.Second {
		t.Errorf("%v %v", got, err)
	}
	if _, err := parseStat("nonsense"); err == nil {
		t.Error("no error for an invalid line")
	}
}
