package reconcile

import (
	"slices"
	"time"
)

// The differences of the clocks that are taken for possible: a machine's own error, and
// beside a whole number of quarters of an hour where the log names no zone.
const (
	maxSkew      = 5 * time.Minute
	maxZonedSkew = time.Minute
	maxAloneSkew = 2 * time.Second // that one session alone may show
	maxZone      = 14 * time.Hour
	zoneStep     = 15 * time.Minute
)

// A difference needs as many sessions that agree, within voteWidth.
const (
	minVotes  = 3
	voteWidth = 2 * time.Second
)

// maxDrift is how fast two clocks part.
const maxDrift = 100e-6

// clock is by how much the log's clock is ahead of ours.
type clock struct {
	known  bool
	offset time.Duration
	spread time.Duration // median of the distances from offset
	votes  int           // sessions that agree
	rival  int           // sessions that agree on another difference
}

// vote is a difference that one session and one of its lines would have.
type vote struct {
	offset  time.Duration
	session int
}

// votesOf are the differences of every session and each of its lines.
func (j *Join) votesOf(linesOf func(Session) []line) []vote {
	var out []vote
	for i, s := range j.sessions {
		lines := linesOf(s)
		for n := range lines {
			if isAt(&lines[n].Record, s.Node) {
				out = append(out, vote{j.differenceOf(s, lines[n].Accepted), i})
			}
		}
	}
	slices.SortFunc(out, func(a, b vote) int { return int(max(-1, min(1, a.offset-b.offset))) })
	return out
}

// differenceOf is the difference that a session and a line of it have. Of a session that
// began at a time unknown any is possible at which the line is within it: the expected one
// rather than another.
func (j *Join) differenceOf(s Session, accepted time.Time) time.Duration {
	if s.Likely.IsZero() {
		return accepted.Sub(s.Start)
	}
	likely := accepted.Sub(s.Likely)
	if expected := j.expected(likely); expected >= accepted.Sub(s.End) && expected <= accepted.Sub(s.Start) {
		return expected
	}
	return likely
}

// estimate takes the difference on which most sessions agree, if it is possible and no other
// one has half as many.
func (j *Join) estimate(votes []vote) clock {
	votes = slices.DeleteFunc(slices.Clone(votes), func(v vote) bool { return !j.possible(v.offset) })
	width := max(voteWidth, 2*j.format.Resolution)
	from, to, n := densest(votes, width)
	if n == 0 {
		return clock{}
	}
	c := clock{votes: n, offset: median(votes[from:to])}
	rest := slices.Concat(votes[:from], votes[to:])
	rest = slices.DeleteFunc(rest, func(v vote) bool { return (v.offset - c.offset).Abs() <= width })
	if !j.format.Many {
		_, _, c.rival = densest(rest, width)
	}
	c.spread = spreadOf(votes[from:to], c.offset)
	alone := j.beside(c.offset) <= maxAloneSkew
	c.known = (n >= minVotes || alone) && 2*c.rival < n
	return c
}

// possible reports whether the clocks may differ so much.
func (j *Join) possible(d time.Duration) bool {
	if j.options.Offset != nil || !j.format.Zone {
		return j.beside(d) <= maxZonedSkew
	}
	return d.Abs() <= maxSkew
}

// beside is how far a difference is from the one that was to be expected.
func (j *Join) beside(d time.Duration) time.Duration {
	return (d - j.expected(d)).Abs()
}

// expected is the difference that was to be expected, near d: none but a time zone.
func (j *Join) expected(d time.Duration) time.Duration {
	switch {
	case j.options.Offset != nil:
		return *j.options.Offset
	case !j.format.Zone && d.Abs() <= maxZone+maxSkew:
		return d.Round(zoneStep)
	}
	return 0
}

// densest is the part of sorted votes within width that has the most sessions.
func densest(votes []vote, width time.Duration) (from, to, sessions int) {
	count := map[int]int{}
	start := 0
	for end, v := range votes {
		count[v.session]++
		for v.offset-votes[start].offset > width {
			if count[votes[start].session]--; count[votes[start].session] == 0 {
				delete(count, votes[start].session)
			}
			start++
		}
		if len(count) > sessions {
			from, to, sessions = start, end+1, len(count)
		}
	}
	return from, to, sessions
}

// median is that of sorted votes.
func median(votes []vote) time.Duration { return votes[len(votes)/2].offset }

func spreadOf(votes []vote, from time.Duration) time.Duration {
	var ds []time.Duration
	for _, v := range votes {
		ds = append(ds, (v.offset - from).Abs())
	}
	slices.Sort(ds)
	return ds[len(ds)/2]
}

// leeway is how far a line may lie before or after its session, beside the offset.
func (c clock) leeway(resolution time.Duration) time.Duration {
	return max(time.Second, min(4*c.spread, maxLeeway)) + resolution
}

const maxLeeway = 5 * time.Second
