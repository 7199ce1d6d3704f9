package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Mechanism is the client's side of a SASL login, of one session.
type Mechanism interface {
	Name() string
	// Start is the first message.
	Start() ([]byte, error)
	// Step answers a message of the server's.
	Step(challenge []byte) ([]byte, error)
	// Complete is called when the server says that the login is complete. It returns
	// the stream through which the rest goes; nil: frames that are not protected.
	// Memory is to be reserved before it is allocated for what arrives.
	Complete(rw io.ReadWriter, reserve func(bytes int) error) (io.ReadWriter, error)
}

// Login makes a SASL login; everything after it is sent in frames.
//
// Impala's answer to a wrong password, or to a ticket that it does not take, is to close
// the socket without a word (be/src/transport/TSaslServerTransport.cpp), and our first
// two messages are sent together: a close from here on is therefore classed as a rejected
// login. A reset is not: Impala closes in order.
func (c *Conn) Login(m Mechanism) error {
	c.t.acquire(Budget{Bytes: saslframe.MaxMessage + saslframe.MessageHeader})
	stream, err := c.exchange(m)
	c.t.release()
	switch {
	case err != nil:
		_ = c.t.fail(err)
		return err
	case stream == nil:
		c.t.framed = true
	default:
		c.t.rw = stream
	}
	return nil
}

// exchange sends and receives messages until the login is complete.
func (c *Conn) exchange(m Mechanism) (io.ReadWriter, error) {
	first, err := m.Start()
	if err != nil {
		return nil, err
	}
	c.t.out = saslframe.AppendMessage(c.t.out, saslframe.StatusStart, []byte(m.Name()))
	if err := c.sendLogin(first); err != nil {
		return nil, err
	}
	for {
		status, payload, err := c.receiveLogin()
		if err != nil {
			return nil, err
		}
		switch status {
		case saslframe.StatusComplete:
			return m.Complete(c.t.rw, c.t.share.reserve)
		case saslframe.StatusBad, saslframe.StatusError:
			return nil, refusedLogin(payload)
		case saslframe.StatusStart:
			return nil, failure(vocab.KindMismatch, "the server begins a login")
		}
		response, err := m.Step(payload)
		if err != nil {
			return nil, err
		}
		if err := c.sendLogin(response); err != nil {
			return nil, err
		}
	}
}

// sendLogin sends a message of the mechanism's.
func (c *Conn) sendLogin(response []byte) error {
	c.t.out = saslframe.AppendMessage(c.t.out, saslframe.StatusOK, response)
	err := c.t.Flush(context.Background())
	clear(c.t.scratch[:]) // another session gets the buffer next
	return err
}

// receiveLogin reads a message of the server's.
func (c *Conn) receiveLogin() (saslframe.Status, []byte, error) {
	t := &c.t
	head, err := t.peek(saslframe.MessageHeader)
	if err != nil {
		if KindOf(err) == vocab.KindEOF {
			return 0, nil, &Error{Kind: vocab.KindRejected, Err: err}
		}
		return 0, nil, err
	}
	if st := saslframe.Status(head[0]); st < saslframe.StatusStart || st > saslframe.StatusComplete {
		return 0, nil, Unrecognized(Sniff(head), head)
	}
	if n := int(binary.BigEndian.Uint32(head[1:])); n <= saslframe.MaxMessage { // a longer one is refused
		if err := t.share.reserve(n); err != nil {
			return 0, nil, err
		}
	}
	status, payload, err := saslframe.ReadMessage(t, saslframe.MaxMessage)
	switch {
	case t.err != nil:
		return 0, nil, t.err
	case err != nil:
		return 0, nil, &Error{Kind: vocab.KindOversize, Err: err}
	}
	return status, payload, nil
}

// refusedLogin reads the words of a BAD or ERROR message.
func refusedLogin(payload []byte) error {
	kind := vocab.KindRejected
	if bytes.Contains(bytes.ToLower(payload), []byte("mechanism")) {
		kind = vocab.KindMechanism
	}
	return &Error{Kind: kind, Text: string(payload), Remote: true}
}

// Plain is the mechanism PLAIN.
type Plain struct{ User, Password string }

// Name is the mechanism's.
func (*Plain) Name() string { return saslframe.MechanismPlain }

// Start is the only message.
func (p *Plain) Start() ([]byte, error) { return saslframe.PlainResponse(p.User, p.Password), nil }

// Step fails: there is no other.
func (*Plain) Step([]byte) ([]byte, error) {
	return nil, failure(vocab.KindMismatch, "the server wants another step of a mechanism that has one")
}

// Complete needs no protection.
func (*Plain) Complete(io.ReadWriter, func(int) error) (io.ReadWriter, error) { return nil, nil }
