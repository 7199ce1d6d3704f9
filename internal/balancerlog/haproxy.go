package balancerlog

import (
	"bytes"
	"time"
)

// haproxyTCP reads a line of HAProxy's "option tcplog":
//
//	%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq
//
// The line is written at the end; its time is that of the accept, in HAProxy's own zone.
func (d *decoder) haproxyTCP(line []byte, r *Record) error {
	c, err := haproxyHead(line, r)
	if err != nil {
		return err
	}
	date, at := c.bracketed("a date in brackets")
	r.accepted(&c, at, date, parseLocal)
	if frontend := c.word("the frontend"); bytes.HasSuffix(frontend, []byte(":")) {
		r.Reason = d.names.of(c.line[c.at:]) // "SSL handshake failure", instead of the rest
		return c.err()
	}
	d.server(c.word("backend/server"), r)
	r.haproxyEnd(&c, 3)
	r.Sent = c.signed("the bytes sent")
	d.haproxyState(&c, 2, r)
	r.haproxyRetries(&c, 4)
	return c.err()
}

// haproxyHTTP reads a line of "option httplog", one for each request:
//
//	%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs "%r"
func (d *decoder) haproxyHTTP(line []byte, r *Record) error {
	c, err := haproxyHead(line, r)
	if err != nil {
		return err
	}
	date, at := c.bracketed("a date in brackets")
	r.accepted(&c, at, date, parseLocal)
	if frontend := c.word("the frontend"); bytes.HasSuffix(frontend, []byte(":")) {
		r.Reason = d.names.of(c.line[c.at:])
		return c.err()
	}
	d.server(c.word("backend/server"), r)
	r.haproxyEnd(&c, 5)
	status := c.signed("the status")
	r.Sent = c.signed("the bytes sent")
	c.word("the cookie of the request, or -")
	c.word("the cookie of the response, or -")
	d.haproxyState(&c, 4, r)
	if r.Reason == "" && (status >= 400 || status < 0) {
		r.Reason = "an HTTP status of a failure"
	}
	r.haproxyRetries(&c, 4)
	return c.err()
}

// haproxy reads a line of the format that docs/reconcile.md has for HAProxy:
//
//	%ci:%cp [%Ts.%ms] %fi:%fp %ft %b/%s %si:%sp %bi:%bp %Tw/%Tc/%Tt %U/%B %ts %rc
func (d *decoder) haproxy(line []byte, r *Record) error {
	c, err := haproxyHead(line, r)
	if err != nil {
		return err
	}
	date, at := c.bracketed("seconds since 1970 in brackets")
	r.accepted(&c, at, date, parseUnix)
	before := c.at
	if frontend := c.word("the frontend's address and port"); bytes.HasSuffix(frontend, []byte(":")) {
		r.Reason = d.names.of(c.line[c.at:])
		return c.err()
	}
	c.back(before)
	r.Node = c.endpoint("the frontend's address and port")
	c.word("the frontend")
	d.server(c.word("backend/server"), r)
	r.Backend = c.optional("the server's address and port")
	c.word("the address and port of the connection to the server")
	r.haproxyEnd(&c, 3)
	received, sent, _ := bytes.Cut(c.word("bytes received/sent"), []byte("/"))
	r.Received, r.Sent = numberOr(received, -1), numberOr(sent, -1)
	d.haproxyState(&c, 2, r)
	r.haproxyRetries(&c, 0)
	if r.Name == "" {
		r.Backend = noBackend
	}
	return c.err()
}

// haproxyHead reads the client of a line, behind what syslog put before it. A line that
// begins with no address tells of no connection.
func haproxyHead(line []byte, r *Record) (cursor, error) {
	if i := bytes.Index(line[:min(len(line), maxSyslog)], []byte("]: ")); i > 0 {
		line = line[i+3:]
	}
	c := cursor{line: line}
	client, ok := parseEndpoint(c.word("the client's address and port"))
	if !ok {
		return c, errOther
	}
	r.Client = client
	return c, nil
}

