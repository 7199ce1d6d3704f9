package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/impalaweb"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// maxPagesRead is how many targets' pages are read: they are read one after the other.
const maxPagesRead = 100

// impala reads the web pages of the targets, each address once. After a login that was
// rejected no other is tried: a directory behind it may lock the account.
func (r *reader) impala(ctx context.Context) {
	if r.Pages == nil {
		return
	}
	read := map[string]*scenarios.AuditImpala{}
	rejected := ""
	r.eachTarget(func(t *scenarios.AuditTarget) {
		if t.Address == "" || read[t.Address] == nil && len(read) >= maxPagesRead {
			return
		}
		if read[t.Address] == nil {
			page := &scenarios.AuditImpala{}
			if rejected != "" {
				page.Err = fmt.Sprintf("not read: %s rejected the login of the web pages, and it is sent only once", rejected)
			} else {
				view, err := r.Pages(ctx, t.Address)
				if errors.Is(err, impalaweb.ErrLoginRejected) {
					rejected = t.Address
				}
				page = impalaOf(view, err)
			}
			read[t.Address] = page
		}
		t.Impala = read[t.Address]
	})
}

// impalaOf is a view in the vocabulary's words.
func impalaOf(v impalaweb.View, err error) *scenarios.AuditImpala {
	out := &scenarios.AuditImpala{
		Coordinator: v.Coordinator, Quiescing: v.Quiescing != nil && *v.Quiescing, BeeswaxPort: v.BeeswaxPort, MinTLS: v.MinTLS,
		Keepalive: secondsOf(v.Keepalive), IdleSession: secondsOf(v.IdleSession), Grace: secondsOf(v.Grace),
	}
	if err != nil {
		out.Err = err.Error()
	}
	return out
}

func secondsOf(d *time.Duration) *scenarios.Seconds {
	if d == nil {
		return nil
	}
	s := scenarios.SecondsOf(*d)
	return &s
}
