package balancerlog

import "time"

// The fields of a network load balancer's access log that are read, from 0: "Access logs
// for your Network Load Balancer". New fields are added at the end.
const (
	tlsEnd       = 2
	tlsClient    = 5
	tlsConnected = 7 // the time of the connection in milliseconds
	tlsReceived  = 9
	tlsSent      = 10
	tlsAlert     = 11
	tlsCipher    = 14
	tlsCreated   = 21 // absent from older files
)

// networkTLS reads a line of a network load balancer's access log, which it writes of TLS
// listeners alone. Its destination is the listener and never a target, so the backend
// stays unknown.
func (d *decoder) networkTLS(line []byte, r *Record) error {
	c := cursor{line: line}
	var took time.Duration
	for field := 0; field <= tlsCreated && (field <= tlsCipher || !c.done()); field++ {
		at := c.at
		switch field {
		case 0:
			if string(c.word("tls")) != "tls" {
				c.fail(at, "tls")
			}
		case tlsEnd:
			r.Ended = c.stamp("a time such as 2018-12-20T02:59:40")
		case tlsClient:
			r.Client = c.endpoint("the client's address and port")
		case tlsConnected:
			took = time.Duration(min(c.number("the connection's time in milliseconds"), maxSeconds*1000)) * time.Millisecond
		case tlsReceived:
			r.Received = c.number("the bytes received")
		case tlsSent:
			r.Sent = c.number("the bytes sent")
		case tlsAlert:
			if alert := c.word("a TLS alert, or -"); string(alert) != "-" {
				r.Reason = d.names.of(append([]byte("TLS alert "), alert...))
			}
		case tlsCipher:
			if string(c.word("a cipher, or -")) == "-" && r.Reason == "" {
				r.Reason = "the TLS handshake did not complete"
			}
		case tlsCreated:
			r.Accepted = c.stamp("the time when the connection was made")
		default:
			c.mayQuote("a field of an access log of a network load balancer")
		}
	}
	if r.Accepted.IsZero() {
		r.Accepted = r.Ended.Add(-took)
	}
	return c.err()
}

// mayQuote reads a word that may have spaces between quotes.
func (c *cursor) mayQuote(what string) {
	at, inside := c.at, false
	for ; c.wrong == nil && c.at < len(c.line); c.at++ {
		switch c.line[c.at] {
		case '"':
			inside = !inside
		case ' ':
			if !inside {
				c.at++
				return
			}
		}
	}
	if c.wrong == nil && (inside || c.at == at) {
		c.fail(at, what)
	}
}
