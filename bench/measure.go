//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// progress prints a progress message.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}

// measure takes every sample of the plan. In each round every client of a cell has a
// turn; the order is reversed from round to round.
func (l *lab) measure(ctx context.Context, p plan, r *results) error {
	r.Part = p.partial
	for i, c := range p.cells {
		m := cellMeasurement{cell: c, Name: c.name()}
		for round := range p.rounds {
			clients := slices.Clone(c.Clients)
			if round%2 == 1 {
				slices.Reverse(clients)
			}
			for _, client := range clients {
				s, err := l.measureTurn(ctx, p, c, client, round)
				if err != nil {
					return err
				}
				m.Samples = append(m.Samples, s)
			}
		}
		m.summarize(c.Clients)
		r.Cells = append(r.Cells, m)
		progress("%2d/%d  %s  %s", i+1, len(p.cells)+len(p.holds), m.Name, m.summary())
	}
	for i, h := range p.holds {
		got, err := l.measureHold(ctx, h)
		if err != nil {
			return err
		}
		r.Holds = append(r.Holds, holdMeasurement{hold: h, Name: h.name(), Held: got, EachKB: got.kbPerSession()})
		progress("%2d/%d  %s  %.2f KB each, %d MB in all", len(p.cells)+i+1, len(p.cells)+len(p.holds), h.name(), got.kbPerSession(), got.RSSKB>>10)
	}
	for _, h := range p.shards {
		got, err := l.measureShards(ctx, h)
		if err != nil {
			return err
		}
		r.Shards = append(r.Shards, got)
		progress("%s  %.0f MB in all, %.0f MB at the peak", h.name(), got.HeldMB.Median, got.PeakMB)
	}
	return nil
}
