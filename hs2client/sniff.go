package hs2client

import (
	"bytes"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// sniffed is how the wrong peers begin. The head that is compared may be as
// short as four bytes: a prefix of a signature is enough.
var sniffed = []struct {
	begins string
	kind   Kind
}{
	{"HTTP/", KindHTTP},
	{"PROXY ", KindProxyHeader},                            // version 1
	{"\r\n\r\n\x00\r\nQUIT\n", KindProxyHeader},            // version 2
	{"\x15\x03", KindNeedsTLS}, {"\x16\x03", KindNeedsTLS}, // a TLS alert, a TLS handshake
}

// sniff says who begins an answer like that: at least four bytes, or fewer where
// no more came. KindGarbage is somebody unknown.
func sniff(head []byte) Kind {
	if len(head) < 4 {
		return KindGarbage
	}
	for _, s := range sniffed {
		n := min(len(head), len(s.begins))
		if bytes.Equal(head[:n], []byte(s.begins[:n])) {
			return s.kind
		}
	}
	// A SASL message: a status, and the three high bytes of a length under 256.
	if st := saslframe.Status(head[0]); st >= saslframe.Start && st <= saslframe.Complete && bytes.Equal(head[1:4], []byte{0, 0, 0}) {
		return KindNeedsSASL
	}
	return KindGarbage
}
