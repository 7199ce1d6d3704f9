package simcluster

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// httpReply is an answer to an HTTP request.
type httpReply struct {
	status string // "200 OK"
	fields httpFields
	body   []byte
}

// responder sends an answer on its way to the client. A coordinator's is the connection
// itself, or a balancer that understands HTTP.
type responder func(httpReply) error

// append encodes the answer.
func (r httpReply) append(dst []byte) []byte {
	dst = append(append(append(dst, "HTTP/1.1 "...), r.status...), "\r\n"...)
	for _, f := range r.fields {
		dst = append(append(append(append(dst, f.name...), ": "...), f.value...), "\r\n"...)
	}
	return append(append(dst, "\r\n"...), r.body...)
}

// send writes the answer in one piece.
func (l *link) send(r httpReply) error {
	_, err := l.Write(r.append(make([]byte, 0, 512+len(r.body))))
	return err
}

// httpDate is the current time as in a header.
func httpDate() string { return time.Now().UTC().Format(http.TimeFormat) }

// callReply is the answer to a call, with the header fields of the login
// (THttpServer::flush).
func callReply(body []byte, login httpFields) httpReply {
	fields := httpFields{
		{"Date", httpDate()}, {"Server", "Thrift/0.16.0"}, {"Access-Control-Allow-Origin", "*"},
		{"Content-Type", "application/x-thrift"}, {"Content-Length", strconv.Itoa(len(body))}, {"Connection", "Keep-Alive"},
	}
	return httpReply{status: "200 OK", fields: append(fields, login...), body: body}
}

// unauthorizedReply refuses a request, without a length or a body; the connection closes
// after it (THttpServer::returnUnauthorized).
func unauthorizedReply(login httpFields) httpReply {
	return httpReply{status: "401 Unauthorized", fields: append(httpFields{{"Date", httpDate()}, {"Connection", "close"}}, login...)}
}

// preflightReply answers OPTIONS, without a length.
func preflightReply() httpReply {
	return httpReply{status: "200 OK", fields: httpFields{
		{"Date", httpDate()}, {"Access-Control-Allow-Origin", "*"},
		{"Access-Control-Allow-Methods", "POST, OPTIONS"}, {"Access-Control-Allow-Headers", "Content-Type"},
	}}
}

// continueReply asks for the body.
func continueReply() httpReply { return httpReply{status: "100 Continue"} }

// isFinal reports whether an answer is the last one to its request.
func (r httpReply) isFinal() bool { return !strings.HasPrefix(r.status, "1") }
