package balancerlog

import "bytes"

// classic reads a line of a Classic load balancer's access log: 15 fields, of which the
// last three are absent from older files.
//
//	time elb client:port backend:port request_processing_time backend_processing_time response_processing_time elb_status_code backend_status_code received_bytes sent_bytes "request" "user_agent" ssl_cipher ssl_protocol
//
// The format is "Access log entries" of the Classic Load Balancers guide.
func (d *decoder) classic(line []byte, r *Record) error {
	c := cursor{line: line}
	r.Accepted = c.stamp("a time such as 2015-05-13T23:39:43.945958Z")
	c.word("the balancer's name")
	r.Client = c.endpoint("the client's address and port")
	r.Backend = c.optional("the backend's address and port")
	times := [3]bool{}
	for i := range times {
		at := c.at
		word := c.word("a time in seconds, or -1")
		if _, times[i] = parseDecimal(word); !times[i] && !bytes.HasPrefix(word, []byte("-")) {
			c.fail(at, "a time in seconds, or -1")
		}
	}
	status := c.word("the balancer's status, or -")
	c.word("the backend's status, or -")
	r.Received = c.number("the bytes received")
	r.Sent = c.number("the bytes sent")
	c.quoted("the request in quotes")
	r.Reason = d.classicReason(r.Backend.IsValid(), times, status)
	return c.err()
}

// classicReason says what a line shows of a failure. A connection on which the client sent
// nothing looks like one that failed.
func (d *decoder) classicReason(sent bool, times [3]bool, status []byte) string {
	switch {
	case !sent:
		return "no backend: refused by it, none in service, or nothing was sent before the idle timeout"
	case !times[1]:
		return "backend_processing_time -1: no connection to the backend"
	case !times[2]:
		return "response_processing_time -1: the backend sent nothing"
	case len(status) == 3 && status[0] >= '4':
		return d.names.of(append([]byte("status "), status...))
	}
	return ""
}
