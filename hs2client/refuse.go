package hs2client

import (
	"crypto/tls"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
)

// checkPeer is why the certificate behind p is refused at now; nil where it is
// not. The order is that of what must be fixed first.
func checkPeer(p *Peer, c *TLSConfig, now time.Time) error {
	oldest := c.MinVersion
	if oldest == 0 {
		oldest = tls.VersionTLS12
	}
	switch {
	case p.State.Version < oldest:
		return refuse(KindVersion, "%s, older than %s", p.Version, versionName(oldest))
	case p.Chain != ChainOK:
		return refuse(chainKind(p.Chain), "%s", p.ChainDetail)
	case now.Before(p.NotBefore):
		return refuse(KindNotYetValid, "valid from %s", p.NotBefore.UTC().Format(time.RFC3339))
	case now.After(p.NotAfter):
		return refuse(KindExpired, "valid until %s", p.NotAfter.UTC().Format(time.RFC3339))
	}
	if err := checkAuthorities(p.Path, now); err != nil {
		return err
	}
	if p.HostErr != nil {
		return &wire.Error{Kind: KindHostname, Err: p.HostErr}
	}
	if c.Accept == nil {
		return nil
	}
	if err := c.Accept(*p); err != nil {
		return &wire.Error{Kind: KindPolicy, Err: err}
	}
	return nil
}

// checkAuthorities is why a path is refused of which the leaf is valid at now.
func checkAuthorities(path []Certificate, now time.Time) error {
	for i := 1; i < len(path); i++ {
		c, role := path[i], "intermediate"
		if i == len(path)-1 {
			role = "root"
		}
		switch {
		case now.Before(c.NotBefore):
			return refuse(KindNotYetValid, "the %s certificate %s is valid from %s", role, c.Subject, c.NotBefore.UTC().Format(time.RFC3339))
		case now.After(c.NotAfter):
			return refuse(KindExpired, "the %s certificate %s was valid until %s", role, c.Subject, c.NotAfter.UTC().Format(time.RFC3339))
		}
	}
	return nil
}

func refuse(kind Kind, format string, args ...any) error {
	return &wire.Error{Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// chainKind is the kind of failure of a chain that is not good.
func chainKind(s ChainStatus) Kind {
	switch s {
	case ChainSelfSigned:
		return KindSelfSigned
	case ChainIncomplete:
		return KindIncomplete
	case ChainConstraint:
		return KindConstraint
	case ChainTooLong:
		return KindTooLong
	case ChainWeakSignature:
		return KindWeakSignature
	}
	return KindUnknownCA
}
