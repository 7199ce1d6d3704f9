package lbcheck

import (
	"context"
	"errors"
	"net/netip"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// lbSession is one session of the client as the run needs it.
type lbSession struct {
	*hs2client.Session
	scenario *scenarios.Scenario // of all sessions: a copy in each would be half of its memory
	o        *scenarios.Observation
	rec      *hs2client.Record
}

// selectPID asks for the coordinator's process id.
const selectPID = "SELECT pid()"

// ownResult is the bytes of memory that the result of a statement which names the
// coordinator may take, also the user's: one row of one or two short values.
const ownResult = 16 << 10

// Ping asks whether the session is still there. A server that has no Ping gets a
// statement without a table: no answer must not read as one.
func (s *lbSession) Ping(ctx context.Context) error {
	if err := s.Session.Ping(ctx); err != nil || s.Has(hs2client.CanPing) {
		return err
	}
	defer s.untimed()()
	_, err := s.Session.QueryWithin(ctx, "SELECT 1", ownResult)
	return err
}

// untimed returns what takes the statements since out of the phases: they are our own,
// of a session that stays open.
func (s *lbSession) untimed() func() {
	phases := s.rec.Phases
	return func() { s.rec.Phases = phases }
}

// Query identifies the coordinator, and runs the scenario's own statement where it has one.
func (s *lbSession) Query(ctx context.Context) error {
	defer note(s.o, s.rec)
	if err := s.identify(ctx); err != nil {
		return err
	}
	if q := s.scenario.Query; q != "" && q != selectPID {
		_, err := s.Session.Query(ctx, q)
		return err
	}
	return nil
}

// Identify asks for a name with the user's identity query, or for a weak one where
// the session has none. A server that has no weak name stays unidentified. What it
// takes is in no phase, since nothing waits for it but us.
func (s *lbSession) Identify(ctx context.Context) error {
	defer s.untimed()()
	if q := s.scenario.IdentityWith; q != "" {
		return s.askUser(ctx, q)
	}
	err := s.askCoordinator(ctx)
	if failure, ok := errors.AsType[*hs2client.Error](err); ok && (failure.Kind == hs2client.KindFailed || failure.Kind == hs2client.KindUnauthorized) {
		return nil // the server answered that it cannot
	}
	return err
}

// identify runs SELECT pid(), and asks for a weak name where the session has
// none; the user's identity query takes the place of both.
func (s *lbSession) identify(ctx context.Context) error {
	if q := s.scenario.IdentityWith; q != "" {
		return s.askUser(ctx, q)
	}
	rows, err := s.Session.QueryWithin(ctx, selectPID, ownResult)
	if err != nil && !s.Has(hs2client.CanPing) {
		return notImpala{err}
	}
	if err != nil {
		return err
	}
	if err := hasRow(rows, s.o.Node); err != nil {
		return err
	}
	if pid, err := strconv.ParseInt(text(rows, 0), 10, 32); err == nil {
		s.o.Who.PID = int32(pid)
	}
	return s.askCoordinator(ctx)
}

// hasRow fails where SELECT pid() has no row, as it has on every Impala: a coordinator
// whose results are empty is not a good one.
func hasRow(rows *hs2client.Rows, node netip.AddrPort) error {
	if rows.Len() > 0 {
		return nil
	}
	return &hs2client.Error{
		Op: selectPID, Addr: node.String(), Phase: hs2client.PhaseFetch, Kind: hs2client.KindMismatch,
		Err: errors.New("a result without a row"),
	}
}

// askCoordinator asks Impala for a weak name where the session has none.
func (s *lbSession) askCoordinator(ctx context.Context) error {
	if s.o.Who.Coordinator != "" {
		return nil
	}
	rows, err := s.Session.QueryWithin(ctx, "SELECT coordinator()", ownResult)
	if err != nil {
		return err
	}
	if name := hs2client.NormalizeCoordinator(text(rows, 0)); name != "" {
		s.o.Who.Coordinator, s.o.Who.Source = name, scenarios.SourceCoordinator
	}
	return nil
}

// notImpala is the failure of SELECT pid() on a server that has no Ping either.
type notImpala struct{ error }

func (e notImpala) Unwrap() error { return e.error }

// Hint says how such a server is identified.
func (e notImpala) Hint() []vocab.Fix {
	return []vocab.Fix{{Setting: "identity_query", Why: "the server is not Impala (it has neither Ping nor pid()): give a query that names the server"}}
}

// askUser reads the user's identity query: a name, and a pid where it has a
// second column that is a number.
func (s *lbSession) askUser(ctx context.Context, query string) error {
	rows, err := s.Session.QueryWithin(ctx, query, ownResult)
	if err != nil {
		return err
	}
	if name := hs2client.NormalizeCoordinator(text(rows, 0)); name != "" {
		s.o.Who.Coordinator, s.o.Who.Source = name, scenarios.SourceIdentityQuery
	}
	if pid, err := strconv.ParseInt(text(rows, 1), 10, 32); err == nil {
		s.o.Who.PID = int32(pid)
	}
	return nil
}

// text is column col of the first row; "" where there is none, or it is null.
func text(rows *hs2client.Rows, col int) string {
	if rows.Len() == 0 || col >= rows.Width() {
		return ""
	}
	s, _ := rows.String(0, col)
	return s
}

// Close ends the session.
func (s *lbSession) Close(ctx context.Context) error {
	defer note(s.o, s.rec)
	return s.Session.Close(ctx)
}
