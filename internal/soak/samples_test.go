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

// growth says what the last third of the curve has more of than the first; nil: of nothing.
// The goroutines and descriptors of every sample are those of the start already.
func (c curve) growth() []string {
	third := len(c) / 3
	if third == 0 {
		return nil
	}
	var grown []string
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
		before, after := median(c[:third], of.value), median(c[len(c)-third:], of.value)
		if after-before > of.slack {
			grown = append(grown, fmt.Sprintf("%s grew: %d in the first third, %d in the last", of.what, before, after))
		}
	}
	return grown
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

func TestCurve_Growth(t *testing.T) {
	t.Parallel()
	flat := sample{heap: 2 << 20, rss: 30 << 20, descriptors: 12, goroutines: 3}
	for name, c := range map[string]struct {
		change func(s *sample, i int)
		want   string // "": nothing grew
	}{
		"nothing":                   {func(*sample, int) {}, ""},
		"now and then":              {func(s *sample, i int) { s.heap += int64(i%2) * 4 << 20 }, ""},
		"ten kilobytes of a sample": {func(s *sample, i int) { s.heap += int64(i) * 10 << 10 }, "bytes in use grew: 2301952 in the first third, 3121152 in the last"},
		"a page of a round":         {func(s *sample, i int) { s.rss += int64(i) * 20 * 4096 }, "bytes resident grew: 33095680 in the first third, 39649280 in the last"},
		"one descriptor in the end": {func(s *sample, i int) { s.descriptors += i / 85 }, "descriptors grew: 12 in the first third, 13 in the last"},
		"one goroutine in the end":  {func(s *sample, i int) { s.goroutines += i / 85 }, "goroutines grew: 3 in the first third, 4 in the last"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all curve
			for i := range 120 {
				s := flat
				c.change(&s, i)
				all = append(all, s)
			}
			if got := strings.Join(all.growth(), "; "); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	if got := (curve{flat, flat}).growth(); got != nil {
		t.Errorf("of two samples: %q", got)
	}
}
