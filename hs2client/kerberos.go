package hs2client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/kdc"
	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// KerberosLogin is who logs in by Kerberos, and what proves it: one of Keytab, CCache
// and Password. No formatting verb and no encoding shows any of them.
type KerberosLogin struct {
	// Conf is what krb5.conf says. The zero value: the realm must be in Principal, and
	// its KDCs in the DNS.
	Conf KerberosConf

	// Principal is the user: alice, or alice@EXAMPLE.COM; without a realm, of
	// krb5.conf's default_realm. "": the owner of the credential cache, or the first
	// principal of the keytab.
	Principal string

	Keytab   []byte `json:"-" yaml:"-"` // the content of a keytab
	CCache   []byte `json:"-" yaml:"-"` // the content of a credential cache, as kinit writes it into a file
	Password string `json:"-" yaml:"-"`
}

// String names the user alone.
func (l KerberosLogin) String() string {
	return "KerberosLogin{" + l.Principal + ", credentials not shown}"
}

// GoString is String.
func (l KerberosLogin) GoString() string { return l.String() }

// Format writes String whatever the verb.
func (l KerberosLogin) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, l.String()) }

// Ticket gets a ticket for a service, impala for Impala's own ports, of a host: the
// name that clients connect to, which is the balancer's, since that is whose key all
// coordinators behind it have. The host is taken as it is given, in lower case; no DNS is
// asked for another name of it. The host's realm is that of [domain_realm] in krb5.conf,
// else the user's.
//
// ctx bounds every wait for a KDC. It fails with an [*Error] of [PhaseSASL].
func (l KerberosLogin) Ticket(ctx context.Context, service, host string) (*Ticket, error) {
	name := krbmsg.ServiceName(service, strings.ToLower(strings.TrimSuffix(host, ".")))
	c, err := l.client(service, host)
	if err != nil {
		return nil, ticketError(ctx, name, err)
	}
	t, err := c.Ticket(ctx, name)
	if err != nil {
		return nil, ticketError(ctx, name, err)
	}
	return newTicket(t), nil
}

// client reads what was given.
func (l KerberosLogin) client(service, host string) (*kdc.Client, error) {
	given := 0
	for _, has := range []bool{l.Keytab != nil, l.CCache != nil, l.Password != ""} {
		if has {
			given++
		}
	}
	switch {
	case service == "" || host == "":
		return nil, invalid("Kerberos needs the name of a service and of a host")
	case given == 0:
		return nil, &wire.Error{Kind: KindNoTicket, Text: "no keytab, no credential cache and no password is given"}
	case given > 1:
		return nil, invalid("Kerberos takes one of a keytab, a credential cache and a password")
	case l.Password != "" && l.Principal == "":
		return nil, invalid("Kerberos by password needs a principal")
	}
	c := &kdc.Client{Conf: l.Conf.config(), Cache: l.CCache, Password: l.Password}
	if l.Principal != "" {
		c.Name, c.Realm = krbmsg.ParsePrincipal(l.Principal)
	}
	if l.Keytab != nil {
		var err error
		if c.Keys, err = keytab.Parse(l.Keytab); err == nil && len(c.Keys) == 0 {
			err = errors.New("the keytab is empty")
		}
		if err != nil {
			return nil, &wire.Error{Kind: KindInvalid, Err: err}
		}
	}
	return c, nil
}

// ticketError makes the [Error] of a ticket that was not given.
func ticketError(ctx context.Context, service types.PrincipalName, err error) error {
	e := &Error{Op: "ticket", Addr: service.PrincipalNameString(), Phase: PhaseSASL, Kind: wire.KindOf(err), Err: err}
	if known, ok := errors.AsType[*kdc.Error](err); ok {
		e.Kind = known.Kind
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		e.Kind, e.Err = KindCanceled, context.Canceled
	}
	e.hint = kerberosHints[e.Kind]
	return e
}

// qops are the values of Config.QOP.
var qops = map[string]gss.QOP{"": gss.QOPAuth, "auth": gss.QOPAuth, "auth-int": gss.QOPInt, "auth-conf": gss.QOPConf}

// checkKerberos refuses what does not go together.
func (c *Config) checkKerberos() error {
	if _, ok := qops[c.QOP]; !ok {
		return invalid(fmt.Sprintf("unknown protection %.40q: use auth, auth-int or auth-conf", c.QOP))
	}
	switch protected := c.QOP != "" && c.QOP != "auth"; {
	case c.Kerberos == nil && protected:
		return invalid("the protection " + c.QOP + " is Kerberos's: it needs a ticket")
	case c.Kerberos == nil:
		return nil
	case c.Plain != nil || c.Bearer != nil:
		return invalid("a login is by one of a password, a token and a Kerberos ticket")
	case c.Kerberos.credential.Ticket.Realm == "":
		return invalid("the Kerberos ticket is empty: it must be one of KerberosLogin.Ticket")
	case protected && c.Protocol == ProtocolHS2HTTP:
		return invalid("HTTP does not have the protection " + c.QOP + ": use TLS")
	}
	return nil
}
