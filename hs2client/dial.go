package hs2client

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
)

// dial resolves where it must, connects, and returns the connection. Resolve and TCP
// are its phases.
func dial(ctx context.Context, c *Config, t target, record *Record) (*connection, error) {
	if !t.ip.IsValid() {
		start := time.Now()
		ip, err := lookup(ctx, t.host, c.Timeout)
		if err != nil {
			return nil, unconnectedError(ctx, c, "resolve", PhaseResolve, err)
		}
		t.ip, record.Phases[PhaseResolve] = ip, time.Since(start)
	}
	if err := ctx.Err(); err != nil { // a port nearby might still answer first
		return nil, unconnectedError(ctx, c, "dial", PhaseTCP, err)
	}
	start := time.Now()
	conn, local, err := connect(ctx, c, netip.AddrPortFrom(t.ip, t.port))
	if err != nil {
		record.Local = local
		return nil, unconnectedError(ctx, c, "dial", PhaseTCP, err)
	}
	record.Phases[PhaseTCP] = time.Since(start)
	record.Local, record.Remote = addrPort(conn.LocalAddr()), addrPort(conn.RemoteAddr())
	if c.Protocol == ProtocolHS2HTTP {
		return newHTTPConnection(conn, c, t, record), nil
	}
	return newConnection(conn, c, record), nil
}

// lookup is the first address of a name.
func lookup(ctx context.Context, host string, timeout time.Duration) (netip.Addr, error) {
	ctx, cancel := withTimeout(ctx, timeout)
	defer cancel()
	all, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.Addr{}, err
	}
	if len(all) == 0 {
		return netip.Addr{}, &wire.Error{Kind: KindNotFound, Text: "no address for " + strconv.Quote(host)}
	}
	return all[0].Unmap(), nil
}

// connect returns the connection, or the local address of one that failed.
func connect(ctx context.Context, c *Config, to netip.AddrPort) (net.Conn, netip.AddrPort, error) {
	if c.Dial != nil {
		ctx, cancel := withTimeout(ctx, c.Timeout)
		defer cancel()
		conn, err := c.Dial(ctx, "tcp", to.String())
		return conn, netip.AddrPort{}, err
	}
	pending := pendingSocket{leavePort: c.Local.IsValid()}
	d := net.Dialer{KeepAlive: -1, ControlContext: pending.control}
	if c.Local.IsValid() {
		local := c.Local.Unmap()
		if local.Is4() != to.Addr().Unmap().Is4() {
			return nil, netip.AddrPort{}, invalid("the local address is not of the same family as " + to.Addr().String())
		}
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, 0))
	}
	// Keepalive would hold open what the balancer under test cuts. Not DialTCP: it
	// binds a local port first, which limits all connections together to some 28000
	// instead of those to each address.
	conn, err := d.DialContext(withDeadline(ctx, c.Timeout), "tcp", to.String())
	if err != nil {
		return nil, pending.release(), err
	}
	pending.close()
	return conn, netip.AddrPort{}, nil
}

// deadlineContext adds a deadline to a context without a timer: the dialer puts the
// deadline on its socket, and a timer would be a tenth of what a session costs.
type deadlineContext struct {
	context.Context
	at time.Time
}

// Deadline is the added one.
func (d deadlineContext) Deadline() (time.Time, bool) { return d.at, true }

// withDeadline bounds ctx by timeout for a net.Dialer; 0: no bound.
func withDeadline(ctx context.Context, timeout time.Duration) context.Context {
	if timeout <= 0 {
		return ctx
	}
	at := time.Now().Add(timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(at) {
		return ctx
	}
	return deadlineContext{ctx, at}
}

// withTimeout bounds ctx by timeout; 0: no bound.
func withTimeout(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, timeout)
}

// unconnectedError makes the [Error] of what failed before there was a connection.
func unconnectedError(ctx context.Context, c *Config, op string, phase Phase, err error) error {
	e := errorOf(ctx, c.Addr, op, phase, err)
	e.hint = hintFor(e, modeOf(c), false)
	return e
}
