package httpserve

import (
	"net"
	"sync"
	"sync/atomic"
)

// limitConnections returns a listener that has at most so many connections open at once.
// One that there is no room for is closed at once: whoever it is may try again.
func limitConnections(l net.Listener, most int) net.Listener {
	return &limited{Listener: l, most: int32(most)}
}

// limited counts the connections that are open.
type limited struct {
	net.Listener
	most int32
	open atomic.Int32
}

// Accept waits for a connection that there is room for.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.open.Add(1) <= l.most {
			return &counted{Conn: c, leave: sync.OnceFunc(func() { l.open.Add(-1) })}, nil
		}
		l.open.Add(-1)
		c.Close()
	}
}

// counted is one of the connections that are open.
type counted struct {
	net.Conn
	leave func()
}

// Close closes the connection, and gives its room back.
func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
