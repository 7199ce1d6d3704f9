package peertest

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

// Tried is what became of changes of what a peer said.
type Tried struct {
	mu      sync.Mutex
	n, good int // tried, and of them those that did no harm
	slowest time.Duration
	largest uint64 // bytes allocated by one; 0: not measured
}

// Note adds a try.
func (r *Tried) Note(took time.Duration, allocated uint64, good bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
	if good {
		r.good++
	}
	r.slowest, r.largest = max(r.slowest, took), max(r.largest, allocated)
}

// Log writes the line that make hostile sums.
func (r *Tried) Log(t testing.TB) {
	t.Helper()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("hostile: %s: %d replies, %d of them good, slowest %v, at most %d KiB allocated by one, %d MiB in use", t.Name(), r.n, r.good, r.slowest.Round(time.Microsecond), r.largest>>10, m.HeapInuse>>20)
}

// EachChange tries changes of what backend says, several at once: some of them, with
// -hostile 32 times as many. try connects to p, which is before backend, and reports whether
// the change did no harm; it is called with no change first, and must then be good.
func EachChange(t *testing.T, backend string, some int, try func(p *Tampered, c Change) (good bool)) {
	t.Helper()
	first := Tamper(t, backend)
	if !try(first, Change{}) {
		t.Fatal("it fails where nothing is changed")
	}
	changes := Changes(first.Said(), some, 32*some)
	if len(changes) == 0 {
		t.Fatal("nothing was said")
	}
	const together = 6
	var r Tried
	var workers sync.WaitGroup
	for w := range together {
		p := Tamper(t, backend)
		workers.Go(func() {
			for i := w; i < len(changes); i += together {
				p.Next(changes[i])
				start := time.Now()
				good := try(p, changes[i])
				r.Note(time.Since(start), 0, good)
			}
		})
	}
	workers.Wait()
	r.Log(t)
}
