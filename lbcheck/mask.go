package lbcheck

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/mask"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// maskText is what stands in place of a secret.
const maskText = "***"

// masked keeps secrets out of what a server says: one that was sent a password or a
// token can repeat it, as a name, a version or in an error. Names that the user declared are shown.
func (o Options) masked(open run.OpenFunc, user string, declared []string) run.OpenFunc {
	m := newSecretMask(declared, o.secrets(user)...)
	if m.hidesNothing {
		return open
	}
	return func(ctx context.Context, n run.Node, o *scenarios.Observation) (run.Session, error) {
		s, err := open(ctx, n, o)
		m.observation(o)
		if err != nil {
			return nil, m.error(err)
		}
		return maskedSession{s, m, o}, nil
	}
}

// secretMask hides secrets.
type secretMask struct {
	*strings.Replacer
	names        *strings.Replacer // also where they are in lower case, as names are shown
	declared     []string
	hidesNothing bool
}

// secrets are what a server may be sent, the password also as HTTP has it.
func (o Options) secrets(user string) []string {
	return []string{o.Password, o.Token, o.Kerberos.Password, basic(user, o.Password)}
}

// basic is what a login by user and password sends over HTTP; "" without a password.
func basic(user, password string) string {
	if password == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

// newSecretMask hides secrets, also as quoted strings, but not the names that are
// declared; "" is no secret.
func newSecretMask(declared []string, secrets ...string) secretMask {
	var words, lower []string
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		words = append(words, secret, maskText, quotedInside(secret), maskText)
		secret = strings.ToLower(secret)
		lower = append(lower, secret, maskText, quotedInside(secret), maskText)
	}
	names := strings.NewReplacer(slices.Concat(words, lower)...)
	return secretMask{strings.NewReplacer(words...), names, declared, words == nil}
}

// quotedInside is a text as it is within quotes.
func quotedInside(s string) string {
	quoted := strconv.Quote(s)
	return quoted[1 : len(quoted)-1]
}

func (m secretMask) error(err error) error {
	if err == nil {
		return nil
	}
	return &mask.Error{Err: err, Words: m.Replacer}
}

// observation masks what a server says of itself.
func (m secretMask) observation(o *scenarios.Observation) {
	o.Who = m.identity(o.Who)
	if c := o.Cert; c != nil {
		c.Subject, c.Issuer = m.Replace(c.Subject), m.Replace(c.Issuer)
		for i := range c.SANs {
			c.SANs[i] = m.Replace(c.SANs[i])
		}
	}
}

// identity masks a name and a version.
func (m secretMask) identity(who scenarios.Identity) scenarios.Identity {
	if !slices.Contains(m.declared, who.Coordinator) {
		who.Coordinator = m.names.Replace(who.Coordinator)
	}
	who.Version = m.Replace(who.Version)
	return who
}

// maskedSession is a session whose server was sent a secret.
type maskedSession struct {
	run.Session
	mask secretMask
	o    *scenarios.Observation
}

func (s maskedSession) Identify(ctx context.Context) error {
	defer s.mask.observation(s.o)
	return s.mask.error(s.Session.Identify(ctx))
}

func (s maskedSession) Query(ctx context.Context) error {
	defer s.mask.observation(s.o)
	return s.mask.error(s.Session.Query(ctx))
}

func (s maskedSession) Ping(ctx context.Context) error { return s.mask.error(s.Session.Ping(ctx)) }

func (s maskedSession) Wait(ctx context.Context, d time.Duration) error {
	return s.mask.error(s.Session.Wait(ctx, d))
}

func (s maskedSession) Close(ctx context.Context) error { return s.mask.error(s.Session.Close(ctx)) }
