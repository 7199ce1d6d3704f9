package doctor

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Bounds of an examination.
const (
	Limit    = 28 * time.Second // in all
	maxNodes = 8                // asked of each port
	closing  = 2 * time.Second  // for a session to close
)

// Examine asks the nodes of the one endpoint of w.Scenario, and opens sessions with
// what opt has. It takes [Limit] at the most, and leaves nothing open.
func Examine(ctx context.Context, w Wish, opt lbcheck.Options) Seen {
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	x := examiner{Seen: Seen{Wish: w}, opt: opt, timeout: time.Duration(w.Scenario.Load.Timeout)}
	if !x.resolve(ctx) {
		return x.Seen
	}
	var all sync.WaitGroup
	for _, p := range x.Ports {
		for i := range p.Nodes {
			all.Go(func() { x.ask(ctx, &p.Nodes[i]) })
		}
	}
	all.Wait()
	for _, p := range x.Ports {
		x.tryPort(ctx, p)
	}
	return x.Seen
}

// examiner is an examination while it goes on.
type examiner struct {
	Seen
	opt     lbcheck.Options
	timeout time.Duration // of each phase
}

// resolve finds the nodes of every port; false: there are none.
func (x *examiner) resolve(ctx context.Context) bool {
	t := x.Wish.Scenario.Target
	host, port, err := scenarios.SplitEndpoint(t.Endpoints[0], 0)
	x.Host = host
	var found []run.Node
	if err == nil {
		found, err = run.Resolve(ctx, t, x.timeout)
	}
	if err != nil {
		x.Failure = failureOf(err, 0)
		return false
	}
	numbers, given := []uint16{port}, port != 0
	if !given {
		numbers = x.Wish.usualPorts()
	}
	slices.SortFunc(found, func(a, b run.Node) int { return a.Addr.Compare(b.Addr) })
	for _, n := range numbers {
		p := Port{Number: n, Given: given, Left: max(0, len(found)-maxNodes)}
		for _, f := range found[:min(len(found), maxNodes)] {
			p.Nodes = append(p.Nodes, Node{Addr: addrOn(f, n)})
		}
		x.Ports = append(x.Ports, p)
	}
	return true
}

// ask asks one node: one connection after the other.
func (x *examiner) ask(ctx context.Context, n *Node) {
	x.probe(ctx, n)
	if n.Failure == nil && spoken(n.Heard) {
		x.handshake(ctx, n)
	}
}

// probe asks what speaks there. It sends nothing of the user's.
func (x *examiner) probe(ctx context.Context, n *Node) {
	c := hs2client.Config{Addr: n.Addr.String(), Timeout: 2 * x.timeout, TLS: &hs2client.TLSConfig{ServerName: x.serverName(), Certificate: x.opt.ClientCertificate}}
	heard, err := hs2client.Probe(ctx, c)
	if err != nil {
		n.Failure = failureOf(err, 0)
		return
	}
	n.Heard = heard
}

// serverName is the name to ask for.
func (x *examiner) serverName() string {
	if name := x.Wish.Scenario.TLS.ServerName; name != "" {
		return name
	}
	return x.Host
}

// handshake checks the certificate, before a byte of a login.
func (x *examiner) handshake(ctx context.Context, n *Node) {
	s := x.Wish.Scenario
	s.TLS.Enabled = true
	o := scenarios.Observation{Node: n.Addr}
	began := time.Now()
	err := x.opt.Handshake(s)(ctx, run.Node{Addr: n.Addr, Host: x.Host}, &o)
	n.Cert = o.Cert
	if err != nil {
		n.Refused = failureOf(err, waited(began, o))
	}
}

// tryPort opens a session of each cell that the answers leave possible.
func (x *examiner) tryPort(ctx context.Context, p Port) {
	n, _ := p.speaker()
	for _, c := range x.Wish.cells(p) {
		if c.State == "" {
			c.Why = after(x.Cells, c)
			if n.Refused != nil {
				c.Why = "its certificate or its handshake is not good"
			}
			x.try(ctx, n, &c)
		}
		x.Cells = append(x.Cells, c)
	}
}

// try opens the session of a cell, unless there is a reason not to.
func (x *examiner) try(ctx context.Context, n Node, c *Cell) {
	s := x.scenario(*c)
	switch err := s.Validate(); {
	case c.Why != "": // what was met before is the reason, and is said as such
		c.State, c.Wanted = StateNotTried, false
		return
	case err != nil:
		c.State, c.Failure = StateNotTried, ruledOutBy(err)
		c.Why = c.Failure.Text
		return
	case ctx.Err() != nil:
		c.State, c.Why = StateNotTried, "no time was left"
		return
	}
	c.Node = n.Addr
	o := scenarios.Observation{Node: n.Addr}
	began := time.Now()
	session, err := x.opt.Open(ctx, s)(ctx, run.Node{Addr: n.Addr, Host: x.Host}, &o)
	if err != nil {
		c.State, c.Failure = StateFails, failureOf(err, waited(began, o))
		return
	}
	_ = session.Identify(ctx) // a server without a name works, too
	c.State, c.Who = StateWorks, o.Who
	closeCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	_ = session.Close(closeCtx) // it was open, which is what was asked
}

// scenario is the user's, for one cell.
func (x *examiner) scenario(c Cell) scenarios.Scenario {
	s := x.Wish.Scenario
	s.Target.Protocol, s.TLS.Enabled = c.Protocol, c.TLS
	s.Target = ofProtocol(s.Target)
	if c.Login == scenarios.MechanismNone {
		s.Auth = scenarios.Auth{Mechanism: scenarios.MechanismNone, User: s.Auth.User}
	}
	if !c.TLS {
		s.TLS = scenarios.TLSConfig{}
	}
	return s
}

// ofProtocol is a target without what other protocols than its own have.
func ofProtocol(t scenarios.Target) scenarios.Target {
	if t.Protocol != vocab.ProtocolHS2HTTP {
		usual := scenarios.Default().Target
		t.HTTPPath, t.HTTPHeaders, t.HTTPConnection, t.HTTPExpect = usual.HTTPPath, usual.HTTPHeaders, usual.HTTPConnection, usual.HTTPExpect
	}
	return t
}

// waited is how long a session was in the phase in which it failed.
func waited(began time.Time, o scenarios.Observation) time.Duration {
	d := time.Since(began)
	for _, p := range o.Phases {
		d -= p
	}
	return max(0, d)
}

// failureOf is what an error says of itself.
func failureOf(err error, waited time.Duration) *Failure {
	f := &Failure{Class: vocab.Class{Phase: vocab.PhaseResolve, Kind: vocab.KindOther}, Text: err.Error(), Waited: waited}
	if e, ok := errors.AsType[interface {
		error
		Class() vocab.Class
	}](err); ok {
		f.Class = e.Class()
	}
	if e, ok := errors.AsType[interface {
		error
		Hint() []vocab.Fix
	}](err); ok {
		f.Fix = e.Hint()
	}
	return f
}

// addrOn is a node's address on another port.
func addrOn(n run.Node, port uint16) netip.AddrPort { return netip.AddrPortFrom(n.Addr.Addr(), port) }
