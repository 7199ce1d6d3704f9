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
			defer n.cluster.drop(tcp)
			defer tcp.Close()
			n.handle(ctx, tcp, ordinal)
		})
	}
}

// handle serves one connection to its end. The coordinator is chosen when TLS
// is done, as a proxy dials its backend then: a failed handshake uses no choice.
func (n *listenerNode) handle(ctx context.Context, tcp *net.TCPConn, ordinal int64) {
	client := tcp.RemoteAddr().(*net.TCPAddr).AddrPort()
	log := n.cluster.config.Log
	l := &link{Conn: tcp, tcp: tcp, received: &n.cluster.received, flaky: n.flaky[ordinal]}
	if n.tls != nil {
		secure := tls.Server(tcp, n.tls)
		if err := handshake(ctx, secure); err != nil {
			n.failedTLS.Add(1)
			log.DebugContext(ctx, "TLS handshake failed", "node", n.index+1, "client", client, "err", err)
			l.hangUp()
			return
		}
		l.Conn = secure
	}
	chosen := n.picker.pick(n.cluster.reachable(n.index), client.Addr())
	if chosen < 0 {
		log.DebugContext(ctx, "no coordinator left", "node", n.index+1, "client", client)
		l.hangUp()
		return
	}
	defer n.picker.done(chosen)
	c := n.cluster.coordinators[chosen]
	log.LogAttrs(ctx, slog.LevelDebug, "connection", slog.Int("node", n.index+1), slog.Any("client", client), slog.String("coordinator", c.name))
	if c.plan.refused || !c.take(l) {
		l.hangUp()
		return
	}
	defer c.release(l)
	if idle := n.cluster.plan.route.idle; idle.after > 0 {
		defer l.watchIdle(idle).Stop()
	}
	if n.cluster.plan.route.proxyHeader {
		l.ahead = fmt.Appendf(nil, "PROXY TCP4 %s %s %d %d\r\n", client.Addr(), n.addr().Addr(), client.Port(), n.addr().Port())
	}
	l.resetAfter = c.plan.resetAfter
	c.serve(ctx, l, n.protocol)
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
