//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// progress tells a person what is going on.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}

// measure takes every sample of the plan. In each round every client of a cell
// has its turn, in an order that is turned round from round to round.
func (l *lab) measure(ctx context.Context, p plan, r *results) error {
	r.Part = p.part
	for i, c := range p.cells {
		m := measured{cell: c, Name: c.name()}
		for round := range p.rounds {
			clients := slices.Clone(c.Clients)
			if round%2 == 1 {
				slices.Reverse(clients)
			}
			for _, client := range clients {
				s, err := l.take(ctx, p, c, client, round)
				if err != nil {
					return err
				}
				m.Samples = append(m.Samples, s)
			}
		}
		m.sum(c.Clients)
		r.Cells = append(r.Cells, m)
		progress("%2d/%d  %s  %s", i+1, len(p.cells)+len(p.holds), m.Name, m.brief())
	}
	for i, h := range p.holds {
		got, err := l.keep(ctx, h)
		if err != nil {
			return err
		}
		r.Holds = append(r.Holds, kept{hold: h, Name: h.name(), Held: got, EachKB: got.each()})
		progress("%2d/%d  %s  %.2f KB each, %d MB in all", len(p.cells)+i+1, len(p.cells)+len(p.holds), h.name(), got.each(), got.RSSKB>>10)
	}
	return nil
}
