package hs2client

import (
	"context"
	"net"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stopped"
)

// moved is the deadline of a phase, which moves where this process was stopped (by Ctrl-Z,
// or with the machine that it runs on) until after it: an answer that arrived meanwhile is
// one, and that nobody read it in time is not the server's fault. The zero value does not
// move.
type moved struct {
	ctx context.Context // of the phase
	at  time.Time       // zero: none
	by  time.Duration   // how far it was moved; 0: not yet
}

// move moves a deadline that was noticed late, once and by as much, and reports whether it
// did.
func (m *moved) move(conn net.Conn) bool {
	if m.at.IsZero() || m.by > 0 || m.ctx.Err() != nil {
		return false
	}
	if m.by = stopped.By(m.at); m.by == 0 {
		return false
	}
	m.at = time.Now().Add(m.by)
	_ = conn.SetDeadline(m.at)
	if m.ctx.Err() != nil { // what interrupts the phase may have run before, and been overwritten
		_ = conn.SetDeadline(past)
		return false
	}
	return true
}
