package hs2client

import (
	"context"
	"errors"

	"github.com/apache/thrift/lib/go/thrift"
)

// Call sends a request and reads its reply, after those that are still owed.
func (l *link) Call(ctx context.Context, method string, args, result thrift.TStruct) (thrift.ResponseMeta, error) {
	l.method = method
	if l.over != nil {
		return thrift.ResponseMeta{}, l.over
	}
	l.wire.begin(l.budget)
	defer l.endCall()
	err := l.settle(ctx)
	if err == nil {
		err = l.send(ctx, method, args)
	}
	if err == nil {
		err = l.receiveReply(ctx, method, result)
	}
	if err != nil && l.fault == nil && l.owed == 0 {
		// What is not the server's own words made no sense half-way: what
		// follows cannot be trusted.
		if why, ok := errors.AsType[*cause](err); !ok {
			_ = l.fail(&cause{kind: KindGarbage, err: err})
		} else if !why.said {
			_ = l.fail(err)
		}
	}
	if l.fault != nil {
		err = l.fault
	}
	return thrift.ResponseMeta{}, err
}

// endCall gives the buffers back and adds up what the reply took.
func (l *link) endCall() {
	l.wire.end()
	l.taken += l.budget.used(l.wire.budget)
}

// keep counts what the caller makes of the last reply, before it is allocated.
func (l *link) keep(n int) error {
	err := l.wire.charge(n)
	if err == nil {
		l.taken += n
	}
	return err
}

func (l *link) send(ctx context.Context, method string, args thrift.TStruct) error {
	l.seq++
	if err := l.proto.WriteMessageBegin(ctx, method, thrift.CALL, l.seq); err != nil {
		return err
	}
	if err := args.Write(ctx, l.proto); err != nil {
		return err
	}
	if err := l.Flush(ctx); err != nil {
		return err
	}
	l.owed++
	return nil
}

// await waits for the head of the next reply.
func (l *link) await() error {
	head, err := l.peek(replyHead)
	if err != nil {
		l.forgive()
		return err
	}
	l.owed--
	if !l.framed && !isMessage(head) {
		return l.fail(notUnderstood(sniff(head), head))
	}
	return nil
}

// replyHead is what tells a reply's nature: a frame header, or the first
// word of a message.
const replyHead = 4

// settle reads and drops the replies of calls that gave up waiting, which may be
// parts of a result.
func (l *link) settle(ctx context.Context) error {
	for l.owed > 0 {
		l.wire.budget = resultAllowance
		if err := l.await(); err != nil {
			return err
		}
		if _, err := l.proto.ReadI32(ctx); err != nil {
			return err
		}
		if err := l.proto.Skip(ctx, thrift.STRING); err != nil {
			return err
		}
		if _, err := l.proto.ReadI32(ctx); err != nil {
			return err
		}
		if err := l.proto.Skip(ctx, thrift.STRUCT); err != nil {
			return err
		}
	}
	l.wire.budget = l.budget
	return nil
}

// receiveReply reads the reply of method.
func (l *link) receiveReply(ctx context.Context, method string, result thrift.TStruct) error {
	if err := l.await(); err != nil {
		return err
	}
	head, err := l.proto.ReadI32(ctx)
	if err != nil {
		return err
	}
	if uint32(head)>>16 != messageVersion {
		return l.fail(&cause{kind: KindGarbage, text: "an answer that does not begin as a Thrift message"})
	}
	same, err := l.proto.readIs(ctx, method)
	if err != nil {
		return err
	}
	seq, err := l.proto.ReadI32(ctx)
	if err != nil {
		return err
	}
	kind := thrift.TMessageType(head & 0xff)
	switch {
	case kind == thrift.EXCEPTION: // some servers state no name or number of ours here
		return l.receiveException(ctx)
	case kind != thrift.REPLY || !same || seq != l.seq:
		return l.fail(&cause{kind: KindMismatch, text: "the answer to another call"})
	}
	return result.Read(ctx, l.proto)
}

// receiveException reads Thrift's own exception as the server's words.
func (l *link) receiveException(ctx context.Context) error {
	x := thrift.NewTApplicationException(thrift.UNKNOWN_APPLICATION_EXCEPTION, "")
	if err := x.Read(ctx, l.proto); err != nil {
		return err
	}
	kind := KindUnsupported
	if x.TypeId() != thrift.UNKNOWN_METHOD {
		kind = saidKind(x.Error())
	}
	return &cause{kind: kind, text: x.Error(), said: true}
}
