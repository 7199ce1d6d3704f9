//go:build linux

package main

import (
	"context"
	"errors"
	"os"
	"runtime/pprof"
	"sync"
	"time"
)

// held is what holding sessions takes.
type held struct {
	Sessions int           `json:"sessions"`
	Opening  time.Duration `json:"opening_ns"` // all of them
	BaseKB   int64         `json:"base_kb"`    // resident before
	RSSKB    int64         `json:"rss_kb"`     // resident while they are held
}

// each is the memory of one, in KiB.
func (h held) each() float64 { return float64(h.RSSKB-h.BaseKB) / float64(max(1, h.Sessions)) }

// opening is how many sessions are opened at once.
const opening = 64

// holdChild opens sessions, keeps them and says what memory that takes.
func holdChild(ctx context.Context, args []string) error {
	o, err := parseOrder(args)
	if err != nil {
		return err
	}
	cl, err := o.newClient(ctx)
	if err != nil {
		return err
	}
	if err := cl.session(ctx, o.addrs[0]); err != nil { // what is made once is made
		return err
	}
	h := held{Sessions: o.n, BaseKB: settledKB()}
	start := time.Now()
	ends, err := keepAll(ctx, cl, o)
	h.Opening = time.Since(start)
	if err == nil {
		h.RSSKB = settledKB()
		err = heapProfile(o.profile)
		say(said{Event: "held", Held: &h})
	}
	for _, end := range ends {
		if end != nil {
			err = errors.Join(err, end())
		}
	}
	return err
}

// heapProfile writes what memory is in use.
func heapProfile(path string) error {
	if path == "" {
		return nil
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("heap").WriteTo(f, 0), f.Close())
}

// keepAll opens them all; where it fails, what did open is returned too.
func keepAll(ctx context.Context, cl client, o order) ([]func() error, error) {
	ends := make([]func() error, o.n)
	errs := make([]error, opening)
	var all sync.WaitGroup
	for w := range opening {
		all.Go(func() {
			for i := w; i < o.n && errs[w] == nil; i += opening {
				ends[i], errs[w] = cl.keep(ctx, o.addrs[i%len(o.addrs)], o.parked)
			}
		})
	}
	all.Wait()
	return ends, errors.Join(errs...)
}
