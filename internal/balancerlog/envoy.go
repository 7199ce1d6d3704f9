package balancerlog

import (
	"bytes"
	"time"
)

// envoy reads a line of the format that docs/reconcile.md has for Envoy's TCP proxy:
//
//	%START_TIME% %CONNECTION_ID% %DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %UPSTREAM_HOST% %UPSTREAM_LOCAL_ADDRESS% %RESPONSE_FLAGS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %UPSTREAM_REQUEST_ATTEMPT_COUNT% %DURATION% %BYTES_RECEIVED% %BYTES_SENT%
func (d *decoder) envoy(line []byte, r *Record) error {
	c := cursor{line: line}
	r.Accepted = c.stamp("a time such as 2026-11-28T10:16:28.595Z")
	c.word("the connection's number")
	r.Client = c.endpoint("the client's address and port")
	r.Node = c.endpoint("the listener's address and port")
	r.Backend = c.optional("the upstream's address and port, or -")
	connected := string(c.word("the address and port of the connection to the upstream, or -")) != "-"
	flags := c.word("response flags, or -")
	why := c.quoted("the reason of a failed connection in quotes")
	attempts := c.number("the number of attempts")
	r.Ended = r.Accepted.Add(time.Duration(min(c.number("the time in milliseconds"), maxSeconds*1000)) * time.Millisecond)
	r.Received = c.number("the bytes received")
	r.Sent = c.number("the bytes sent")
	r.Retried = attempts > 1
	r.Reason = d.envoyReason(flags, why, r.Retried && connected)
	return c.err()
}

// envoyReason says what the flags mean. A good connection that took a second attempt has
// the flag of the first.
func (d *decoder) envoyReason(flags, why []byte, served bool) string {
	if string(flags) == "-" || string(flags) == "UF" && served {
		return ""
	}
	for flag := range bytes.SplitSeq(flags, []byte(",")) {
		text, known := envoyFlags[string(flag)]
		switch {
		case !known:
		case string(flag) == "UF" && len(why) > 1:
			return d.names.of(append([]byte(text+": "), why...))
		default:
			return text
		}
	}
	return d.names.of(append([]byte("flags "), flags...))
}

// envoyFlags are the response flags of TCP: "Access logging" of Envoy's documentation.
var envoyFlags = map[string]string{
	"UF":  "UF: no connection to the upstream",
	"UR":  "UR: the upstream reset the connection",
	"UO":  "UO: a limit of connections",
	"UH":  "UH: no healthy upstream",
	"UC":  "UC: the upstream ended the connection",
	"URX": "URX: no upstream within the attempts",
	"NC":  "NC: no such cluster",
	"NR":  "NR: no filter chain fits",
	"DT":  "DT: the longest duration of a connection",
	"DC":  "DC: the client ended the connection",
}
