package pace

import (
	"sync"
	"time"
)

// Leeway is how far ahead of its rate a gate lets sessions pass: a pause of this
// machine that is shorter leaves no trace.
const Leeway = 100 * time.Millisecond

// Gate keeps sessions to their rate that could start sooner: those that were due
// while the service stalled are late, and still do not all start at once when it
// answers again. What a session waits for the gate alone is nobody's fault, so the
// times at which it and all after it are due move by that: each is as late as it
// would have been without a gate. The zero value keeps nobody.
type Gate struct {
	interval time.Duration // between two sessions; 0: they need not keep a distance

	mu   sync.Mutex
	next time.Duration // when the next session is due to pass, without leeway
	held time.Duration // how far due times have moved, by the last session that started
}

// NewGate is a gate for the pacer's rate.
func NewGate(p Pacer) *Gate { return &Gate{interval: p.Lasts(1)} }

// Turn is when a session may start.
type Turn struct {
	Due  time.Duration // when it was due, moved by what the gate has held sessions back
	At   time.Duration // when it may start: not before Due
	held time.Duration
}

// Reserve reserves a turn for a session that is due by its schedule and was ready at
// a time; now is not before either.
func (g *Gate) Reserve(due, ready, now time.Duration) Turn {
	ready = max(due, ready)
	if g.interval == 0 {
		return Turn{Due: due, At: ready}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	at := max(ready, g.next-Leeway)
	g.next = max(g.next, at, now) + g.interval
	late := max(0, ready-g.held-due) // without a gate
	return Turn{Due: at - late, At: at, held: at - late - due}
}

// Pass is called when the session starts.
func (g *Gate) Pass(t Turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = t.held
}
