package hs2client

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"time"
)

// dial resolves where it must, connects, and returns the link. Resolve and TCP
// are its phases.
func dial(ctx context.Context, c *Config, t target, rec *Record) (*link, error) {
	if !t.ip.IsValid() {
		start := time.Now()
		ip, err := lookup(ctx, t.host, c.Timeout)
		if err != nil {
			return nil, before(ctx, c, "resolve", PhaseResolve, err)
		}
		t.ip, rec.Phases[PhaseResolve] = ip, time.Since(start)
	}
	if err := ctx.Err(); err != nil { // a port nearby might still answer first
		return nil, before(ctx, c, "dial", PhaseTCP, err)
	}
	start := time.Now()
	conn, err := connect(ctx, c, netip.AddrPortFrom(t.ip, t.port))
	if err != nil {
		return nil, before(ctx, c, "dial", PhaseTCP, err)
	}
	rec.Phases[PhaseTCP] = time.Since(start)
	rec.Local, rec.Remote = addrPort(conn.LocalAddr()), addrPort(conn.RemoteAddr())
	return newLink(conn, c, rec), nil
}

// lookup is the first address of a name.
func lookup(ctx context.Context, host string, timeout time.Duration) (netip.Addr, error) {
	ctx, cancel := within(ctx, timeout)
	defer cancel()
	all, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.Addr{}, err
	}
	if len(all) == 0 {
		return netip.Addr{}, &cause{kind: KindNotFound, text: "no address for " + strconv.Quote(host)}
	}
	return all[0].Unmap(), nil
}

func connect(ctx context.Context, c *Config, to netip.AddrPort) (net.Conn, error) {
	if c.Dial != nil {
		ctx, cancel := within(ctx, c.Timeout)
		defer cancel()
		return c.Dial(ctx, "tcp", to.String())
	}
	d := net.Dialer{KeepAlive: -1}
	if c.Local.IsValid() {
		local := c.Local.Unmap()
		if local.Is4() != to.Addr().Unmap().Is4() {
			return nil, &cause{kind: KindInvalid, text: "the local address is not of the same family as " + to.Addr().String()}
		}
		d.LocalAddr, d.Control = net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, 0)), portLater
	}
	// Keepalive would hold open what the balancer under test wants to cut. Not
	// DialTCP: it binds a local port first, of which there are then 28000 in all
	// and no longer so many for each address dialled.
	return d.DialContext(due(ctx, c.Timeout), "tcp", to.String())
}

// dueContext adds a deadline to a context without a timer to guard it: the
// dialer puts the deadline on its socket, and a timer of ours would be a tenth
// of what a session costs.
type dueContext struct {
	context.Context
	at time.Time
}

// Deadline is the added one.
func (d dueContext) Deadline() (time.Time, bool) { return d.at, true }

// due bounds ctx by timeout for a net.Dialer, where there is one.
func due(ctx context.Context, timeout time.Duration) context.Context {
	if timeout <= 0 {
		return ctx
	}
	at := time.Now().Add(timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(at) {
		return ctx
	}
	return dueContext{ctx, at}
}

// within bounds ctx by timeout, where there is one.
func within(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, timeout)
}

// before places an error that came before there was a link.
func before(ctx context.Context, c *Config, op string, phase Phase, err error) error {
	e := placed(ctx, c.Addr, op, phase, err, "")
	e.hint = hintFor(e, how{tls: c.TLS != nil, sasl: c.Plain != nil, protocol: c.Protocol}, false)
	return e
}
