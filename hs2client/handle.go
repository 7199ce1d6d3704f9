package hs2client

import (
	"context"
	"fmt"
	"io"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// Handle is what a server knows a session by. Whoever has it can use the session, so
// that nothing prints it. The zero value is no handle.
type Handle struct{ session *hs2.TSessionHandle }

// String names the type alone.
func (Handle) String() string { return "hs2client.Handle" }

// GoString is String.
func (h Handle) GoString() string { return h.String() }

// Format writes String whatever the verb.
func (h Handle) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, h.String()) }

// Handle is what the server knows the session by; false where it has none. A session
// of Beeswax is its connection.
func (s *Session) Handle() (Handle, bool) {
	h, ok := s.service.(*hs2Service)
	if !ok || h.session == nil {
		return Handle{}, false
	}
	return Handle{h.session}, true
}

// PingAs asks for the session of a handle over the connection of s, as a client does
// that keeps a session and changes its connection. It returns who answered, as far as
// the answer says. A coordinator that did not open that session answers with
// [KindInvalidSession], over HTTP with [KindForeignHandle]. Its failures are of phase
// execute, its time is not recorded, and it opens nothing.
//
// Impala checks the session of each call that has a handle (ImpalaServer's WithSession
// in be/src/service/impala-hs2-server.cc). Ping is one; a server without it gets GetInfo.
func (s *Session) PingAs(ctx context.Context, h Handle) (Identity, error) {
	hs2, ok := s.service.(*hs2Service)
	if s.closed || !ok || h.session == nil {
		s.conn.op = "Ping"
		return Identity{}, s.conn.newError(ctx, PhaseExecute, invalid("no open session with a handle"))
	}
	w := s.conn.watch(ctx)
	defer w.end()
	sp := s.conn.begin(ctx, PhaseExecute, s.conn.timeout)
	sp.unrecorded = true
	own := hs2.session
	hs2.session = h.session
	defer func() { hs2.session = own }()
	var who Identity
	if !s.unsupported[CanPing] {
		version, address, err := hs2.ping()
		if !s.noteUnsupported(CanPing, err) {
			who = pinged(version, address, who)
			return who, sp.end(err)
		}
	}
	return who, sp.end(hs2.info())
}

// info asks for the server's name, which is not read.
func (s *hs2Service) info() error {
	resp, err := s.client.GetInfo(noContext(), &hs2.TGetInfoReq{SessionHandle: s.session, InfoType: hs2.TGetInfoType_CLI_SERVER_NAME})
	if err != nil {
		return err
	}
	return statusError(resp.Status)
}
