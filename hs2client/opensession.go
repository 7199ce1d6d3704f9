package hs2client

import (
	"context"
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
	for i := 0; err == nil && i < n; i++ {
		wanted := false
		if key == thrift.STRING && value == thrift.STRING {
			wanted, err = p.readIs(ctx, "http_addr")
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
