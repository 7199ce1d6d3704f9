package reconcile

import (
	"net/netip"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
)

// The bounds of what is kept of logs: lines of one address and port, lines of other
// addresses with one of our ports, and all of both.
const (
	maxLinesOfKey  = 256
	maxTranslated  = 100_000
	maxLinesOfOurs = 2_000_000
)

// Options say how to join.
type Options struct {
	Tool string

	// Offset is by how much the log's clock is ahead of ours, to a minute, where the user
	// knows; nil: no more than a few minutes, or time zones where the log names none.
	Offset *time.Duration

	// Lacking says which sessions of the run are not among those that are joined; "": none.
	Lacking string

	Cut bool // the observations end in a line that is not whole: what follows is not known
}

// Join is a run beside the balancer's log.
type Join struct {
	options  Options
	format   *balancerlog.Format
	sessions []Session
	window   span // of the run
	near     span // of lines that may say something of that time, in whatever zone

	keys    map[netip.AddrPort]*key
	ours    map[netip.Addr]bool
	nodes   map[netip.AddrPort]bool
	ports   [1 << 16]bool // of our ends
	kept    int
	full    bool // more lines had one of our addresses and ports than are kept
	answers int  // lines of the way back, of a log of flows
	repeats int  // lines that are there twice

	translated translated
	others     others
}

// key is one of our ends of a connection: its sessions and its lines.
type key struct {
	sessions []int // by their index
	lines    []line
	crowded  bool // there were more lines than are kept: nothing is chosen
}

// line is a connection of the log that may be ours.
type line struct {
	balancerlog.Record
	claims int // how many sessions it fits
}

// span is a time from start to end.
type span struct{ start, end time.Time }

func (s *span) include(from, to time.Time) {
	if s.start.IsZero() || from.Before(s.start) {
		s.start = from
	}
	if to.After(s.end) {
		s.end = to
	}
}

func (s span) holds(t time.Time) bool { return !t.Before(s.start) && !t.After(s.end) }

// farthest is how far from the run a line of others may lie, time zones included, and still
// count.
const farthest = 26 * time.Hour

// NewJoin begins to join sessions with logs of one format.
func NewJoin(sessions []Session, o Options) *Join {
	j := &Join{options: o, format: &balancerlog.Format{}, sessions: sessions, keys: map[netip.AddrPort]*key{}, ours: map[netip.Addr]bool{}, nodes: map[netip.AddrPort]bool{}}
	for i, s := range sessions {
		j.window.include(s.Start, s.End)
		j.nodes[s.Node] = true
		if !s.Client.IsValid() {
			continue
		}
		j.ours[s.Client.Addr()] = true
		j.ports[s.Client.Port()] = true
		k := j.keys[s.Client]
		if k == nil {
			k = &key{}
			j.keys[s.Client] = k
		}
		k.sessions = append(k.sessions, i)
	}
	j.near = span{j.window.start.Add(-farthest), j.window.end.Add(farthest)}
	j.translated.of = map[netip.Addr]*translation{}
	j.others = newOthers()
	return j
}

// UseFormat says of which format the records are that follow: one for all logs.
func (j *Join) UseFormat(f *balancerlog.Format) { j.format = f }

// Add takes a connection of the log. It keeps nothing of r but its names.
func (j *Join) Add(r *balancerlog.Record) {
	rec := *r
	if j.format.Flows && !j.leg(&rec) {
		return
	}
	k := j.keys[rec.Client]
	switch {
	case k == nil && !j.near.holds(rec.Accepted):
	case k == nil:
		j.others.add(&rec)
		if j.ours[rec.Client.Addr()] {
			j.others.own.add(stepOf(rec.Accepted), &j.others)
			return
		}
		j.translated.add(&rec, j.ports[rec.Client.Port()])
	case k.has(&rec):
		j.repeats++
	case len(k.lines) == maxLinesOfKey || j.kept == maxLinesOfOurs:
		k.crowded, j.full = true, true
	default:
		k.lines = append(k.lines, line{Record: rec})
		j.kept++
	}
}

// leg makes a direction of packets a connection: to one of the nodes that were dialled, or
// to a backend. It is false for the way back.
func (j *Join) leg(r *balancerlog.Record) bool {
	if j.keys[r.Backend] != nil {
		j.answers++
		return false
	}
	if j.nodes[r.Backend] {
		r.Node, r.Backend = r.Backend, netip.AddrPort{}
	}
	return true
}

// has reports whether a line is there already: files of a log may overlap.
func (k *key) has(r *balancerlog.Record) bool {
	for i := range k.lines {
		if k.lines[i].Record == *r {
			return true
		}
	}
	return false
}

// isAt reports whether a line may be of a session over this node.
func isAt(r *balancerlog.Record, node netip.AddrPort) bool {
	switch {
	case !r.Node.IsValid():
		return true
	case r.Node.Port() == 0:
		return r.Node.Addr() == node.Addr()
	}
	return r.Node == node
}

// backendOf names where a connection was sent; "" where it was sent nowhere, or the log
// does not say.
func backendOf(r *balancerlog.Record) string {
	if r.Backend.IsValid() {
		return r.Backend.String()
	}
	return r.Name
}
