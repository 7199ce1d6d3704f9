package wire

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// FuzzRecognize has arbitrary first bytes, PROXY headers among them: what is recognized has
// a class, and does not change with what follows the bytes that showed it.
func FuzzRecognize(f *testing.F) {
	for _, s := range signatures {
		f.Add([]byte(s.prefix))
	}
	for _, s := range []string{"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n", "PROXY UNKNOWN\r\n", "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c", "\x80\x01\x00\x02", "\x02\x00\x00\x00\x05", "\x00\x00\x12\x04\x00\x00\x00\x00\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		heard, kind := Recognize(head), Sniff(head)
		if len(head) > 0 && (heard == vocab.HeardNothing || kind == vocab.KindNone || kind == vocab.KindOther) {
			t.Fatalf("%q: %v, %v", head, heard, kind)
		}
		if more := append(append([]byte(nil), head...), 0, 1, 2); len(head) >= 16 && Recognize(more) != heard {
			t.Fatalf("%q: %v, and with more bytes %v", head, heard, Recognize(more))
		}
		if text := (&Error{Kind: kind, Text: string(head), Head: true}).ServerText(); len(text) > 4*maxHead+2 {
			t.Fatalf("%d bytes are shown", len(text))
		}
	})
}
