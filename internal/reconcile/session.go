package reconcile

import (
	"net/netip"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Session is what a run knows of one of its sessions.
type Session struct {
	Seq         int
	Client      netip.AddrPort // our end; zero: it never connected
	Node        netip.AddrPort // the balancer's address that was dialled
	Start       time.Time      // when connecting began, by our clock
	Answer      time.Time      // when the first byte is known to have come back; else End
	End         time.Time      // when it had ended
	Coordinator string         // "": unknown
	Outcome     scenarios.Outcome
	Class       scenarios.Class // zero unless it failed
	Received    int64           // of its connection, TLS's own included; -1: unknown
	Sent        int64
	Scout       bool      // of before the run, or of settling: a result counts it apart
	Likely      time.Time // when it probably began, where Start is the earliest time alone; else zero
}

// SessionOf is the session of an observation.
func SessionOf(o scenarios.Observation) Session {
	s := Session{
		Seq: o.Seq, Client: plain(o.Local), Node: plain(o.Node), Start: o.Began, End: o.Began.Add(max(0, o.End-o.Start)),
		Coordinator: o.Who.Coordinator, Outcome: o.Outcome, Class: o.Class, Received: o.BytesIn, Sent: o.BytesOut,
		Scout: o.Part == scenarios.PartScout || o.Part == scenarios.PartSettle,
	}
	s.Answer = s.End
	before := o.Phases[scenarios.PhaseResolve] + o.Phases[scenarios.PhaseTCP]
	for _, p := range []scenarios.Phase{scenarios.PhaseTLS, scenarios.PhaseSASL, scenarios.PhaseOpen} {
		if d := o.Phases[p]; d > 0 {
			if at := s.Start.Add(before + d); at.Before(s.End) {
				s.Answer = at
			}
			break
		}
	}
	return s
}

// lasted is how long a session that failed probably lasted, but for the time limit of one
// that waited for an answer.
const lasted = time.Second

// FailedIn are the failed sessions that a result has line by line. Of each it has the time
// when it had ended: it began at any time of the run, as one does that waits in a queue.
func FailedIn(r scenarios.Result) []Session {
	var out []Session
	for i, f := range r.Failures {
		s := Session{
			Seq: i, Client: plain(f.Local), Node: plain(f.Node), Start: r.Started, Likely: f.Time.Add(-lasted), Answer: f.Time, End: f.Time,
			Coordinator: f.Coordinator, Outcome: scenarios.OutcomeFailed, Class: f.Class, Received: -1, Sent: -1,
		}
		if f.Class.IsTimeout() {
			s.Likely = s.Likely.Add(-time.Duration(r.Scenario.Load.Timeout))
		}
		if s.Start.IsZero() || s.Start.After(s.Likely) {
			s.Start = s.Likely
		}
		out = append(out, s)
	}
	return out
}

// plain is an address without zone, and IPv4 as such.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}
