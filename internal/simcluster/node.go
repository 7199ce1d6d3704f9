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

// protocol is the protocol of a listener.
type protocol int32

const (
	protocolHS2 protocol = iota
	protocolBeeswax
	protocolHTTP // HS2 over HTTP
	protocolCount
)

func (p protocol) String() string { return [...]string{"hs2", "beeswax", "hs2-http"}[p] }

// handshakeTimeout limits the TLS handshake.
const handshakeTimeout = 10 * time.Second

// nodeListener is one node's listener for one protocol. It accepts connections,
// terminates TLS, chooses a coordinator and passes the connection to it.
type nodeListener struct {
	cluster  *Cluster
	index    int // of the node, from 0
	protocol protocol
	listener net.Listener
	tls      *tls.Config // nil: no TLS

	accepted, failedTLS atomic.Int64
	requests            atomic.Int64 // over HTTP, of a node that reads it
}

// addr returns the listener's address.
func (n *nodeListener) addr() netip.AddrPort {
	return n.listener.Addr().(*net.TCPAddr).AddrPort()
}

// serve accepts connections until the listener is closed. It retries after
// temporary errors such as a lack of file descriptors.
func (n *nodeListener) serve(ctx context.Context) {
	for {
		conn, err := n.listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) || !sleep(ctx, 10*time.Millisecond) {
				return
			}
			continue
		}
		n.accepted.Add(1)
		tcp := conn.(*net.TCPConn)
		if !n.cluster.track(tcp) {
			tcp.Close()
			return
		}
		n.cluster.goroutines.Go(func() {
			n.handle(ctx, tcp)
			tcp.Close()
			n.cluster.untrack(tcp)
		})
	}
}

// handle serves one connection until it is closed.
func (n *nodeListener) handle(ctx context.Context, tcp *net.TCPConn) {
	l := &link{Conn: tcp, tcp: tcp, received: &n.cluster.bytesReceived}
	if !n.cluster.balancer.admit(n.cluster.elapsed()) {
		n.rejectExcess(ctx, l)
		return
	}
	defer n.cluster.balancer.leave()
	n.serveLink(ctx, l)
}

// rejectExcess ends a connection that the balancer does not accept.
func (n *nodeListener) rejectExcess(ctx context.Context, l *link) {
	n.cluster.config.Log.DebugContext(ctx, "connection exceeds the limit", "node", n.index+1, "client", l.clientAddr())
	if n.cluster.plan.balancer.excessMode() == cutModeFIN {
		l.closeGracefully()
		return
	}
	l.reset()
}

// serveLink serves an accepted connection. The coordinator is chosen after the TLS
// handshake, when a proxy would dial its backend. The setup is in separate functions
// so that connections which only wait keep a small stack.
func (n *nodeListener) serveLink(ctx context.Context, l *link) {
	to := route{coordinator: -1}
	if n.terminateTLS(ctx, l) {
		if n.readsHTTP() {
			n.proxyHTTP(ctx, l)
			return
		}
		to = n.chooseCoordinator(ctx, l, -1)
	}
	if to.coordinator < 0 {
		l.closeGracefully()
		return
	}
	if c := n.cluster.coordinators[to.coordinator]; to.refused || !c.acceptLink(l) {
		l.closeGracefully()
	} else {
		l.flaky = to.cut
		n.applyFaults(l, c)
		c.serve(ctx, l, n.protocol)
		l.idle.stop()
		c.releaseLink(l)
	}
	n.cluster.balancer.release(n.protocol, n.index, to.coordinator)
}

// terminateTLS runs the TLS handshake if TLS is on; false if it failed.
func (n *nodeListener) terminateTLS(ctx context.Context, l *link) bool {
	if n.tls == nil {
		return true
	}
	conn := tls.Server(l.tcp, n.tls)
	if err := handshake(ctx, conn); err != nil {
		n.failedTLS.Add(1)
		n.cluster.config.Log.DebugContext(ctx, "TLS handshake failed", "node", n.index+1, "client", l.clientAddr(), "err", err)
		return false
	}
	l.Conn = conn
	return true
}

// chooseCoordinator returns where a connection, or a request, goes: to the preferred
// coordinator if it is eligible; -1: none is preferred.
func (n *nodeListener) chooseCoordinator(ctx context.Context, l *link, prefer int) route {
	to := n.cluster.balancer.route(n.cluster.elapsed(), n.protocol, n.index, l.clientAddr().Addr(), prefer)
	log := n.cluster.config.Log
	if to.coordinator < 0 {
		log.DebugContext(ctx, "no eligible coordinator", "node", n.index+1, "client", l.clientAddr())
	} else if log.Enabled(ctx, slog.LevelDebug) {
		log.DebugContext(ctx, "connection", "node", n.index+1, "client", l.clientAddr(), "coordinator", n.cluster.coordinators[to.coordinator].name)
	}
	return to
}

// applyFaults makes the link to c behave as the faults say.
func (n *nodeListener) applyFaults(l *link, c *coordinator) {
	faults := n.cluster.plan.balancer
	if faults.proxyHeader {
		client, node := l.clientAddr(), n.addr()
		l.prefix = fmt.Appendf(nil, "PROXY TCP4 %s %s %d %d\r\n", client.Addr(), node.Addr(), client.Port(), node.Port())
	}
	l.resetAfter = c.plan.resetAfter
	if faults.idle.after > 0 {
		l.watchIdle(faults.idle)
	}
}

func handshake(ctx context.Context, c *tls.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	return c.HandshakeContext(ctx)
}

// sleep waits for d; it returns false if ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
