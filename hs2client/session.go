package hs2client

import (
	"context"
	"errors"
	"unique"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
)

// Session is one session over one connection, for one goroutine at a time. Close
// it, also where one of its calls has failed.
type Session struct {
	conn        *connection
	service     service
	identity    Identity
	unsupported [numCapabilities]bool
	noDescribe  bool // Config.NoDescribe
	closed      bool
}

// service is how a protocol does what a session does. Its errors are those of the
// calls, before the phase is known.
type service interface {
	open(id *Identity) error
	ping() (version, address string, err error)
	start(sql string) (operation, error)
	close() error
}

// Open connects to c.Addr and opens a session. It fails with an [*Error], and has
// closed the connection then.
func Open(ctx context.Context, c Config) (*Session, error) {
	record := c.Record
	if record == nil {
		record = new(Record)
	}
	t, phase, err := c.check()
	if err != nil {
		return nil, unconnectedError(ctx, &c, "configure", phase, err)
	}
	conn, err := dial(ctx, &c, t, record)
	if err != nil {
		return nil, err
	}
	s := &Session{conn: conn, noDescribe: c.NoDescribe}
	w := conn.watch(ctx)
	err = s.establish(ctx, &c, t)
	w.end()
	if err != nil {
		s.closeAfterFailure(ctx)
		return nil, err
	}
	return s, nil
}

// establish goes through the phases after connecting.
func (s *Session) establish(ctx context.Context, c *Config, t target) error {
	if c.TLS != nil {
		if err := s.conn.handshake(ctx, c, t); err != nil {
			return err
		}
	}
	if s.conn.http != nil {
		s.conn.startHTTP()
	} else if c.hasLogin() {
		if err := s.conn.login(ctx, c); err != nil {
			return err
		}
	}
	if c.Protocol == ProtocolBeeswax {
		s.service = newBeeswax(s.conn, c)
	} else {
		s.service = newHS2(s.conn, c)
	}
	return s.open(ctx, c.NoPing)
}

// login is phase SASL.
func (conn *connection) login(ctx context.Context, c *Config) error {
	conn.op = "login"
	s := conn.begin(ctx, PhaseSASL, conn.timeout)
	m, err := c.mechanism()
	if err == nil {
		err = conn.wire.Login(m)
	}
	return s.end(err)
}

// mechanism is how a session logs in without HTTP.
func (c *Config) mechanism() (wire.Mechanism, error) {
	if c.Kerberos != nil {
		return c.Kerberos.mechanism(qops[c.QOP])
	}
	return &wire.Plain{User: c.Plain.User, Password: c.Plain.Password}, nil
}

// open is phase Open: the session, and the identity of the coordinator.
func (s *Session) open(ctx context.Context, noPing bool) error {
	sp := s.conn.begin(ctx, PhaseOpen, s.conn.timeout)
	err := s.service.open(&s.identity)
	if err == nil && !noPing {
		err = s.identify()
	}
	if err == nil {
		err = s.conn.demandProof(s.isImpala(noPing))
	}
	return sp.end(err)
}

// isImpala reports whether what opening showed is what Impala alone says.
func (s *Session) isImpala(noPing bool) bool {
	return s.identity.Source != SourceNone || !noPing && !s.unsupported[CanPing]
}

// identify asks Ping. A HiveServer2 without it lacks a capability and no more;
// Beeswax without it is not Impala, and most likely not Beeswax.
func (s *Session) identify() error {
	version, address, err := s.service.ping()
	if s.conn.mode.protocol != ProtocolBeeswax && s.noteUnsupported(CanPing, err) {
		return nil
	}
	if err != nil {
		return err
	}
	s.identity = pinged(version, address, s.identity)
	return nil
}

// pinged is an identity with what Ping said.
func pinged(version, address string, id Identity) Identity {
	id.Version = wire.Clip(cutName(version))
	if name := NormalizeCoordinator(cutName(address)); name != "" {
		id.Coordinator, id.Source = name, SourcePing
	}
	return id
}

// cutName is the beginning of a name that a server reports. The rest of a long one
// is not kept in memory, and what all sessions of a coordinator report is kept once.
func cutName(s string) string { return unique.Make(s[:min(len(s), maxName)]).Value() }

// noteUnsupported reports whether the server does not know a call, and notes it if
// that is what err says.
func (s *Session) noteUnsupported(c Capability, err error) bool {
	if e, ok := errors.AsType[*wire.Error](err); ok && e.Kind == KindUnsupported && e.Remote {
		s.unsupported[c] = true
	}
	return s.unsupported[c]
}

// Identity is the coordinator that answered, as far as opening the session showed.
// Where Source is SourceNone, SELECT coordinator() may still return a name.
func (s *Session) Identity() Identity { return s.identity }

// Has reports whether the server may have a capability: false once it has
// answered that it does not know the call.
func (s *Session) Has(c Capability) bool { return c >= 0 && c < numCapabilities && !s.unsupported[c] }

// Ping checks that the coordinator answers, as a held session is checked. Its
// failures are of phase execute and its time is not recorded. It sends nothing
// and succeeds where the server does not have the call.
func (s *Session) Ping(ctx context.Context) error {
	if s.unsupported[CanPing] {
		return nil
	}
	if s.closed {
		return s.closedError(ctx, "Ping")
	}
	w := s.conn.watch(ctx)
	defer w.end()
	sp := s.conn.begin(ctx, PhaseExecute, s.conn.timeout)
	sp.unrecorded = true
	_, _, err := s.service.ping()
	if s.noteUnsupported(CanPing, err) {
		err = nil
	}
	return sp.end(err)
}

// closedError is the error of a call on a session that is closed.
func (s *Session) closedError(ctx context.Context, call string) error {
	s.conn.op = call
	return s.conn.newError(ctx, PhaseExecute, invalid("the session is closed"))
}

// Close ends the session on the server and then the connection, also where the
// former fails. It does nothing on a session that is closed.
func (s *Session) Close(ctx context.Context) error {
	if s.closed {
		return nil
	}
	s.closed = true
	w := s.conn.watch(ctx)
	defer w.end()
	sp := s.conn.begin(ctx, PhaseClose, s.conn.timeout)
	err := s.service.close()
	if closeErr := s.conn.closeConn(); err == nil && closeErr != nil {
		s.conn.op, err = "close", closeErr
	}
	return sp.end(err)
}

// closeAfterFailure ends a session that could not be opened, as far as that is
// possible in a short time.
func (s *Session) closeAfterFailure(ctx context.Context) {
	if s.service == nil {
		s.conn.closeGracefully(ctx)
		return
	}
	s.conn.beginCleanup(ctx)
	_ = s.service.close() // the first failure is the one to report
	_ = s.conn.closeConn()
}
