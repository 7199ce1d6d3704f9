package hs2client

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// openResult reads the answer of OpenSession in place of the generated struct:
// Impala's configuration map has some 206 entries, of which one is wanted.
type openResult struct {
	status   hs2.TStatus
	version  hs2.TProtocolVersion
	session  hs2.TSessionHandle // without an id: not sent
	httpAddr string
}

// Write is never called; it makes a TStruct of the result.
func (r *openResult) Write(context.Context, thrift.TProtocol) error {
	return errors.New("a result is only read")
}

// Read reads the result struct, whose field 0 is the answer.
func (r *openResult) Read(ctx context.Context, iprot thrift.TProtocol) error {
	p := iprot.(*protocol) // a link's calls have no other
	said := false
	err := eachField(ctx, p, func(id int16, t thrift.TType) error {
		if id != 0 || t != thrift.STRUCT {
			return p.Skip(ctx, t)
		}
		return eachField(ctx, p, func(id int16, t thrift.TType) error {
			said = said || id == 1
			return r.readField(ctx, p, id, t)
		})
	})
	if err == nil && !said {
		return &cause{kind: KindMismatch, text: "OpenSession answered without a status"}
	}
	return err
}

func (r *openResult) readField(ctx context.Context, p *protocol, id int16, t thrift.TType) error {
	switch {
	case id == 1 && t == thrift.STRUCT:
		return r.status.Read(ctx, p)
	case id == 2 && t == thrift.I32:
		v, err := p.ReadI32(ctx)
		r.version = hs2.TProtocolVersion(v)
		return err
	case id == 3 && t == thrift.STRUCT:
		return r.session.Read(ctx, p)
	case id == 4 && t == thrift.MAP:
		return r.readConfiguration(ctx, p)
	}
	return p.Skip(ctx, t)
}

// readConfiguration passes the map entry by entry and keeps http_addr.
func (r *openResult) readConfiguration(ctx context.Context, p *protocol) error {
	key, value, n, err := p.ReadMapBegin(ctx)
	texts := key == thrift.STRING && value == thrift.STRING
	for err == nil && n > 0 {
		if texts {
			if n -= r.passEntries(p.w, n); n == 0 {
				break
			}
		}
		n-- // one that does not lie ready as a whole, or is not as it should be
		wanted := false
		if texts {
			wanted, err = p.readIs(ctx, wantedKey)
		} else {
			err = p.Skip(ctx, key)
		}
		switch {
		case err != nil:
		case wanted:
			r.httpAddr, err = p.ReadString(ctx)
		default:
			err = p.Skip(ctx, value)
		}
	}
	return err
}

// wantedKey is the one entry of the configuration that is kept.
const wantedKey = "http_addr"

// passEntries passes those entries, at most n, that lie ready as a whole, and
// returns how many they were. Read string by string, they were a quarter of what
// the client itself takes for a session.
func (r *openResult) passEntries(w *wire, n int) (passed int) {
	ready := w.piece()
	rest := ready
	for passed < n {
		key, after, ok := cutText(rest)
		if !ok {
			break
		}
		value, after, ok := cutText(after)
		if !ok {
			break
		}
		if string(key) == wantedKey {
			r.httpAddr = string(value)
		}
		rest = after
		passed++
	}
	w.pass(len(ready) - len(rest))
	return passed
}

// cutText cuts a string with its length off b; false: it is not all there, or
// its length is none.
func cutText(b []byte) (text, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, b, false
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, b, false
	}
	return b[4 : 4+n], b[4+n:], true
}

// eachField calls read for every field of a struct.
func eachField(ctx context.Context, p *protocol, read func(id int16, t thrift.TType) error) error {
	for {
		_, t, id, err := p.ReadFieldBegin(ctx)
		if err != nil || t == thrift.STOP {
			return err
		}
		if err := read(id, t); err != nil {
			return err
		}
	}
}
