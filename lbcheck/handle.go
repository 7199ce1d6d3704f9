package lbcheck

import (
	"context"
	"errors"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

var (
	_ run.HandleSession = (*lbSession)(nil)
	_ run.HandleSession = maskedSession{}
)

// errNoHandle is of a session that no other connection can use.
var errNoHandle = errors.New("the session cannot be used over another connection")

// Handle is what the server knows the session by.
func (s *lbSession) Handle() run.Handle {
	if h, ok := s.Session.Handle(); ok {
		return h
	}
	return nil
}

// PingAs asks over this session's connection for that of a handle.
func (s *lbSession) PingAs(ctx context.Context, h run.Handle) (scenarios.Identity, error) {
	handle, _ := h.(hs2client.Handle) // of another type: none
	return s.Session.PingAs(ctx, handle)
}

// Handle is that of the session.
func (s maskedSession) Handle() run.Handle {
	if owner, ok := s.Session.(run.HandleSession); ok {
		return owner.Handle()
	}
	return nil
}

// PingAs masks what the server says.
func (s maskedSession) PingAs(ctx context.Context, h run.Handle) (scenarios.Identity, error) {
	over, ok := s.Session.(run.HandleSession)
	if !ok {
		return scenarios.Identity{}, errNoHandle
	}
	who, err := over.PingAs(ctx, h)
	return s.mask.identity(who), s.mask.error(err)
}
