package lbcheck

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// clientIdentifier tells a DBA which program opened the sessions.
const clientIdentifier = "impala-lbcheck"

// Open returns what opens sessions as the scenario has it, for a run under ctx. A
// session that is being opened when ctx ends has two more seconds to finish; the
// password and the token are masked in whatever a server says.
func (o Options) Open(ctx context.Context, s scenarios.Scenario) run.OpenFunc {
	return o.openWith(ctx, s, o.tickets(s))
}

func (o Options) openWith(ctx context.Context, s scenarios.Scenario, t *tickets) run.OpenFunc {
	return withGrace(ctx, o.masked(o.open(s, t), s.Auth.User, s.Expect.Coordinators.Names))
}

func (o Options) open(s scenarios.Scenario, t *tickets) run.OpenFunc {
	localAddress := localAddresses(s.Load.LocalAddresses)
	chains := chainCache(s.TLS)
	options := optionsOf(s)
	if o.Memory == nil {
		o.Memory = hs2client.NewMemory(ReplyMemory)
	}
	return func(ctx context.Context, n run.Node, out *scenarios.Observation) (run.Session, error) {
		rec := &hs2client.Record{}
		defer note(out, rec)
		c := o.config(s, n, rec)
		c.Options = options
		c.Local = localAddress()
		if c.TLS != nil {
			c.TLS.Chains = chains
		}
		if d, ok := run.PhaseTimeout(ctx); ok {
			c.Timeout = d
		}
		if s.Auth.Mechanism == scenarios.MechanismKerberos {
			var err error
			if c.Kerberos, err = t.of(ctx, n.Host); err != nil {
				return nil, err
			}
		}
		session, err := hs2client.Open(ctx, c)
		if err != nil {
			return nil, err
		}
		out.Who = session.Identity()
		return &lbSession{session, &s, out, rec}, nil
	}
}

// localAddresses returns each address in turn; the zero one where none is given.
func localAddresses(addresses []string) func() netip.Addr {
	var ips []netip.Addr
	for _, a := range addresses {
		if ip, err := netip.ParseAddr(a); err == nil { // a scenario that is valid has no other
			ips = append(ips, ip)
		}
	}
	if len(ips) == 0 {
		return func() netip.Addr { return netip.Addr{} }
	}
	var next atomic.Uint64
	return func() netip.Addr { return ips[(next.Add(1)-1)%uint64(len(ips))] }
}

// chainCache remembers good chains for one run, where the scenario wants that.
func chainCache(t scenarios.TLSConfig) *hs2client.ChainCache {
	if !t.VerifyOnce {
		return nil
	}
	return &hs2client.ChainCache{}
}

// Handshake returns what completes handshakes as the scenario has it, before a byte
// of login.
func (o Options) Handshake(s scenarios.Scenario) run.HandshakeFunc {
	return func(ctx context.Context, n run.Node, out *scenarios.Observation) error {
		rec := &hs2client.Record{}
		defer note(out, rec)
		return hs2client.Handshake(ctx, o.config(s, n, rec))
	}
}

// config is the client's configuration for one session over one node, without options.
func (o Options) config(s scenarios.Scenario, n run.Node, rec *hs2client.Record) hs2client.Config {
	c := hs2client.Config{
		Addr:     n.Addr.String(),
		Protocol: s.Target.Protocol,
		HTTP:     httpOf(s, n),
		Timeout:  time.Duration(s.Load.Timeout),
		Record:   rec,
		Memory:   o.Memory,

		NoDescribe: true, // the names of columns are not read
	}
	o.setLogin(&c, s.Auth)
	if s.TLS.Enabled {
		c.TLS = o.tls(s, n.Host)
	}
	return c
}

// optionsOf are the options that every session of a run has.
func optionsOf(s scenarios.Scenario) map[string]string {
	options := map[string]string{"CLIENT_IDENTIFIER": clientIdentifier}
	maps.Copy(options, s.QueryOptions)
	return options
}

// curves are the key exchanges by the names that scenarios have for them.
var curves = map[string]tls.CurveID{
	"x25519": tls.X25519, "x25519mlkem768": tls.X25519MLKEM768,
	"p256": tls.CurveP256, "p384": tls.CurveP384, "p521": tls.CurveP521,
}

// acceptNames refuses a certificate of another issuer or another root.
func acceptNames(want scenarios.ExpectTLS) func(hs2client.Peer) error {
	return func(p hs2client.Peer) error {
		if missing := judge.MissingIssuer(want.Issuer, p.Issuer); missing != "" {
			return fmt.Errorf("the issuer is %s, which lacks %s", p.Issuer, missing)
		}
		if len(p.Path) == 0 { // its chain was refused before
			return nil
		}
		root := p.Path[len(p.Path)-1].Subject
		if missing := judge.MissingIssuer(want.Root, root); missing != "" {
			return fmt.Errorf("the root is %s, which lacks %s", root, missing)
		}
		return nil
	}
}

// tls is what to trust and to ask for. A wrong issuer or root refuses the certificate
// like a broken chain does: no password goes to a server that it identifies.
func (o Options) tls(s scenarios.Scenario, host string) *hs2client.TLSConfig {
	c := &hs2client.TLSConfig{Roots: o.Roots, ServerName: host, MinVersion: tls.VersionTLS12}
	if s.TLS.ServerName != "" {
		c.ServerName = s.TLS.ServerName
	}
	if s.TLS.MinVersion == "1.3" {
		c.MinVersion = tls.VersionTLS13
	}
	if curve, ok := curves[s.TLS.Curve]; ok {
		c.Curves = []tls.CurveID{curve}
	}
	c.Certificate = o.ClientCertificate
	if len(s.Expect.TLS.Issuer)+len(s.Expect.TLS.Root) > 0 {
		c.Accept = acceptNames(s.Expect.TLS)
	}
	return c
}

// note copies what the client recorded into the observation.
func note(o *scenarios.Observation, rec *hs2client.Record) {
	o.Phases = rec.Phases
	o.Local, o.Refused = rec.Local, rec.Refused
	o.BytesIn, o.BytesOut = rec.BytesIn, rec.BytesOut
	if h := rec.HTTP; h != nil {
		o.HTTP = scenarios.HTTPCounts{Requests: h.Requests, Connections: h.Connections, Reauthentications: h.Reauthentications}
	}
	if rec.Peer != nil && o.Cert == nil {
		o.Cert = certOf(*rec.Peer, o.Node)
	}
}

func certOf(p hs2client.Peer, node netip.AddrPort) *scenarios.Cert {
	return &scenarios.Cert{
		Node: node, Seen: time.Now().UTC(), Fingerprint: p.Fingerprint, Subject: p.Subject, Issuer: p.Issuer, SANs: p.SANs,
		NotBefore: p.NotBefore, NotAfter: p.NotAfter, Version: p.Version, Chain: p.Chain, ChainDetail: p.ChainDetail,
		ServerName: p.ServerName, HostOK: p.HostErr == nil,
		Sent: p.Sent, Path: p.Path, SentCount: p.SentCount, ChainFingerprint: p.ChainFingerprint,
	}
}
