package kdc

import (
	"context"
	"slices"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krb5conf"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Client is who wants a ticket, and how it proves who it is: one of Cache, Keys and
// Password.
type Client struct {
	Conf     *krb5conf.Config
	Name     types.PrincipalName // no components: the cache's or the keytab's own
	Realm    string              // "": theirs, or krb5.conf's
	Cache    []byte              // a credential cache; nil: none
	Keys     keytab.Table        // nil: none
	Password string
}

// Ticket is a credential for a service.
type Ticket struct {
	gss.Credential
	End   time.Time
	Clock time.Duration // how far the KDC's clock is ahead of ours
	Asked bool          // a KDC gave it now: Clock is known
}

// Ticket is a ticket for a service of a host. ctx bounds every wait.
func (c *Client) Ticket(ctx context.Context, service types.PrincipalName) (Ticket, error) {
	realm := ""
	if n := len(service.NameString); n > 1 {
		realm = c.Conf.Realm(service.NameString[n-1])
	}
	if c.Cache != nil {
		return c.fromCache(ctx, service, realm)
	}
	if err := c.identify(); err != nil {
		return Ticket{}, err
	}
	granting, err := c.authenticate(ctx)
	if err != nil {
		return Ticket{}, err
	}
	return c.grant(ctx, granting, service, realm)
}

// identify completes who logs in.
func (c *Client) identify() error {
	if len(c.Name.NameString) == 0 {
		if len(c.Keys) == 0 {
			return fail(vocab.KindNoTicket, "no Kerberos principal is named, and there is no keytab with one")
		}
		c.Name, c.Realm = types.PrincipalName{NameType: nametype.KRB_NT_PRINCIPAL, NameString: c.Keys[0].Name}, c.Keys[0].Realm
	}
	if c.Realm == "" {
		c.Realm = c.Conf.DefaultRealm
	}
	if c.Realm == "" {
		return fail(vocab.KindWrongRealm, "the principal %s has no realm, and krb5.conf no default_realm", c.Name.PrincipalNameString())
	}
	if c.Keys != nil && len(c.Keys.ETypes(c.Name.NameString, c.Realm)) == 0 {
		return fail(vocab.KindNoTicket, "the keytab has no key of %s, but of %.200s", krbmsg.Principal(c.Name, c.Realm), c.Keys.Principals())
	}
	return nil
}

// fromCache uses a ticket that is in the cache: the service's own, or the one that gets
// others.
func (c *Client) fromCache(ctx context.Context, service types.PrincipalName, realm string) (Ticket, error) {
	cache, err := parseCache(c.Cache)
	if err != nil {
		return Ticket{}, &Error{Kind: vocab.KindNoTicket, Text: "the credential cache cannot be read", Err: err}
	}
	if len(c.Name.NameString) > 0 && (!c.Name.Equal(cache.client) || c.Realm != "" && c.Realm != cache.realm) {
		return Ticket{}, fail(vocab.KindNoTicket, "the credential cache is that of %s, not of %s",
			krbmsg.Principal(cache.client, cache.realm), c.Name.PrincipalNameString())
	}
	now := time.Now()
	if e, ok := cache.find(service, realm); ok && now.Before(e.end) && gss.IsAES(e.key.KeyType) {
		if t, err := cache.credential(e); err == nil {
			return t, nil
		}
	}
	e, ok := cache.find(krbmsg.GrantingService(cache.realm), cache.realm)
	if !ok {
		return Ticket{}, fail(vocab.KindNoTicket, "the credential cache of %s has no ticket granting ticket", krbmsg.Principal(cache.client, cache.realm))
	}
	if !now.Before(e.end) {
		return Ticket{}, fail(vocab.KindTicketExpired, "the ticket of %s in the credential cache was valid until %s",
			krbmsg.Principal(cache.client, cache.realm), e.end.UTC().Format(time.RFC3339))
	}
	granting, err := cache.credential(e)
	if err != nil {
		return Ticket{}, &Error{Kind: vocab.KindNoTicket, Text: "the credential cache cannot be read", Err: err}
	}
	return c.grant(ctx, granting, service, realm)
}

// intersect is what of wanted is in has, in the order of wanted.
func intersect(wanted, has []int32) []int32 {
	return slices.DeleteFunc(slices.Clone(wanted), func(id int32) bool { return !slices.Contains(has, id) })
}
