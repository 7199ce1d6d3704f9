package run

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// scoutingPhases bounds all of scouting, however many nodes there are, in time
// limits of a phase. It outlasts this only where the service has time to settle.
const scoutingPhases = 3

// scouting gets into a service. Sessions are opened one after the other until one is
// good, so that a wrong password is sent once and not once a node; then the nodes that
// were not tried are, all at once. Every failure but a rejected login and a refused
// certificate may be one coordinator's or one moment's, so it is tried again as long
// as nobody is in.
type scouting struct {
	*run
	end time.Duration // when it is over, on the run's clock

	mu           sync.Mutex
	met          []scenarios.Scout // by node
	tried        map[netip.AddrPort]int
	refusedLogin map[netip.AddrPort]bool
	accepted     bool // a login was
	rejected     bool // a login was, before one was accepted
	gotIn        bool // a session was good
}

func newScouting(r *run) *scouting {
	phase := time.Duration(r.s.Load.Timeout)
	end := r.since() + scoutingPhases*phase + r.pacer.Due(0) // the turn of a shard
	if settled := r.settleEnd(); settled > 0 {
		end = max(end, settled+phase)
	}
	return &scouting{run: r, end: end, tried: map[netip.AddrPort]int{}, refusedLogin: map[netip.AddrPort]bool{}}
}

// getIn reports whether a session was good on any node.
func (s *scouting) getIn(ctx context.Context) bool {
	for at := s.since(); s.wait(s.startCtx, at); at = s.nextRound(at) {
		nodes := s.triable(at)
		if len(nodes) == 0 || !s.inTurn(ctx, nodes) {
			break
		}
	}
	if s.gotIn && !s.stopped() {
		s.others(ctx)
	}
	s.sort()
	return s.gotIn
}

// sort puts what was met in the order of the nodes: those that were tried at once
// ended in any.
func (s *scouting) sort() {
	order := map[netip.AddrPort]int{}
	for i, n := range s.nodes.All() {
		order[n.Addr] = i
	}
	slices.SortFunc(s.met, func(a, b scenarios.Scout) int { return order[a.Address] - order[b.Address] })
}

// triable lists the nodes that a round may try: while the service settles, all but
// those that rejected a login.
func (s *scouting) triable(at time.Duration) []Node {
	return slices.DeleteFunc(slices.Clone(s.nodes.Dialable()), func(n Node) bool {
		return s.refusedLogin[n.Addr] || at > s.settleEnd() && s.tried[n.Addr] >= scenarios.ScoutAttempts
	})
}

// nextRound is when the round after one at `at` begins: at once, unless the service
// is waited for.
func (s *scouting) nextRound(at time.Duration) time.Duration {
	if at < s.settleEnd() {
		return s.run.nextRound(at)
	}
	return s.since()
}

// inTurn tries each node once, and reports whether another round is of use: nobody
// is in, no login was rejected, and there is time.
func (s *scouting) inTurn(ctx context.Context, nodes []Node) bool {
	for i, n := range nodes {
		if s.tooLate(n) || !s.attempt(ctx, n, s.reserve(1)+s.pacer.Due(0), s.phase(len(nodes)-i)) || s.gotIn || s.rejected {
			return false
		}
	}
	return true
}

// phase is how long a phase of the next attempt may take where so many nodes are
// left to try: nodes that do not answer must not use up the time of one that would.
// The first may take its full time.
func (s *scouting) phase(nodes int) time.Duration {
	limit := time.Duration(s.s.Load.Timeout)
	if len(s.tried) == 0 {
		return limit
	}
	return min(limit, (s.end-s.since())/time.Duration(nodes))
}

// tooLate reports whether so little time is left that another attempt on a node would
// tell of the end of the scouting and no more of the node.
func (s *scouting) tooLate(n Node) bool {
	const part = 10 // of a phase
	return s.tried[n.Addr] > 0 && s.end-s.since() < time.Duration(s.s.Load.Timeout)/part
}

// others tries the nodes that were not, together like a burst; slots bound how many.
func (s *scouting) others(ctx context.Context) {
	nodes := slices.DeleteFunc(slices.Clone(s.nodes.Dialable()), func(n Node) bool { return s.tried[n.Addr] > 0 })
	due := s.since()
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(len(nodes), cap(s.slots)) {
		all.Go(func() {
			for i := int(next.Add(1) - 1); i < len(nodes); i = int(next.Add(1) - 1) {
				s.attempt(ctx, nodes[i], due, time.Duration(s.s.Load.Timeout))
			}
		})
	}
	all.Wait()
}

// attempt has one session alone on a node; false where there is no time for it, or
// the run has ended.
func (s *scouting) attempt(ctx context.Context, n Node, due, phase time.Duration) bool {
	if max(due, s.since()) >= s.end {
		return false
	}
	s.collect.event(Event{Kind: EventScout, Text: "one session alone to " + n.Addr.String()})
	o, ran := s.session(ctx, job{
		node: n, part: scenarios.PartScout, due: due, noQuery: s.kind.scoutNoQuery, phase: phase, end: s.end,
	})
	if ran {
		s.keep(o)
	}
	return ran && ctx.Err() == nil
}

// keep records what an attempt met.
func (s *scouting) keep(o scenarios.Observation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tried[o.Node]++
	if s.endsTrying(o) {
		s.refusedLogin[o.Node] = true
		s.rejected = s.rejected || !s.accepted
	}
	s.accepted = s.accepted || o.LoggedIn()
	s.gotIn = s.gotIn || o.Outcome == scenarios.OutcomeOK
	i := slices.IndexFunc(s.met, func(m scenarios.Scout) bool { return m.Address == o.Node })
	if i < 0 {
		if len(s.met) == scenarios.MaxScouts {
			return
		}
		i, s.met = len(s.met), append(s.met, scenarios.Scout{Address: o.Node})
	}
	s.met[i].Add(o)
}

// endsTrying reports whether a login failed that another attempt would only repeat, or
// that might lock an account.
func (s *scouting) endsTrying(o scenarios.Observation) bool {
	switch {
	case o.WithoutTicket():
		return s.run.s.Auth.Mechanism == scenarios.MechanismKerberos
	case o.Class.IsAnsweredLogin():
		return s.run.s.Auth.LocksAccounts()
	}
	return o.Class.IsFailedLogin()
}
