package balancerlog

import (
	"bytes"
	"net/netip"
)

// nginx reads a line of the format that docs/reconcile.md has for nginx's stream module:
//
//	$remote_addr:$remote_port [$msec] $server_addr:$server_port "$upstream_addr" $status $session_time "$upstream_connect_time" "$upstream_first_byte_time" "$upstream_session_time" "$upstream_bytes_sent" "$upstream_bytes_received" $bytes_received $bytes_sent
//
// Its time is that of the end.
func (d *decoder) nginx(line []byte, r *Record) error {
	c := cursor{line: line}
	r.Client = c.endpoint("the client's address and port")
	date, at := c.bracketed("seconds since 1970 in brackets")
	r.accepted(&c, at, date, parseUnix)
	r.Node = c.endpoint("the server's address and port")
	d.upstream(c.quoted("the upstream's address in quotes"), r)
	status := c.word("the status")
	at = c.at
	took, ok := parseDecimal(c.word("the session's time in seconds"))
	if !ok {
		c.fail(at, "the session's time in seconds")
	}
	r.Ended, r.Accepted = r.Accepted, r.Accepted.Add(-took)
	for range 5 {
		c.quoted("a field of the upstream in quotes")
	}
	r.Received = c.number("the bytes received")
	r.Sent = c.number("the bytes sent")
	if string(status) != "200" {
		r.Reason = nginxStatuses[string(status)]
		if r.Reason == "" {
			r.Reason = d.names.of(append([]byte("status "), status...))
		}
	}
	return c.err()
}

// upstream takes the addresses that were tried, of which the last served. Where none was
// alive the upstream's name stands there, and "-" where none was chosen.
func (d *decoder) upstream(text []byte, r *Record) {
	last := text
	if i := bytes.LastIndex(text, []byte(", ")); i >= 0 {
		last, r.Retried = text[i+2:], true
	}
	backend, ok := parseEndpoint(last)
	if ok {
		r.Backend = backend
	}
}

// nginxStatuses are those of the stream module: "Alphabetical index of variables".
var nginxStatuses = map[string]string{
	"400": "status 400: the client's PROXY header could not be read",
	"403": "status 403: refused by a rule",
	"500": "status 500: an error within nginx, or a failed TLS handshake",
	"502": "status 502: the upstream refused the connection, did not answer, or none was alive",
	"503": "status 503: the limit of connections",
}

// noBackend is the address of no backend.
var noBackend netip.AddrPort
