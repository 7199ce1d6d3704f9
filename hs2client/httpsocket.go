package hs2client

import (
	"context"
	"net"
	"os"
	"sync"
	"time"
)

// httpSocket is the socket of a session over HTTP, which is another one for each
// connection. Deadlines and the end of a context hold for whichever there is, and for
// the making of one.
type httpSocket struct {
	mu       sync.Mutex // guards what follows
	conn     net.Conn   // nil: none
	deadline time.Time
	stopDial context.CancelFunc // nil: none is being made
}

var _ net.Conn = (*httpSocket)(nil)

func (s *httpSocket) current() (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return nil, net.ErrClosed
	}
	return s.conn, nil
}

// dial makes the next connection, by connect.
func (s *httpSocket) dial(connect func(context.Context) (net.Conn, error)) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s.mu.Lock()
	deadline := s.deadline
	s.stopDial = stop
	s.mu.Unlock()
	if !deadline.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline)
		defer cancel()
	}
	conn, err := connect(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopDial = nil
	switch {
	case err != nil && s.deadline.Equal(past): // it was stopped
		return os.ErrDeadlineExceeded
	case err != nil:
		return err
	}
	s.conn = conn
	return conn.SetDeadline(s.deadline)
}

// within runs wait with a deadline for reading that is at most d away.
func (s *httpSocket) within(d time.Duration, wait func() error) error {
	s.mu.Lock()
	at := time.Now().Add(d)
	if s.conn != nil && (s.deadline.IsZero() || at.Before(s.deadline)) {
		_ = s.conn.SetReadDeadline(at)
	}
	s.mu.Unlock()
	err := wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		_ = s.conn.SetReadDeadline(s.deadline) // it may be another one by now
	}
	return err
}

// SetDeadline sets that of the connection, and of the next ones.
func (s *httpSocket) SetDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deadline = t
	if s.stopDial != nil && t.Equal(past) {
		s.stopDial()
	}
	if s.conn == nil {
		return nil
	}
	return s.conn.SetDeadline(t)
}

// Read reads from the connection there is.
func (s *httpSocket) Read(p []byte) (int, error) {
	conn, err := s.current()
	if err != nil {
		return 0, err
	}
	return conn.Read(p)
}

// Write writes to the connection there is.
func (s *httpSocket) Write(p []byte) (int, error) {
	conn, err := s.current()
	if err != nil {
		return 0, err
	}
	return conn.Write(p)
}

// Close closes the connection, if there is one.
func (s *httpSocket) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	conn := s.conn
	if conn == nil {
		return nil
	}
	s.conn = nil
	return conn.Close()
}

// CloseWrite ends the connection's sending half, where it has halves.
func (s *httpSocket) CloseWrite() error {
	conn, err := s.current()
	if err != nil {
		return err
	}
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// SetReadDeadline is for the connection there is alone.
func (s *httpSocket) SetReadDeadline(t time.Time) error {
	conn, err := s.current()
	if err != nil {
		return err
	}
	return conn.SetReadDeadline(t)
}

// SetWriteDeadline is for the connection there is alone.
func (s *httpSocket) SetWriteDeadline(t time.Time) error {
	conn, err := s.current()
	if err != nil {
		return err
	}
	return conn.SetWriteDeadline(t)
}

// LocalAddr is that of the connection; nil: there is none.
func (s *httpSocket) LocalAddr() net.Addr {
	conn, err := s.current()
	if err != nil {
		return nil
	}
	return conn.LocalAddr()
}

// RemoteAddr is that of the connection; nil: there is none.
func (s *httpSocket) RemoteAddr() net.Addr {
	conn, err := s.current()
	if err != nil {
		return nil
	}
	return conn.RemoteAddr()
}
