package hs2client

import (
	"bytes"
	"context"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// login makes a SASL PLAIN login; what follows travels in frames.
//
// Impala's answer to a wrong password is to close the socket in silence
// (be/src/transport/TSaslServerTransport.cpp), and both of our messages are sent
// back to back: a close from here on therefore reads as a refused login, and the
// hint names what else it may be. A reset does not: Impala closes in order.
func (l *link) login(ctx context.Context, p *Plain) error {
	l.method = "login"
	s := l.begin(ctx, PhaseSASL, l.timeout)
	l.wire.begin(allowance{bytes: saslframe.MaxMessage + saslframe.MessageHeader})
	err := l.exchange(ctx, p)
	l.wire.end()
	if err == nil {
		l.framed = true
	}
	return s.end(err)
}

func (l *link) exchange(ctx context.Context, p *Plain) error {
	l.out = saslframe.AppendMessage(l.out, saslframe.Start, []byte(saslframe.Plain))
	l.out = saslframe.AppendMessage(l.out, saslframe.OK, saslframe.PlainResponse(p.User, p.Password))
	err := l.Flush(ctx)
	clear(l.lent[:]) // the block is lent to others next
	if err != nil {
		return err
	}
	head, err := l.peek(saslframe.MessageHeader)
	if err != nil {
		if kindOf(err) == KindEOF {
			return &cause{kind: KindRejected, err: err}
		}
		return err
	}
	if st := saslframe.Status(head[0]); st < saslframe.Start || st > saslframe.Complete {
		return l.fail(notUnderstood(sniff(head), head))
	}
	status, payload, err := saslframe.ReadMessage(&l.wire, saslframe.MaxMessage)
	switch {
	case l.fault != nil:
		return l.fault
	case err != nil:
		return l.fail(&cause{kind: KindOversize, err: err})
	case status == saslframe.Complete:
		return nil
	case status == saslframe.Bad || status == saslframe.Error:
		return l.fail(refusedLogin(payload))
	}
	return l.fail(&cause{kind: KindMismatch, text: "the server wants another step of a mechanism that has one"})
}

// refusedLogin reads the words of a BAD or ERROR message.
func refusedLogin(payload []byte) error {
	kind := KindRejected
	if bytes.Contains(bytes.ToLower(payload), []byte("mechanism")) {
		kind = KindMechanism
	}
	return &cause{kind: kind, text: string(payload), said: true}
}
