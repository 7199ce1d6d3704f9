package wire

import (
	"bytes"
	"context"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Login makes a SASL PLAIN login; everything after it is sent in frames.
//
// Impala's answer to a wrong password is to close the socket without a word
// (be/src/transport/TSaslServerTransport.cpp), and both of our messages are sent
// together: a close from here on is therefore classed as a rejected login. A reset
// is not: Impala closes in order.
func (c *Conn) Login(user, password string) error {
	c.t.acquire(Budget{Bytes: saslframe.MaxMessage + saslframe.MessageHeader})
	err := c.exchange(user, password)
	c.t.release()
	if err == nil {
		c.t.framed = true
	}
	return err
}

func (c *Conn) exchange(user, password string) error {
	t := &c.t
	t.out = saslframe.AppendMessage(t.out, saslframe.StatusStart, []byte(saslframe.MechanismPlain))
	t.out = saslframe.AppendMessage(t.out, saslframe.StatusOK, saslframe.PlainResponse(user, password))
	err := t.Flush(context.Background())
	clear(t.scratch[:]) // another session gets the buffer next
	if err != nil {
		return err
	}
	head, err := t.peek(saslframe.MessageHeader)
	if err != nil {
		if KindOf(err) == vocab.KindEOF {
			return &Error{Kind: vocab.KindRejected, Err: err}
		}
		return err
	}
	if st := saslframe.Status(head[0]); st < saslframe.StatusStart || st > saslframe.StatusComplete {
		return t.fail(Unrecognized(Sniff(head), head))
	}
	status, payload, err := saslframe.ReadMessage(t, saslframe.MaxMessage)
	switch {
	case t.err != nil:
		return t.err
	case err != nil:
		return t.fail(&Error{Kind: vocab.KindOversize, Err: err})
	case status == saslframe.StatusComplete:
		return nil
	case status == saslframe.StatusBad || status == saslframe.StatusError:
		return t.fail(refusedLogin(payload))
	}
	return t.fail(failure(vocab.KindMismatch, "the server wants another step of a mechanism that has one"))
}

// refusedLogin reads the words of a BAD or ERROR message.
func refusedLogin(payload []byte) error {
	kind := vocab.KindRejected
	if bytes.Contains(bytes.ToLower(payload), []byte("mechanism")) {
		kind = vocab.KindMechanism
	}
	return &Error{Kind: kind, Text: string(payload), Remote: true}
}
