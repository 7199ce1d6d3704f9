package hs2client

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Session is one session over one connection, for one goroutine at a time. Close
// it; a session that has failed is closed likewise.
type Session struct {
	*link
	dialect dialect
	who     Identity
	lacks   [numCapabilities]bool
	blind   bool // Config.NoDescribe
	closed  bool
}

// dialect is a protocol's way to do what a session does. Its errors come as
// calls leave them, before they are placed in a phase.
type dialect interface {
	open(who *Identity) error
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
	s := &Session{link: l, blind: c.NoDescribe}
	w := l.watch(ctx)
	err = s.establish(ctx, &c, t)
	w.end()
	if err != nil {
		s.farewell(ctx)
		return nil, err
	}
	return s, nil
}

// establish goes through the phases after connecting.
func (s *Session) establish(ctx context.Context, c *Config, t target) error {
	if c.TLS != nil {
		if err := s.secure(ctx, c, t); err != nil {
			return err
		}
	}
	if c.Plain != nil {
		if err := s.login(ctx, c.Plain); err != nil {
			return err
		}
	}
	if c.Protocol == Beeswax {
		s.dialect = newBeeswax(s.link, c)
	} else {
		s.dialect = newHS2(s.link, c)
	}
	return s.greet(ctx, c.NoPing)
}

// greet is phase Open: the session, and who answered.
func (s *Session) greet(ctx context.Context, noPing bool) error {
	sp := s.begin(ctx, PhaseOpen, s.timeout)
	err := s.dialect.open(&s.who)
	if err == nil && !noPing {
		err = s.identify()
	}
	return sp.end(err)
}

// identify asks Ping. A HiveServer2 without it lacks a capability and no more;
// Beeswax without it is no Impala, and most likely no Beeswax.
func (s *Session) identify() error {
	version, address, err := s.dialect.ping()
	if s.how.protocol != Beeswax && s.missing(CanPing, err) {
		return nil
	}
	if err != nil {
		return err
	}
	s.who.Version = clip(cutName(version))
	if name := NormalizeCoordinator(cutName(address)); name != "" {
		s.who.Coordinator, s.who.Source = name, SourcePing
	}
	return nil
}

// cutName is a name that a server states, without what is too long of it: a long
// string is not kept in memory for its head.
func cutName(s string) string {
	if len(s) > maxName {
		return strings.Clone(s[:maxName])
	}
	return s
}

// missing notes that the server does not know a call, if that is what err says.
func (s *Session) missing(c Capability, err error) bool {
	if why, ok := errors.AsType[*cause](err); ok && why.kind == KindUnsupported && why.said {
		s.lacks[c] = true
	}
	return s.lacks[c]
}

// Identity is who answered, as far as opening the session told. Where Source is
// SourceNone, SELECT coordinator() may still say.
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
	if s.closed {
		return s.unusable(ctx, "Ping", PhaseExecute)
	}
	w := s.watch(ctx)
	defer w.end()
	sp := s.begin(ctx, PhaseExecute, s.timeout)
	sp.quiet = true
	_, _, err := s.dialect.ping()
	if s.missing(CanPing, err) {
		err = nil
	}
	return sp.end(err)
}

// unusable is the error of a call on a session that is closed.
func (s *Session) unusable(ctx context.Context, call string, phase Phase) error {
	s.method = call
	return s.place(ctx, phase, &cause{kind: KindInvalid, text: "the session is closed"})
}

// Close ends the session on the server, then the connection, whatever the
// former says. A session that is closed already is left alone.
func (s *Session) Close(ctx context.Context) error {
	if s.closed {
		return nil
	}
	s.closed = true
	w := s.watch(ctx)
	defer w.end()
	sp := s.begin(ctx, PhaseClose, s.timeout)
	err := s.dialect.end()
	if hung := s.hangUp(); err == nil && hung != nil {
		s.method, err = "close", hung
	}
	return sp.end(err)
}

// lastWords is how long a session that failed may take to say farewell: short
// enough for a caller who has given up, and never much beside the timeout.
const lastWords = 75 * time.Millisecond

// parting sets the deadline of clean-up, which the end of ctx does not hurry.
func (l *link) parting(ctx context.Context) {
	wait := lastWords
	if l.timeout > 0 {
		wait = min(wait, l.timeout/8)
	}
	l.begin(context.WithoutCancel(ctx), PhaseClose, wait)
}

// farewell ends a session that could not be opened, as well as may be: nobody
// waits for it.
func (s *Session) farewell(ctx context.Context) {
	if s.dialect == nil {
		s.part(ctx)
		return
	}
	s.parting(ctx)
	_ = s.dialect.end() // the first failure is the one to tell
	_ = s.hangUp()
}
