package soak

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

// sample is what the process has while no round goes on.
type sample struct {
	at               time.Duration
	rounds, sessions int
	heap, rss        int64 // bytes in use after a collection, and resident; rss 0: not known
	descriptors      int   // 0: not known
	goroutines       int
}

// take collects what is not used any more, and measures what is left.
func take(at time.Duration) sample {
	runtime.GC()         // what a pool holds is gone after the second one
	debug.FreeOSMemory() // what is resident afterwards is in use, too
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s := sample{at: at, heap: int64(m.HeapAlloc), goroutines: runtime.NumGoroutine()}
	s.rss, s.descriptors = resident(), descriptors()
	return s
}

// idle waits until the process has no more goroutines and descriptors than at the start:
// what a round started has then ended. It gives up where that does not come.
func idle(t *testing.T, start sample) {
	t.Helper()
	const patience = time.Minute
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		g, d := runtime.NumGoroutine(), descriptors()
		if g <= start.goroutines && d <= start.descriptors {
			return
		}
		if time.Since(begin) > patience {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines and %d descriptors are left, of %d and %d at the start\n%s",
				g, d, start.goroutines, start.descriptors, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// curve is the samples of a soak.
type curve []sample

// Growth that is none: memory that a collector leaves here or there. A session that stayed
// in memory, or a kilobyte of each round, would be more within half an hour.
const (
	heapSlack = 512 << 10
	rssSlack  = 6 << 20
)

// steady fails where the last third of the curve is above the first. The goroutines and
// descriptors of every sample are those of the start already.
func (c curve) steady(t *testing.T) {
	t.Helper()
	third := len(c) / 3
	first, last := c[:third], c[len(c)-third:]
	for _, of := range []struct {
		what  string
		value func(sample) int64
		slack int64
	}{
		{"bytes in use", func(s sample) int64 { return s.heap }, heapSlack},
		{"bytes resident", func(s sample) int64 { return s.rss }, rssSlack},
		{"descriptors", func(s sample) int64 { return int64(s.descriptors) }, 0},
		{"goroutines", func(s sample) int64 { return int64(s.goroutines) }, 0},
	} {
		before, after := median(first, of.value), median(last, of.value)
		if after-before > of.slack {
			t.Errorf("%s grew: %d in the first third, %d in the last", of.what, before, after)
		}
	}
}

func median(c curve, value func(sample) int64) int64 {
	sorted := slices.Clone(c)
	slices.SortFunc(sorted, func(a, b sample) int { return cmp.Compare(value(a), value(b)) })
	return value(sorted[len(sorted)/2])
}

// String is a table of a dozen samples, evenly spaced.
func (c curve) String() string {
	const rows = 12
	var b strings.Builder
	fmt.Fprintf(&b, "%8s %7s %9s %9s %9s %12s %11s\n", "time", "rounds", "sessions", "heap KiB", "RSS KiB", "descriptors", "goroutines")
	for i := range min(rows, len(c)) {
		s := c[i*(len(c)-1)/max(1, min(rows, len(c))-1)]
		fmt.Fprintf(&b, "%8s %7d %9d %9d %9d %12d %11d\n", s.at.Round(time.Second), s.rounds, s.sessions, s.heap>>10, s.rss>>10, s.descriptors, s.goroutines)
	}
	return b.String()
}