// maxSyslog is how much of a line is searched for the end of what syslog put before it.
const maxSyslog = 256

// accepted takes the text at a byte of the line as the time.
func (r *Record) accepted(c *cursor, at int, text []byte, parse func([]byte) (time.Time, bool)) {
	t, ok := parse(text)
	if !ok {
		c.fail(at, "a time")
	}
	r.Accepted = t
}

// server takes "backend/server", where <NOSRV> is none.
func (d *decoder) server(word []byte, r *Record) {
	_, server, _ := bytes.Cut(word, []byte("/"))
	if len(server) > 0 && server[0] != '<' {
		r.Name = d.names.of(word)
	}
}

// haproxyEnd reads timers with "/" between them, of which the last is the whole time. One
// with "+" was written before the end, by "option logasap".
func (r *Record) haproxyEnd(c *cursor, timers int) {
	at := c.at
	word := c.word("timers")
	if bytes.Count(word, []byte("/")) != timers-1 {
		c.fail(at, "timers, with / between them")
		return
	}
	total := word[bytes.LastIndexByte(word, '/')+1:]
	if ms, ok := parseNumber(total); ok && ms <= maxSeconds*1000 {
		r.Ended = r.Accepted.Add(time.Duration(ms) * time.Millisecond)
	}
}

// haproxyState reads the termination state, of which the first two letters say who ended
// the connection, and when.
func (d *decoder) haproxyState(c *cursor, letters int, r *Record) {
	at := c.at
	word := c.word("the termination state")
	if len(word) != letters {
		c.fail(at, "the termination state")
		return
	}
	if code := word[:2]; string(code) != "--" {
		if text, known := haproxyStates[string(code)]; known {
			r.Reason = text
		} else {
			r.Reason = d.names.of(word)
		}
	}
}

// haproxyRetries reads counters with "/" between them, of which the last is the retries: "+1"
// where another server was tried before.
func (r *Record) haproxyRetries(c *cursor, before int) {
	at := c.at
	word := c.word("retries")
	if bytes.Count(word, []byte("/")) != before {
		c.fail(at, "counters, with / between them")
		return
	}
	r.Retried = bytes.IndexByte(word, '+') >= 0
}

// signed reads a word that is a whole number; -1, or with "+" where it is not the last one.
func (c *cursor) signed(what string) int64 {
	at := c.at
	word := bytes.TrimPrefix(c.word(what), []byte("+"))
	if string(word) == "-1" {
		return -1
	}
	n, ok := parseNumber(word)
	if !ok {
		c.fail(at, what)
	}
	return n
}

// back returns to a byte that was read.
func (c *cursor) back(at int) {
	if c.wrong == nil {
		c.at = at
	}
}

func numberOr(b []byte, otherwise int64) int64 {
	if n, ok := parseNumber(b); ok {
		return n
	}
	return otherwise
}

// haproxyStates are the termination states that sessions of Impala are known to end with.
// Section "Session state at disconnection" of HAProxy's configuration manual has all.
var haproxyStates = map[string]string{
	"SC": "SC: the server refused the connection, or none was up",
	"sC": "sC: no connection to the server within timeout connect",
	"SD": "SD: the server ended the connection, in the middle of data",
	"sD": "sD: timeout server, while nothing was sent",
	"cD": "cD: timeout client, while nothing was sent",
	"CD": "CD: the client ended the connection, or closed TLS without saying so",
	"CC": "CC: the client gave up before a server was connected",
	"cC": "cC: timeout client before a server was connected",
	"sQ": "sQ: no free place at a server within timeout queue",
	"CQ": "CQ: the client gave up in the queue",
	"RC": "RC: HAProxy was out of ports, memory or descriptors",
	"PR": "PR: refused by a rule",
	"K-": "K-: ended by an administrator",
	"KD": "KD: ended by an administrator",
	"D-": "D-: the server was marked down",
	"DD": "DD: the server was marked down",
}
