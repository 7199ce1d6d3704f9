package main

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// masked is what stands in place of a secret.
const masked = "***"

// maskedError is an error whose text does not show what the mask hides.
type maskedError struct {
	error
	mask *strings.Replacer
}

func (e *maskedError) Error() string { return e.mask.Replace(e.error.Error()) }
func (e *maskedError) Unwrap() error { return e.error }

// masking keeps the password out of what a server says: whoever was sent it can
// say it again, as a name or in an error. Names that the user declared are shown.
func (with secrets) masking(open run.OpenFunc, declared []string) run.OpenFunc {
	if with.password == "" {
		return open
	}
	quoted := strconv.Quote(with.password)
	m := mask{strings.NewReplacer(with.password, masked, quoted[1:len(quoted)-1], masked), declared}
	return func(ctx context.Context, n run.Node, o *scenarios.Observation) (run.Session, error) {
		s, err := open(ctx, n, o)
		m.observation(o)
		if err != nil {
			return nil, m.error(err)
		}
		return maskedSession{s, m, o}, nil
	}
}

// mask hides a password.
type mask struct {
	*strings.Replacer
	declared []string
}

func (m mask) error(err error) error {
	if err == nil {
		return nil
	}
	return &maskedError{err, m.Replacer}
}

// observation masks what a server says of itself.
func (m mask) observation(o *scenarios.Observation) {
	if !slices.Contains(m.declared, o.Who.Coordinator) {
		o.Who.Coordinator = m.Replace(o.Who.Coordinator)
	}
	o.Who.Version = m.Replace(o.Who.Version)
	if c := o.Cert; c != nil {
		c.Subject, c.Issuer = m.Replace(c.Subject), m.Replace(c.Issuer)
		for i := range c.SANs {
			c.SANs[i] = m.Replace(c.SANs[i])
		}
	}
}

// maskedSession is a session whose server knows the password.
type maskedSession struct {
	run.Session
	mask mask
	o    *scenarios.Observation
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
