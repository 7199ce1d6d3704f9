package reconcile

import (
	"cmp"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
)

// state is what became of a session in the join.
type state int

const (
	notLogged state = iota // no line fits
	noEnd                  // its own end is unknown
	ambiguous              // several lines fit, or one that fits another session, too
	untimely               // its one line does not fit the time of the others
	joined
)

// pair is a session and what the log says of it.
type pair struct {
	state   state
	record  balancerlog.Record // of the last line that has a backend, else of the last line
	lines   int
	several bool // its lines have several backends
}

// pairing is every session's pair, and the bounds of the clocks' difference that follow.
type pairing struct {
	pairs     []pair
	low, high time.Duration // of the difference
	untimely  int
}

// pairTwice pairs, and again by the difference of the clocks that follows from the pairs:
// the first guess takes connecting for accepting, which a balancer that queues makes seconds
// of.
func (j *Join) pairTwice(c clock, linesOf func(Session) []line) (clock, pairing) {
	p := j.pair(c, linesOf)
	if p.low == p.high {
		return c, p
	}
	c.offset, c.spread = j.likeliest(c.offset, p), 0
	return c, j.pair(c, linesOf)
}

// likeliest is the difference within the bounds of the pairs: the one that was to be
// expected, where it is possible, or the middle.
func (j *Join) likeliest(guess time.Duration, p pairing) time.Duration {
	if expected := j.expected(guess); expected >= p.low && expected <= p.high {
		return expected
	}
	return p.low + (p.high-p.low)/2
}

// pair gives each session the line that fits it alone, and that no other session fits.
func (j *Join) pair(c clock, linesOf func(Session) []line) pairing {
	p := pairing{pairs: make([]pair, len(j.sessions))}
	w := c.leeway(j.format.Resolution)
	for _, s := range j.sessions {
		lines := linesOf(s)
		for i := range lines {
			lines[i].claims = 0
		}
	}
	for _, s := range j.sessions {
		j.fitting(s, linesOf(s), c.offset, w, func(l *line) { l.claims++ })
	}
	for i, s := range j.sessions {
		if !s.Client.IsValid() {
			p.pairs[i].state = noEnd
			continue
		}
		p.pairs[i] = j.pairOf(s, linesOf(s), c.offset, w)
	}
	p.inTime(j)
	return p
}

// latest is when a session can have been accepted at the latest: it had its first answer
// then. A log with several lines for a connection has them until its end.
func (j *Join) latest(s Session) time.Time {
	if j.format.Many {
		return s.End
	}
	return s.Answer
}

// fitting visits the lines that fit a session: at its node, and accepted while it waited
// for the first answer.
func (j *Join) fitting(s Session, lines []line, offset, w time.Duration, visit func(*line)) {
	last := j.latest(s)
	for i := range lines {
		at := lines[i].Accepted.Add(-offset)
		if isAt(&lines[i].Record, s.Node) && !at.Before(s.Start.Add(-w)) && !at.After(last.Add(w)) {
			visit(&lines[i])
		}
	}
}

func (j *Join) pairOf(s Session, lines []line, offset, w time.Duration) pair {
	p := pair{}
	claimed := false
	j.fitting(s, lines, offset, w, func(l *line) {
		claimed = claimed || l.claims > 1
		p.take(&l.Record)
	})
	switch {
	case p.lines == 0:
		p.state = notLogged
	case p.several && !s.Likely.IsZero(): // it is not known which of them are of its time
		p.state = ambiguous
	case claimed || p.lines > 1 && !j.format.Many || j.keys[s.Client] != nil && j.keys[s.Client].crowded:
		p.state = ambiguous
	default:
		p.state = joined
	}
	return p
}

// take adds a line to what is known of the connection.
func (p *pair) take(r *balancerlog.Record) {
	p.lines++
	before := backendOf(&p.record)
	if p.lines > 1 && backendOf(r) == "" {
		return
	}
	p.several = p.several || before != "" && before != backendOf(r)
	p.record = *r
}

// edge is where the bounds of one pair begin or end.
type edge struct {
	at    time.Duration
	opens bool
}

// maxTurn is how much older than its accept the time of a line may be. HAProxy and nginx take
// the clock once for each turn of their event loop, and a machine that is busy holds a turn
// up: an HAProxy 2.6 that had to wait for the processor was seen to be some milliseconds late.
// More is allowed, as a machine may stand still for longer, but less than leeway is: within
// that a line fits its session anyway.
const maxTurn = 250 * time.Millisecond

// inTime bounds the difference of the clocks: a connection is accepted after connecting
// began and before the first byte came back. A pair of which the bounds exclude the
// difference that most pairs allow is none, unless the balancer's clock was merely behind:
// for that pair, or for most of the others.
func (p *pairing) inTime(j *Join) {
	var edges []edge
	for i := range p.pairs {
		if p.pairs[i].state == joined {
			low, high := j.bounds(i, p.pairs[i])
			edges = append(edges, edge{low, true}, edge{high, false})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.at, b.at), -compareBools(a.opens, b.opens))
	})
	open, most := 0, 0
	for i, e := range edges {
		if !e.opens {
			open--
			continue
		}
		if open++; open > most {
			most, p.low = open, e.at
			p.high = edges[i+1].at
		}
	}
	for i := range p.pairs {
		if p.pairs[i].state != joined {
			continue
		}
		if low, high := j.bounds(i, p.pairs[i]); low > p.high+maxTurn || high+maxTurn < p.low {
			p.pairs[i].state = untimely
			p.untimely++
		}
	}
}

// bounds are the differences of the clocks that a pair allows. Both clocks are read to a
// resolution, and part during the run.
func (j *Join) bounds(i int, p pair) (low, high time.Duration) {
	s := j.sessions[i]
	drift := min(maxLeeway, time.Duration(maxDrift*float64(j.window.end.Sub(j.window.start))))
	leeway := j.format.Resolution + drift
	return p.record.Accepted.Sub(j.latest(s)) - leeway, p.record.Accepted.Sub(s.Start) + leeway
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
