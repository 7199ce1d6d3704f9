package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"testing/iotest"
)

// trickle is a connection that reads from a reader.
type trickle struct {
	net.Conn
	r io.Reader
}

func (t trickle) Read(p []byte) (int, error) { return t.r.Read(p) }

// tlsRecords are records of those lengths.
func tlsRecords(lengths ...int) (all []byte, ends []int) {
	for i, n := range lengths {
		all = append(all, 23, 3, 3, byte(n>>8), byte(n))
		all = append(all, bytes.Repeat([]byte{byte('a' + i)}, n)...)
		ends = append(ends, len(all))
	}
	return all, ends
}

func TestRecordReader_OneRecordAtATime(t *testing.T) {
	t.Parallel()
	all, ends := tlsRecords(0, 1, 1300, 0, 16384, 7, 20000, 300)
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"all at once":          func(r io.Reader) io.Reader { return r },
		"byte by byte":         iotest.OneByteReader,
		"in halves":            iotest.HalfReader,
		"with the end at once": iotest.DataErrReader,
	} {
		for _, size := range []int{1, 4, 5, 6, 517, 3000, 40000} {
			r := &RecordReader{Conn: trickle{r: wrap(bytes.NewReader(all))}}
			var got []byte
			next, p := 0, make([]byte, size)
			for {
				n, err := r.Read(p)
				got = append(got, p[:n]...)
				for next < len(ends) && ends[next] < len(got) {
					next++
				}
				if next > 0 && len(got) > ends[next-1] && len(got)-n < ends[next-1] {
					t.Fatalf("%s, %d: bytes of two records at once", name, size)
				}
				if err != nil {
					if !errors.Is(err, io.EOF) {
						t.Errorf("%s, %d: %v", name, size, err)
					}
					break
				}
			}
			if !bytes.Equal(got, all) {
				t.Errorf("%s, %d: %d bytes of %d, or others", name, size, len(got), len(all))
			}
			if r.in != nil || r.headerSize != 0 {
				t.Errorf("%s, %d: it still has %+v", name, size, r)
			}
		}
	}
}

func TestRecordReader_HoldsNoBufferBetweenRecords(t *testing.T) {
	t.Parallel()
	all, _ := tlsRecords(100)
	asked := 0
	r := &RecordReader{}
	r.Conn = trickle{r: readerFunc(func(p []byte) (int, error) {
		asked++
		if r.in != nil {
			t.Errorf("read %d waits with a block", asked)
		}
		if asked > 1 {
			return 0, io.EOF
		}
		return copy(p, all), nil
	})}
	if _, err := io.Copy(io.Discard, struct{ io.Reader }{r}); err != nil || asked != 2 {
		t.Errorf("%v after %d reads", err, asked)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
