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

// holdResult is the time and the memory for holding sessions.
type holdResult struct {
	Sessions int           `json:"sessions"`
	Opening  time.Duration `json:"opening_ns"` // time to open all of them
	BaseKB   int64         `json:"base_kb"`    // resident memory before
	RSSKB    int64         `json:"rss_kb"`     // resident memory while they are held
}

// kbPerSession returns the memory of a session in KiB.
func (h holdResult) kbPerSession() float64 {
	return float64(h.RSSKB-h.BaseKB) / float64(max(1, h.Sessions))
}

// openConcurrency is the number of sessions opened at the same time.
const openConcurrency = 64

// holdChild opens sessions, holds them and prints the memory that they need.
func holdChild(ctx context.Context, args []string) error {
	o, cl, err := parseChild(ctx, args)
	if err != nil {
		return err
	}
	if err := cl.session(ctx, o.addrs[0]); err != nil { // allocates what is allocated once
		return err
	}
	h := holdResult{Sessions: o.hold, BaseKB: settledKB()}
	start := time.Now()
	closers, err := openAll(ctx, cl, o)
	h.Opening = time.Since(start)
	if err == nil {
		h.RSSKB = settledKB()
		err = heapProfile(o.profile)
		printEvent(event{Event: "held", Held: &h})
	}
	for _, closeSession := range closers {
		if closeSession != nil {
			err = errors.Join(err, closeSession())
		}
	}
	return err
}

// heapProfile writes a profile of the memory in use.
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

// openAll opens all sessions and returns the functions that close them, also after an
// error.
func openAll(ctx context.Context, cl client, o childArgs) ([]func() error, error) {
	closers := make([]func() error, o.hold)
	errs := make([]error, openConcurrency)
	var all sync.WaitGroup
	for w := range openConcurrency {
		all.Go(func() {
			for i := w; i < o.hold && errs[w] == nil; i += openConcurrency {
				closers[i], errs[w] = cl.open(ctx, o.addrs[i%len(o.addrs)], o.parked)
			}
		})
	}
	all.Wait()
	return closers, errors.Join(errs...)
}
