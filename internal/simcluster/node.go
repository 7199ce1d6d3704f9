package simcluster

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

// protocol is what a listener's clients speak.
type protocol int

const (
	hs2Protocol protocol = iota
	beeswaxProtocol
	protocols // how many
)

func (p protocol) String() string { return [...]string{"hs2", "beeswax"}[p] }

// handshakeTime is how long a client may take for TLS.
const handshakeTime = 10 * time.Second

// listenerNode is one node's listener for one protocol: it accepts, ends TLS,
// chooses, and hands over.
type listenerNode struct {
	cluster  *Cluster
	index    int // of the node, from 0
	protocol protocol
	listener net.Listener
	tls      *tls.Config // nil: none
	picker   *picker
	flaky    map[int64]bool // accepted connections, from 1, that are reset

	accepted, failedTLS atomic.Int64
}

// addr is where it listens.
func (n *listenerNode) addr() netip.AddrPort {
	return n.listener.Addr().(*net.TCPAddr).AddrPort()
}

// serve accepts until the listener is closed. An error that will pass, such as
// a lack of descriptors, is waited out.
func (n *listenerNode) serve(ctx context.Context) {
	for {
		conn, err := n.listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) || !wait(ctx, 10*time.Millisecond) {
				return
			}
			continue
		}
		ordinal := n.accepted.Add(1)
		tcp := conn.(*net.TCPConn)
		if !n.cluster.keep(tcp) {
			tcp.Close()
			return
		}
		n.cluster.running.Go(func() {
			n.handle(ctx, tcp, ordinal)
			tcp.Close()
			n.cluster.drop(tcp)
		})
	}
}

// handle serves one connection to its end. The coordinator is chosen when TLS
// is done, as a proxy dials its backend then: a failed handshake uses no choice.
// What sets the connection up is in functions of its own: a connection that
// waits, as most do, waits on a small stack.
func (n *listenerNode) handle(ctx context.Context, tcp *net.TCPConn, ordinal int64) {
	l := &link{Conn: tcp, tcp: tcp, received: &n.cluster.received, flaky: n.flaky[ordinal]}
	chosen := -1
	if n.secure(ctx, l) {
		chosen = n.choose(ctx, l)
	}
	if chosen < 0 {
		l.hangUp()
		return
	}
	if c := n.cluster.coordinators[chosen]; c.plan.refused || !c.take(l) {
		l.hangUp()
	} else {
		n.disturb(l, c)
		c.serve(ctx, l, n.protocol)
		l.idle.stop()
		c.release(l)
	}
	n.picker.done(chosen)
}

// secure ends TLS, if there is any; false where the handshake failed.
func (n *listenerNode) secure(ctx context.Context, l *link) bool {
	if n.tls == nil {
		return true
	}
	conn := tls.Server(l.tcp, n.tls)
	if err := handshake(ctx, conn); err != nil {
		n.failedTLS.Add(1)
		n.cluster.config.Log.DebugContext(ctx, "TLS handshake failed", "node", n.index+1, "client", l.client(), "err", err)
		return false
	}
	l.Conn = conn
	return true
}

// choose picks the coordinator; -1 where none is left.
func (n *listenerNode) choose(ctx context.Context, l *link) int {
	chosen := n.picker.pick(n.cluster.reachable(n.index), l.client().Addr())
	log := n.cluster.config.Log
	if chosen < 0 {
		log.DebugContext(ctx, "no coordinator left", "node", n.index+1, "client", l.client())
	} else if log.Enabled(ctx, slog.LevelDebug) {
		log.DebugContext(ctx, "connection", "node", n.index+1, "client", l.client(), "coordinator", n.cluster.coordinators[chosen].name)
	}
	return chosen
}

// disturb gives the link to c what the faults do to bytes.
func (n *listenerNode) disturb(l *link, c *coordinator) {
	route := n.cluster.plan.route
	if route.proxyHeader {
		client, node := l.client(), n.addr()
		l.ahead = fmt.Appendf(nil, "PROXY TCP4 %s %s %d %d\r\n", client.Addr(), node.Addr(), client.Port(), node.Port())
	}
	l.resetAfter = c.plan.resetAfter
	if route.idle.after > 0 {
		l.watchIdle(route.idle)
	}
}

func handshake(ctx context.Context, c *tls.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	return c.HandshakeContext(ctx)
}

// wait returns after d, or false once ctx has ended.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
