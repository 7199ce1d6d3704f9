package peertest

import (
	"net"
	"sync"
	"testing"
)

// Tampered is a port before another one, which changes what that one says.
type Tampered struct {
	Addr string

	mu  sync.Mutex
	now *saying
}

// saying is what is said from one call of Next to another, over all connections.
type saying struct {
	mu     sync.Mutex
	change Change
	said   int
}

// Tamper serves a port before backend until the test ends.
func Tamper(t testing.TB, backend string) *Tampered {
	t.Helper()
	p := &Tampered{now: &saying{}}
	p.Addr = Serve(t, func(c net.Conn) { p.serve(c, backend) })
	return p
}

// Next makes c the change on connections that are made from now on, counted from the
// first byte of them all. The zero Change changes nothing.
func (p *Tampered) Next(c Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = &saying{change: c}
}

// Said is how many bytes the backend has said since Next.
func (p *Tampered) Said() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.mu.Lock()
	defer p.now.mu.Unlock()
	return p.now.said
}

// Met is c as it was met since Next: nothing was lost where the backend said less. Lengths
// differ from one login to another, as the numbers in a Kerberos token do.
func (p *Tampered) Met(c Change) Change {
	if p.Said() <= c.At {
		c.Cuts, c.Loses = false, false
	}
	return c
}

// serve is one connection.
func (p *Tampered) serve(client net.Conn, backend string) {
	p.mu.Lock()
	now := p.now
	p.mu.Unlock()
	server, err := net.Dial("tcp", backend)
	if err != nil {
		return
	}
	var both sync.WaitGroup
	both.Go(func() {
		copyTo(server, client, func(b []byte) ([]byte, bool) { return b, true })
		_ = server.Close()
	})
	copyTo(client, server, now.next)
	_ = client.Close()
	both.Wait()
}

// next changes what is said next.
func (s *saying) next(part []byte) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := s.said
	s.said += len(part)
	return s.change.Apply(part, from)
}

// copyTo copies what change makes of what from says.
func copyTo(to, from net.Conn, change func([]byte) ([]byte, bool)) {
	b := make([]byte, 16<<10)
	for {
		n, err := from.Read(b)
		if n > 0 {
			out, more := change(b[:n])
			if _, err := to.Write(out); err != nil || !more {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
