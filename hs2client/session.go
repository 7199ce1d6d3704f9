package hs2client

import (
	"context"
	"errors"
	"time"
)

// Session is one session over one connection, for one goroutine at a time. Close
// it; a session that has failed is closed likewise.
type Session struct {
	*link
	dialect dialect
	who     Identity
	lacks   [numCapabilities]bool
	closed  bool
}

// dialect is a protocol's way to do what a session does. Its errors come as
// calls leave them, before they are placed in a phase.
type dialect interface {
	open(c *Config, who *Identity) error
	ping() (version, address string, err error)
	start(sql string) (operation, error)
	end() error
}

// Open connects to c.Addr and opens a session. It fails with an [*Error] and then
// has closed the connection.
func Open(ctx context.Context, c Config) (*Session, error) {
	rec := c.Record
	if rec == nil {
		rec = new(Record)
	}
	t, phase, err := c.check()
	if err != nil {
		return nil, before(ctx, &c, "configure", phase, err)
	}
	l, err := dial(ctx, &c, t, rec)
	if err != nil {
		return nil, err
	}
	if c.TLS != nil {
		if err := l.secure(ctx, &c, t); err != nil {
			return nil, err
		}
	}
	if c.Plain != nil {
		if err := l.login(ctx, c.Plain); err != nil {
			l.drop()
			return nil, err
		}
	}
	s := &Session{link: l}
	if c.Protocol == Beeswax {
		s.dialect = newBeeswax(l, &c)
	} else {
		s.dialect = newHS2(l)
	}
	if err := s.greet(ctx, &c); err != nil {
		s.farewell(ctx)
		l.drop()
		return nil, err
	}
	l.budget = budgetAfter
	return s, nil
}

// greet is phase Open: the session, and who answered.
func (s *Session) greet(ctx context.Context, c *Config) error {
	sp := s.begin(ctx, PhaseOpen, s.timeout)
	err := s.dialect.open(c, &s.who)
	if err == nil && !c.NoPing {
		err = s.identify()
	}
	return sp.end(err)
}

// identify asks Ping. A server without it is a missing capability, no failure.
func (s *Session) identify() error {
	version, address, err := s.dialect.ping()
	if s.missing(CanPing, err) {
		return nil
	}
	if err != nil {
		return err
	}
	s.who.Version = clip(version[:min(len(version), maxName)])
	if name := NormalizeCoordinator(address); name != "" {
		s.who.Coordinator, s.who.Source = name, Ping
	}
	return nil
}

// missing notes that the server does not know a call, if that is what err says.
func (s *Session) missing(c Capability, err error) bool {
	var why *cause
	if errors.As(err, &why) && why.kind == KindUnsupported && why.said {
		s.lacks[c] = true
	}
	return s.lacks[c]
}

// Identity is who answered, as far as opening the session told. Where Source is
// None, SELECT coordinator() may still say.
func (s *Session) Identity() Identity { return s.who }

// Has reports whether the server may have a capability: false once it has
// answered that it does not know the call.
func (s *Session) Has(c Capability) bool { return c >= 0 && c < numCapabilities && !s.lacks[c] }

// Ping asks the coordinator for a sign of life, as held sessions are kept; its
// failures are of phase execute and its time is not recorded. It sends nothing
// and succeeds where the server has no such call.
func (s *Session) Ping(ctx context.Context) error {
	if s.lacks[CanPing] {
		return nil
	}
	sp := s.begin(ctx, PhaseExecute, s.timeout)
	sp.quiet = true
	_, _, err := s.dialect.ping()
	if s.missing(CanPing, err) {
		err = nil
	}
	return sp.end(err)
}

// Close ends the session on the server, then the connection, whatever the
// former says. A session that is closed already is left alone.
func (s *Session) Close(ctx context.Context) error {
	if s.closed {
		return nil
	}
	s.closed = true
	sp := s.begin(ctx, PhaseClose, s.timeout)
	if err := sp.end(s.dialect.end()); err != nil {
		s.drop()
		return err
	}
	return s.hangUp(ctx)
}

// lastWords is how long a session that failed may take to say farewell: short
// enough for a caller who has given up, and never much beside the timeout.
const lastWords = 75 * time.Millisecond

// parting begins a span for clean-up after ctx may have ended.
func (l *link) parting(ctx context.Context) span {
	wait := lastWords
	if l.timeout > 0 {
		wait = min(wait, l.timeout/8)
	}
	s := l.begin(context.WithoutCancel(ctx), PhaseClose, wait)
	s.quiet = true
	return s
}

// farewell closes a session that could not be used, as well as may be: nobody
// waits for it. Without a session of ours it says nothing.
func (s *Session) farewell(ctx context.Context) {
	sp := s.parting(ctx)
	_ = sp.end(s.dialect.end()) // the first failure is the one to tell
}
