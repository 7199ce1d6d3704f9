package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// inPieces gives at most n bytes at a time.
type inPieces struct {
	io.Reader
	n int
}

func (p inPieces) Read(b []byte) (int, error)  { return p.Reader.Read(b[:min(len(b), p.n)]) }
func (p inPieces) Write(b []byte) (int, error) { return len(b), nil }

func text(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

// configuration is a map of n entries, http_addr at that place, and a byte that
// follows it.
func configuration(n, at int) []byte {
	b := binary.BigEndian.AppendUint32([]byte{byte(thrift.STRING), byte(thrift.STRING)}, uint32(n))
	for i := range n {
		if i == at {
			b = text(text(b, wantedKey), "coord:25000")
			continue
		}
		b = text(text(b, fmt.Sprintf("OPTION_%d", i)), strings.Repeat("v", i*7%90))
	}
	return append(b, 0x5a)
}

func TestOpenSessionResult_ReadsConfigurationInAnyPieces(t *testing.T) {
	t.Parallel()
	const n = 120
	for _, at := range []int{-1, 0, 61, n - 1} {
		whole := configuration(n, at)
		for _, piece := range []int{1, 2, 3, 5, 8, 13, 100, 1 << 20} {
			for _, framed := range []bool{false, true} {
				sent := whole
				if framed {
					sent = nil
					for part := range slices.Chunk(whole, min(piece+1, len(whole))) {
						sent = saslframe.AppendFrame(sent, part)
					}
				}
				w := &transport{rw: inPieces{bytes.NewReader(sent), piece}, framed: framed}
				w.acquire(CallBudget)
				var r OpenSessionResult
				err := r.readConfiguration(context.Background(), newProtocol(w))
				want := "coord:25000"
				if at < 0 {
					want = ""
				}
				if err != nil || r.HTTPAddr != want {
					t.Fatalf("pieces of %d, framed %v, entry %d: %q, %v", piece, framed, at, r.HTTPAddr, err)
				}
				if last, err := w.ReadByte(); last != 0x5a || err != nil || w.left.Bytes != CallBudget.Bytes-len(whole) {
					t.Errorf("pieces of %d, framed %v: then comes %x, %v; the budget is %+v", piece, framed, last, err, w.left)
				}
			}
		}
	}
}

// Entries that have arrived are read in one go, which is what makes a session cheap.
func TestOpenSessionResult_ReadsArrivedEntriesAtOnce(t *testing.T) {
	t.Parallel()
	const n = 40
	whole := configuration(n, 7)[6:]                     // without the map's head
	for cut, want := range map[int]int{1: n, 2: n - 1} { // of the bytes at the end, of which the last is no entry's
		w := &transport{rw: inPieces{bytes.NewReader(whole[:len(whole)-cut]), 1 << 20}}
		w.acquire(CallBudget)
		if err := errors.Join(w.ready(1), w.fill()); err != nil {
			t.Fatal(err)
		}
		var r OpenSessionResult
		if got := r.readBuffered(w, n); got != want || r.HTTPAddr != "coord:25000" {
			t.Errorf("%d of %d entries at once, address %q", got, want, r.HTTPAddr)
		}
		w.release()
	}
}

func TestOpenSessionResult_RejectsInvalidLengths(t *testing.T) {
	t.Parallel()
	head := binary.BigEndian.AppendUint32([]byte{byte(thrift.STRING), byte(thrift.STRING)}, 2)
	for name, entry := range map[string][]byte{
		"a key of negative length":   {0xff, 0xff, 0xff, 0xff, 'x'},
		"a value of negative length": append(text(nil, "key"), 0x80, 0, 0, 0),
		"a value beyond the budget":  append(text(nil, "key"), 0, 1, 0, 0),
	} {
		w := &transport{rw: inPieces{bytes.NewReader(append(bytes.Clone(head), append(text(text(nil, "a"), "b"), entry...)...)), 1 << 20}}
		w.acquire(Budget{1 << 10, 1 << 10})
		err := new(OpenSessionResult).readConfiguration(context.Background(), newProtocol(w))
		if KindOf(err) != vocab.KindOversize {
			t.Errorf("%s: %v", name, err)
		}
	}
}
