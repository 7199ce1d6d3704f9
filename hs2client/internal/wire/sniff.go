package wire

import (
	"bytes"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// signatures are the first bytes of protocols that answer on a wrong port. The head
// that is compared may be as short as four bytes: a prefix of a signature is enough.
var signatures = []struct {
	prefix string
	kind   vocab.Kind
}{
	{"HTTP/", vocab.KindHTTP},
	{"PROXY ", vocab.KindProxyHeader},                                  // version 1
	{"\r\n\r\n\x00\r\nQUIT\n", vocab.KindProxyHeader},                  // version 2
	{"\x15\x03", vocab.KindNeedsTLS}, {"\x16\x03", vocab.KindNeedsTLS}, // a TLS alert, a TLS handshake
}

// Sniff classes an answer by its first bytes: at least four, or fewer where no more
// arrived. KindGarbage is an unknown protocol.
func Sniff(head []byte) vocab.Kind {
	if len(head) < 4 {
		return vocab.KindGarbage
	}
	for _, s := range signatures {
		n := min(len(head), len(s.prefix))
		if bytes.Equal(head[:n], []byte(s.prefix[:n])) {
			return s.kind
		}
	}
	// A SASL message: a status, and the three high bytes of a length under 256.
	if st := saslframe.Status(head[0]); st >= saslframe.StatusStart && st <= saslframe.StatusComplete && bytes.Equal(head[1:4], []byte{0, 0, 0}) {
		return vocab.KindNeedsSASL
	}
	return vocab.KindGarbage
}
