package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// clientIdentifier tells a DBA who the sessions belong to.
const clientIdentifier = "impala-lbcheck"

// open joins the run to the client: it opens a session as the scenario has it.
func (with secrets) open(s scenarios.Scenario) run.OpenFunc {
	return func(ctx context.Context, n run.Node, o *scenarios.Observation) (run.Session, error) {
		rec := &hs2client.Record{}
		defer note(o, rec)
		c := with.config(s, n, rec)
		if d, ok := run.Patience(ctx); ok {
			c.Timeout = d
		}
		session, err := hs2client.Open(ctx, c)
		if err != nil {
			return nil, err
		}
		o.Who = identityOf(session.Identity())
		return &lbSession{session, s, o, rec}, nil
	}
}

// shake joins the run to the client where only the handshake is wanted.
func (with secrets) shake(s scenarios.Scenario) run.ShakeFunc {
	return func(ctx context.Context, n run.Node, o *scenarios.Observation) error {
		rec := &hs2client.Record{}
		defer note(o, rec)
		return hs2client.Handshake(ctx, with.config(s, n, rec))
	}
}

// config is the client's configuration for one session over one node.
func (with secrets) config(s scenarios.Scenario, n run.Node, rec *hs2client.Record) hs2client.Config {
	c := hs2client.Config{
		Addr:    n.Addr.String(),
		User:    s.Auth.User,
		Options: map[string]string{"CLIENT_IDENTIFIER": clientIdentifier},
		Timeout: time.Duration(s.Load.Timeout),
		Record:  rec,
	}
	if s.Target.Protocol == scenarios.Beeswax {
		c.Protocol = hs2client.Beeswax
	}
	for k, v := range s.QueryOptions {
		c.Options[k] = v
	}
	if s.Auth.Mechanism == scenarios.LDAP {
		c.Plain = &hs2client.Plain{User: s.Auth.User, Password: with.password}
	}
	if s.TLS.Enabled {
		c.TLS = with.tls(s, n.Host)
	}
	return c
}

// tls is what to trust and to ask for. A wrong issuer refuses the certificate
// like a broken chain does: no password goes to a stranger.
func (with secrets) tls(s scenarios.Scenario, host string) *hs2client.TLSConfig {
	c := &hs2client.TLSConfig{Roots: with.roots, ServerName: host, MinVersion: tls.VersionTLS12}
	if s.TLS.ServerName != "" {
		c.ServerName = s.TLS.ServerName
	}
	if s.TLS.MinVersion == "1.3" {
		c.MinVersion = tls.VersionTLS13
	}
	if len(s.Expect.TLS.Issuer) > 0 {
		c.Accept = func(p hs2client.Peer) error {
			if missing := judge.MissingIssuer(s.Expect.TLS.Issuer, p.Issuer); missing != "" {
				return fmt.Errorf("the issuer is %s, which lacks %s", p.Issuer, missing)
			}
			return nil
		}
	}
	return c
}

// note copies what the client recorded into the observation.
func note(o *scenarios.Observation, rec *hs2client.Record) {
	o.Phases = [scenarios.NumPhases]time.Duration(rec.Phases)
	o.Local, o.Refused = rec.Local, rec.Refused
	if rec.Peer != nil && o.Cert == nil {
		o.Cert = certOf(*rec.Peer, o.Node)
	}
}

func certOf(p hs2client.Peer, node netip.AddrPort) *scenarios.Cert {
	c := &scenarios.Cert{
		Node: node, Seen: time.Now().UTC(), Fingerprint: p.Fingerprint, Subject: p.Subject, Issuer: p.Issuer, SANs: p.SANs,
		NotBefore: p.NotBefore, NotAfter: p.NotAfter, Version: p.Version,
		ServerName: p.ServerName, HostOK: p.HostErr == nil,
	}
	// Both packages write these states alike; one they did not share would stay
	// unchecked, which is no pass.
	_ = c.Chain.UnmarshalText([]byte(p.Chain.String()))
	return c
}

// identityOf is the client's identity in the vocabulary's words. A source that
// they did not share would be no source, which is weak.
func identityOf(id hs2client.Identity) scenarios.Identity {
	who := scenarios.Identity{Coordinator: id.Coordinator, Version: id.Version}
	_ = who.Source.UnmarshalText([]byte(id.Source.String()))
	return who
}

// lbSession is one session of the client as the run needs it.
type lbSession struct {
	*hs2client.Session
	scenario scenarios.Scenario
	o        *scenarios.Observation
	rec      *hs2client.Record
}

// selectPID asks for the coordinator's process id.
const selectPID = "SELECT pid()"

// Query asks who answered, and runs the scenario's own statement where it has one.
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

// identify runs SELECT pid(), and asks for a weak name where the session has
// none; the user's identity query takes the place of both.
func (s *lbSession) identify(ctx context.Context) error {
	if q := s.scenario.IdentityWith; q != "" {
		return s.askUser(ctx, q)
	}
	rows, err := s.Session.Query(ctx, selectPID)
	if err != nil && !s.Has(hs2client.CanPing) {
		return notImpala{err}
	}
	if err != nil {
		return err
	}
	if pid, ok := rows.Int64(0, 0); ok {
		s.o.Who.PID = int32(pid)
	}
	if s.o.Who.Coordinator != "" {
		return nil
	}
	if rows, err = s.Session.Query(ctx, "SELECT coordinator()"); err != nil {
		return err
	}
	if name := hs2client.NormalizeCoordinator(text(rows, 0)); name != "" {
		s.o.Who.Coordinator, s.o.Who.Source = name, scenarios.FromCoordinator
	}
	return nil
}

// notImpala is the failure of SELECT pid() on a server that has no Ping either.
type notImpala struct{ error }

func (e notImpala) Unwrap() error { return e.error }

// Hint says how such a server is asked who answers.
func (e notImpala) Hint() string {
	return "the server is not Impala (it has neither Ping nor pid()): say how to ask who answers, with --identity-query"
}

// askUser reads the user's identity query: a name, and a pid where it has a
// second column that is a number.
func (s *lbSession) askUser(ctx context.Context, query string) error {
	rows, err := s.Session.Query(ctx, query)
	if err != nil {
		return err
	}
	if name := hs2client.NormalizeCoordinator(text(rows, 0)); name != "" {
		s.o.Who.Coordinator, s.o.Who.Source = name, scenarios.FromUserQuery
	}
	if pid, err := strconv.ParseInt(text(rows, 1), 10, 32); err == nil {
		s.o.Who.PID = int32(pid)
	}
	return nil
}

// text is column col of the first row; "" where there is none, or it is null.
func text(rows *hs2client.Rows, col int) string {
	if rows.Len() == 0 || col >= len(rows.Columns) {
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
