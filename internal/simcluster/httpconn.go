package simcluster

import (
	"bufio"
	"context"
	"net/url"
	"strings"

	"github.com/apache/thrift/lib/go/thrift"
)

// httpConn is a coordinator's side of an HTTP connection. As in Impala each request is
// authenticated on its own, sessions are not bound to the connection, and the user of a
// doAs stays until a request names another one.
type httpConn struct {
	*coordinator
	ctx      context.Context // of the handlers, with state
	state    *connectionState
	protocol thrift.TProtocol
	respond  responder
	login    httpFields // to add to the next answer
}

// newHTTPConn returns a coordinator's side of the connection l, whose answers go to
// respond.
func (c *coordinator) newHTTPConn(ctx context.Context, l *link, respond responder) *httpConn {
	h := &httpConn{coordinator: c, state: &connectionState{}, respond: respond}
	t := newTransport(l, bufio.NewReaderSize(nil, readBuffer), false)
	t.respond = func(body []byte) error { return h.send(callReply(body, h.login)) }
	h.state.transport, h.protocol = t, thrift.NewTBinaryProtocolConf(t, c.limits)
	h.ctx = context.WithValue(ctx, connectionKey{}, h.state)
	return h
}

// serveHTTP answers the requests of a connection, whose service thread the caller holds.
func (c *coordinator) serveHTTP(ctx context.Context, l *link, in *bufio.Reader) {
	h := c.newHTTPConn(ctx, l, l.send)
	for {
		head, err := readHead(in)
		if err != nil || !h.answer(head, in) {
			return
		}
	}
}

// answer answers one request and reports whether to keep the connection. Any method but
// POST and OPTIONS ends it without an answer. An empty body has none either: Impala waits
// for the call in the next request.
func (h *httpConn) answer(head requestHead, in *bufio.Reader) (keepOpen bool) {
	h.requests.Add(1)
	if head.method == "OPTIONS" && h.send(preflightReply()) != nil || head.method != "OPTIONS" && head.method != "POST" {
		return false
	}
	if !h.readTarget(head.target) {
		return false
	}
	user, login, ok := h.authenticateHTTP(head.fields)
	if h.login = login; !ok {
		h.send(unauthorizedReply(login))
		return false
	}
	h.state.user, h.state.origin = user, forwardedFor(head.fields)
	if head.expectsContinue() && h.send(continueReply()) != nil {
		return false
	}
	body, err := head.body(in)
	if err != nil || body == nil {
		return err == nil
	}
	body.starved = h.state.transport.link.discardInput
	return h.call(body) && body.discard() == nil
}

// call answers the call in the body.
func (h *httpConn) call(body *httpBody) bool {
	t := h.state.transport
	t.in.Reset(body)
	return t.nextRequest() == nil && h.answerRequest(h.ctx, h.protocol, protocolHTTP)
}

func (h *httpConn) send(r httpReply) error { return h.respond(r) }

// maxOrigin is the longest X-Forwarded-For that is recorded, in bytes, as in Impala.
const maxOrigin = 8096

// forwardedFor returns the origin of a request, as a proxy states it.
func forwardedFor(fields httpFields) string {
	origin := fields.first("X-Forwarded-For")
	return origin[:min(len(origin), maxOrigin)]
}

// readTarget takes the parameter doAs from the target of a request, whose path is not
// looked at; false if it cannot be decoded.
func (h *httpConn) readTarget(target string) bool {
	_, query, _ := strings.Cut(target, "?")
	for pair := range strings.SplitSeq(query, "&") {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key != "doAs" {
			continue
		}
		decoded, err := url.QueryUnescape(value)
		h.state.doAs = decoded
		return err == nil
	}
	return true
}
