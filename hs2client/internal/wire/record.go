package wire

import (
	"encoding/binary"
	"net"
)

// RecordReader is the connection below TLS. It hands crypto/tls the header of a
// record, then its body, and nothing of the next one until that is asked for; what
// arrived beyond it waits in a borrowed buffer. On its own, crypto/tls reads
// whatever arrives into a buffer of its own, which doubles when a record does not
// end in it and is kept as long as the connection: half as much memory again.
type RecordReader struct {
	net.Conn
	in         *readBuf // nil: not borrowed
	start, end int      // in[start:end] has arrived and is not handed on
	left       int      // bytes of the current record's body

	header     [recordHeader]byte // of the current record
	headerSize uint8              // bytes of it that were read; 0: between two records
}

// recordHeader is a type, a version and a length (RFC 8446, section 5.1).
const recordHeader = 5

// Read hands on part of a header or a body. Between two records it may block for
// long, so it waits without a buffer of its own.
func (r *RecordReader) Read(p []byte) (int, error) {
	if r.start == r.end && r.headerSize == 0 {
		p = p[:min(len(p), readSize)]
		n, err := r.Conn.Read(p)
		part := r.advance(p[:n])
		if part < n {
			r.in = readBufs.Get().(*readBuf)
			r.start, r.end = 0, copy(r.in[:], p[part:n])
			err = nil // the next Read returns it again
		}
		return part, err
	}
	if r.start == r.end {
		r.in = readBufs.Get().(*readBuf)
		n, err := r.Conn.Read(r.in[:])
		r.start, r.end = 0, n
		if n == 0 {
			r.release()
			return 0, err
		}
	}
	n := r.advance(r.in[r.start:min(r.end, r.start+len(p))])
	copy(p, r.in[r.start:r.start+n])
	r.start += n
	if r.start == r.end {
		r.release()
	}
	return n, nil
}

func (r *RecordReader) release() {
	readBufs.Put(r.in)
	r.in, r.start, r.end = nil, 0, 0
}

// advance is how many bytes of b belong to the current header or body, and goes
// past them.
func (r *RecordReader) advance(b []byte) int {
	if r.headerSize == recordHeader {
		n := min(r.left, len(b))
		r.left -= n
		if r.left == 0 {
			r.headerSize = 0
		}
		return n
	}
	n := copy(r.header[r.headerSize:], b)
	r.headerSize += uint8(n)
	if r.headerSize == recordHeader {
		r.left = int(binary.BigEndian.Uint16(r.header[3:]))
		if r.left == 0 {
			r.headerSize = 0
		}
	}
	return n
}
