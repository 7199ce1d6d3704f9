package hs2client_test

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
)

// kerberized is a server of SASL GSSAPI before a coordinator.
type kerberized struct {
	gss.Acceptor
	offers gss.QOP
	size   int // of the messages that it takes
	then   func(net.Conn)

	mu      sync.Mutex
	clients []string
}

func newKerberized(t testing.TB, k *simkdc.KDC, then func(net.Conn), names ...string) *kerberized {
	t.Helper()
	if names == nil {
		names = []string{spn}
	}
	keys, err := keytab.Parse(k.Keytab(names...))
	if err != nil {
		t.Fatal(err)
	}
	return &kerberized{Acceptor: gss.Acceptor{Keys: keys}, offers: gss.QOPAuth, size: 1 << 16, then: then}
}

// serve is a connection's whole life. Like Impala, it closes without a word what it does
// not accept.
func (k *kerberized) serve(conn net.Conn) {
	read := func() []byte {
		_, payload, err := saslframe.ReadMessage(conn, saslframe.MaxMessage)
		if err != nil {
			return nil
		}
		return payload
	}
	send := func(st saslframe.Status, payload []byte) {
		_, _ = conn.Write(saslframe.AppendMessage(nil, st, payload))
	}
	if string(read()) != saslframe.MechanismGSSAPI {
		return
	}
	login, err := k.Accept(read())
	if err != nil {
		return
	}
	send(saslframe.StatusOK, login.Reply)
	if len(read()) != 0 {
		return
	}
	offer, err := login.Offer(k.offers, k.size)
	if err != nil {
		return
	}
	send(saslframe.StatusOK, offer)
	l, err := login.Choose(read(), k.offers)
	if err != nil {
		return
	}
	send(saslframe.StatusComplete, nil)
	k.mu.Lock()
	k.clients = append(k.clients, login.Client)
	k.mu.Unlock()
	if l.QOP == gss.QOPAuth {
		k.then(conn)
		return
	}
	unwrapped(conn, login.Context, l, k.then)
}

// unwrapped puts a connection with frames that are not protected before then, and
// wraps and unwraps between the two.
func unwrapped(conn net.Conn, c *gss.Context, l gss.Layer, then func(net.Conn)) {
	inner, outer := net.Pipe()
	var tasks sync.WaitGroup
	tasks.Go(func() {
		defer inner.Close()
		then(inner)
	})
	var wrapping sync.Mutex // a context is for one goroutine
	relay := func(from, to net.Conn, change func([]byte) ([]byte, error)) {
		defer to.Close()
		for {
			var head [saslframe.FrameHeader]byte
			if _, err := io.ReadFull(from, head[:]); err != nil {
				return
			}
			n, err := saslframe.ReadFrameLength(head, saslframe.MaxFrame)
			if err != nil {
				return
			}
			frame := make([]byte, n)
			if _, err := io.ReadFull(from, frame); err != nil {
				return
			}
			wrapping.Lock()
			frame, err = change(frame)
			wrapping.Unlock()
			if err != nil {
				return
			}
			if _, err := to.Write(saslframe.AppendFrame(nil, frame)); err != nil {
				return
			}
		}
	}
	tasks.Go(func() {
		relay(outer, conn, func(b []byte) ([]byte, error) { return c.Wrap(b, l.QOP == gss.QOPConf) })
	})
	relay(conn, outer, func(b []byte) ([]byte, error) {
		m, sealed, err := c.Unwrap(b)
		if err == nil && sealed != (l.QOP == gss.QOPConf) {
			err = errors.New("another protection than was chosen")
		}
		return m, err
	})
	_ = outer.Close()
	tasks.Wait()
}
