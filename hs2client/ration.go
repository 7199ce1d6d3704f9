package hs2client

import (
	"encoding/binary"
	"net"
)

// ration is the connection under TLS. It hands crypto/tls the head of a record,
// then its body, then nothing of the next one until that is asked for; what has
// come beyond it waits in a borrowed block. Left to itself, crypto/tls reads
// whatever comes into a buffer of its own, which doubles when a record does not
// end in it and is kept as long as the connection: half as much again.
type ration struct {
	net.Conn
	in     *block // nil: not borrowed
	lo, hi int    // in[lo:hi] has come and is not handed on
	left   int    // bytes of the body of the record at hand

	head [recordHead]byte // of that record
	have uint8            // bytes of its head; 0: between two records
}

// recordHead is a type, a version and a length (RFC 8446, section 5.1).
const recordHead = 5

// Read hands on what there is of a head or a body. Between two records it may be
// long until more comes, so that it waits without a block of its own.
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

// upTo is how many bytes of b belong to the head or the body at hand: it goes as
// far.
func (r *ration) upTo(b []byte) int {
	if r.have == recordHead {
		n := min(r.left, len(b))
		r.left -= n
		if r.left == 0 {
			r.have = 0
		}
		return n
	}
	n := copy(r.head[r.have:], b)
	r.have += uint8(n)
	if r.have == recordHead {
		r.left = int(binary.BigEndian.Uint16(r.head[3:]))
		if r.left == 0 {
			r.have = 0
		}
	}
	return n
}
