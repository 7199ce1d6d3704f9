package hs2client

import (
	"encoding/binary"
	"net"
)

// ration is the connection under TLS. It hands crypto/tls one record at a time,
// and keeps what came beyond it in a borrowed block: crypto/tls would let its own
// buffer, which it never gives back, grow to the sum of what comes at once, and
// would take several reads for that.
type ration struct {
	net.Conn
	in     *block // nil: not borrowed
	lo, hi int    // in[lo:hi] has come and is not handed on

	head [recordHead]byte // of the record being handed on
	have int              // bytes of its head; 0: between two records
	left int              // bytes of its body
}

// recordHead is a type, a version and a length (RFC 8446, section 5.1).
const recordHead = 5

// Read hands on what there is of one record. Between two records it may be long
// until more comes, so that it waits without a block of its own.
func (r *ration) Read(p []byte) (int, error) {
	if r.lo == r.hi && r.have == 0 {
		p = p[:min(len(p), blockSize)]
		n, err := r.Conn.Read(p)
		mine := r.upTo(p[:n])
		if mine < n {
			r.in = blocks.Get().(*block)
			r.lo, r.hi = 0, copy(r.in[:], p[mine:n])
			err = nil // it comes again
		}
		return mine, err
	}
	if r.lo == r.hi {
		r.in = blocks.Get().(*block)
		n, err := r.Conn.Read(r.in[:])
		r.lo, r.hi = 0, n
		if n == 0 {
			r.giveBack()
			return 0, err
		}
	}
	n := r.upTo(r.in[r.lo:min(r.hi, r.lo+len(p))])
	copy(p, r.in[r.lo:r.lo+n])
	r.lo += n
	if r.lo == r.hi {
		r.giveBack()
	}
	return n, nil
}

func (r *ration) giveBack() {
	blocks.Put(r.in)
	r.in, r.lo, r.hi = nil, 0, 0
}

// upTo is how many bytes of b belong to the record at hand: it goes as far.
func (r *ration) upTo(b []byte) int {
	n := copy(r.head[r.have:], b)
	if r.have < recordHead {
		r.have += n
		if r.have < recordHead {
			return n
		}
		r.left = int(binary.BigEndian.Uint16(r.head[3:]))
	}
	step := min(r.left, len(b)-n)
	r.left -= step
	if r.left == 0 {
		r.have = 0
	}
	return n + step
}
