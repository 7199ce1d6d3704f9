package reconcile

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// synthetic is a run and the log of it, both made up. Names of lines say which session each
// is of, so that a test knows the truth.
type synthetic struct {
	format   *balancerlog.Format
	sessions []Session
	lines    []balancerlog.Record
}

// shape is what a synthetic run and its log are like.
type shape struct {
	format   string
	sessions int
	gap      time.Duration // between sessions
	ports    int           // how many different ports there are
	offset   time.Duration
	drift    float64
	queue    time.Duration // the longest time from connecting to the accept
	stale    time.Duration // by how much the balancer's clock may be behind at an accept
	lost     float64       // share of the lines
	broken   int           // coordinator that fails; 0: none
	foreign  netip.Addr    // a NAT's address; zero: there is none
	moved    bool          // the NAT changes ports, too
	others   int           // lines of others, per session
}

var began = time.Date(2026, 11, 28, 10, 0, 0, 123_456_000, time.UTC)

const backendsOfRun = 4

// make makes it. Ports are used again in the order of their release, as Linux does, and
// never while they are in use.
func (s shape) make(r *rand.Rand) synthetic {
	out := synthetic{format: balancerlog.FormatNamed(s.format)}
	free := map[int]time.Time{}
	for i := range s.sessions {
		start := began.Add(time.Duration(i) * s.gap).Add(time.Duration(r.Int64N(int64(time.Millisecond))))
		port := 32768 + 2*(i%s.ports)
		if start.Before(free[port]) {
			start = free[port]
		}
		one, accepted := s.session(r, i, start, port)
		free[port] = one.End.Add(70 * time.Millisecond)
		out.sessions = append(out.sessions, one)
		if r.Float64() >= s.lost {
			out.lines = append(out.lines, s.line(i, one, accepted))
		}
		for n := range s.others {
			out.lines = append(out.lines, s.stranger(r, one, n))
		}
	}
	r.Shuffle(len(out.lines), func(a, b int) { out.lines[a], out.lines[b] = out.lines[b], out.lines[a] })
	return out
}

// session is one, and when it was accepted by our clock.
func (s shape) session(r *rand.Rand, i int, start time.Time, port int) (Session, time.Time) {
	accepted := start.Add(time.Duration(r.Int64N(int64(s.queue) + 1)))
	answer := accepted.Add(time.Duration(r.Int64N(int64(3 * time.Millisecond))))
	one := Session{
		Seq: i, Client: netip.AddrPortFrom(netip.MustParseAddr("10.1.2.3"), uint16(port)), Node: address(fmt.Sprintf("10.0.0.%d:21050", 7+i%2)),
		Start: start, Answer: answer, End: answer.Add(time.Duration(r.Int64N(int64(20 * time.Millisecond)))),
		Coordinator: fmt.Sprintf("coord-%d:25000", i%backendsOfRun+1), Outcome: scenarios.OutcomeOK, Received: 7403, Sent: 675,
	}
	if i%backendsOfRun+1 == s.broken {
		one.Coordinator, one.Outcome, one.Answer = "", scenarios.OutcomeFailed, one.End
		one.Class = scenarios.Class{Phase: vocab.PhaseOpen, Kind: vocab.KindEOF}
	}
	return one, accepted
}

// behind is how old the balancer's clock was when it accepted a session: each third one came
// in a turn of its event loop that was held up.
func (s shape) behind(i int) time.Duration {
	if i%3 != 1 {
		return 0
	}
	return s.stale / time.Duration(1+i%4)
}

// line is what the log says of a session.
func (s shape) line(i int, one Session, accepted time.Time) balancerlog.Record {
	f := balancerlog.FormatNamed(s.format)
	accepted = accepted.Add(-s.behind(i))
	by := accepted.Sub(began)
	logged := accepted.Add(s.offset + time.Duration(float64(by)*s.drift)).Truncate(min(f.Resolution, time.Millisecond))
	line := balancerlog.Record{
		Client: one.Client, Name: fmt.Sprintf("s%d", i), Accepted: logged, Ended: logged.Add(one.End.Sub(accepted)), Sent: 7403, Received: 675,
		Backend: address(fmt.Sprintf("10.0.1.%d:21050", i%backendsOfRun+1)),
	}
	if f.Nodes {
		line.Node = one.Node
	}
	if one.Outcome == scenarios.OutcomeFailed {
		line.Reason = "the backend's"
	}
	if s.foreign.IsValid() {
		line.Client = netip.AddrPortFrom(s.foreign, line.Client.Port())
	}
	if s.moved {
		line.Client = netip.AddrPortFrom(s.foreign, line.Client.Port()^0x4001)
	}
	return line
}

// stranger is a line of somebody else: of another address with one of our ports, of our
// address with a port of none of our sessions, or of our address and port once a session has
// released it.
func (s shape) stranger(r *rand.Rand, one Session, n int) balancerlog.Record {
	line := s.line(-1, one, one.Start)
	line.Backend, line.Name = address("10.0.1.1:21050"), "stranger"
	line.Client = netip.AddrPortFrom(netip.MustParseAddr(fmt.Sprintf("10.9.9.%d", r.IntN(50))), one.Client.Port())
	switch n % 3 {
	case 1:
		line.Client = netip.AddrPortFrom(one.Client.Addr(), one.Client.Port()+1)
	case 2:
		line.Client = one.Client
		line.Accepted = line.Accepted.Add(one.End.Sub(one.Start) + time.Hour + time.Duration(r.Int64N(int64(time.Hour))))
	}
	line.Ended = line.Accepted.Add(time.Millisecond)
	return line
}

// join joins it.
func (s synthetic) join(o Options) *Join {
	j := NewJoin(s.sessions, o)
	j.UseFormat(s.format)
	for _, l := range s.lines {
		j.Add(&l)
	}
	return j
}

// file is the log as it was read.
func (s synthetic) file() []balancerlog.File {
	f := balancerlog.File{Name: "x.log", Format: s.format.Name, Lines: len(s.lines), Records: len(s.lines), Shown: []string{}}
	times := []time.Time{}
	for _, l := range s.lines {
		times = append(times, l.Accepted)
	}
	if len(times) > 0 {
		f.First, f.Last = slices.MinFunc(times, time.Time.Compare), slices.MaxFunc(times, time.Time.Compare)
	}
	return []balancerlog.File{f}
}

func address(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }
