package simcluster

import (
	"bufio"
	"context"
	"strings"
)

// httpProxy is a node that reads HTTP, for one connection of a client: with Config.Layer7
// as HAProxy in mode http, which chooses a coordinator for each request; otherwise one for
// the connection, because a fault needs a node that reads HTTP.
type httpProxy struct {
	node    *nodeListener
	link    *link
	in      *bufio.Reader
	chosen  route        // of the connection, or with Layer7 of the request
	routed  bool         // chosen is set, and counts as open
	backend *httpBackend // the connection to the coordinator of the last request; nil: none
	sticky  string       // the cookie to add to the next answer; "": none
	replied bool         // the current request has its answer
}

// httpBackend is a node's connection to a coordinator.
type httpBackend struct {
	*httpConn
	index int // of the coordinator
}

// readsHTTP reports whether the node does more than to pass connections on.
func (n *nodeListener) readsHTTP() bool {
	b, p := n.cluster.plan.balancer, n.cluster.plan.nodes[n.index]
	return n.protocol == protocolHTTP &&
		(n.cluster.config.Layer7 || b.dropsCookies || b.foreignCookie || b.foreignHandle > 0 ||
			p.stripsAuthorization || p.loginPage || p.unavailable > 0)
}

// proxyHTTP serves a connection as a node that reads HTTP.
func (n *nodeListener) proxyHTTP(ctx context.Context, l *link) {
	p := &httpProxy{node: n, link: l, in: bufio.NewReaderSize(l, httpReadBuffer)}
	if idle := n.cluster.plan.balancer.idle; idle.after > 0 {
		l.watchIdle(idle)
	}
	for {
		head, err := readHead(p.in)
		if err != nil || !p.pass(ctx, head) {
			break
		}
	}
	p.disconnect()
	p.release()
	l.idle.stop()
	l.closeGracefully()
}

// pass passes a request on to a coordinator, and its answer back. It reports whether to
// keep the client's connection.
func (p *httpProxy) pass(ctx context.Context, head requestHead) bool {
	p.replied, p.sticky = false, ""
	if own, ok := p.ownAnswer(); ok {
		p.link.send(own)
		return false
	}
	to := p.choose(ctx, head)
	switch {
	case to.cut:
		p.link.reset()
		return false
	case to.coordinator < 0 || to.refused || !p.connect(ctx, to.coordinator):
		p.link.send(badGateway("503 Service Unavailable", "No server is available to handle this request."))
		return false
	case p.backend.plan.hung:
		p.link.discardInput()
		return false
	}
	head.fields = p.edit(head.fields)
	keepOpen := !p.node.cluster.plan.balancer.proxyHeader && p.backend.answer(head, p.in)
	switch {
	case !keepOpen && !p.replied && !p.link.readFailed:
		p.link.send(badGateway("502 Bad Gateway", "The server returned an invalid or incomplete response."))
	case keepOpen && !p.replied:
		p.link.discardInput() // the coordinator waits for more
		return false
	}
	if p.node.cluster.config.Layer7 {
		p.release()
		keepOpen = keepOpen && !strings.EqualFold(head.fields.last("Connection"), "close") // Impala itself does not look at it
	}
	return keepOpen
}

// choose returns where a request goes.
func (p *httpProxy) choose(ctx context.Context, head requestHead) route {
	if !p.routed {
		prefer, known := p.node.stickyCoordinator(head.fields)
		p.chosen = p.node.chooseCoordinator(ctx, p.link, prefer)
		p.routed = p.chosen.coordinator >= 0
		if p.routed && p.node.cluster.config.StickyCookie && (!known || prefer != p.chosen.coordinator) {
			p.sticky = stickyValue(p.chosen.coordinator)
		}
	}
	if p.routed && p.strays(head) {
		return p.node.cluster.balancer.another(p.node.cluster.elapsed(), p.node.index, p.chosen)
	}
	return p.chosen
}

// strays reports whether a fault sends a request to another coordinator.
func (p *httpProxy) strays(head requestHead) bool {
	faults, n := p.node.cluster.plan.balancer, p.node.requests.Add(1)
	_, hasCookie := cookieIn(head.fields, cookieName)
	return faults.foreignHandle > 0 && n%faults.foreignHandle == 0 || faults.foreignCookie && hasCookie
}

// release ends what choose began.
func (p *httpProxy) release() {
	if p.routed {
		p.node.cluster.balancer.release(p.node.protocol, p.node.index, p.chosen.coordinator)
		p.routed = false
	}
}

// connect makes coordinator i the backend, with a service thread; false if it is not
// running or has no thread in time.
func (p *httpProxy) connect(ctx context.Context, i int) bool {
	if p.backend != nil && p.backend.index == i {
		return true
	}
	p.disconnect()
	c := p.node.cluster.coordinators[i]
	if !c.acceptLink(p.link) {
		return false
	}
	if !c.plan.hung && !c.threads[protocolHTTP].acquire(ctx, noLogin) {
		c.releaseLink(p.link)
		return false
	}
	c.connections[protocolHTTP].Add(1)
	p.link.resetAfter = c.plan.resetAfter
	p.backend = &httpBackend{c.newHTTPConn(ctx, p.link, p.reply), i}
	return true
}

// disconnect closes the connection to the coordinator.
func (p *httpProxy) disconnect() {
	if p.backend == nil {
		return
	}
	if !p.backend.plan.hung {
		p.backend.threads[protocolHTTP].release()
	}
	p.backend.releaseLink(p.link)
	p.backend = nil
}

// edit returns the fields of a request as the coordinator receives them.
func (p *httpProxy) edit(fields httpFields) httpFields {
	plan, node := p.node.cluster.plan.balancer, p.node.cluster.plan.nodes[p.node.index]
	if p.node.cluster.config.StickyCookie {
		fields = withoutCookie(fields, stickyName)
	}
	if plan.dropsCookies {
		fields = fields.without("Cookie")
	}
	if node.stripsAuthorization {
		fields = fields.without("Authorization")
	}
	if p.node.cluster.config.Layer7 {
		fields = append(fields, httpField{"X-Forwarded-For", p.link.clientAddr().Addr().String()})
	}
	return fields
}

// reply passes a coordinator's answer on. HAProxy writes names in lower case.
func (p *httpProxy) reply(r httpReply) error {
	p.replied = p.replied || r.isFinal()
	if p.node.cluster.plan.balancer.dropsCookies {
		r.fields = r.fields.without("Set-Cookie")
	}
	if p.sticky != "" && r.isFinal() {
		r.fields = append(r.fields, httpField{"Set-Cookie", p.sticky}, httpField{"Cache-Control", "private"})
	}
	if p.node.cluster.config.Layer7 {
		for i, f := range r.fields {
			r.fields[i].name = strings.ToLower(f.name)
		}
	}
	return p.link.send(r)
}
