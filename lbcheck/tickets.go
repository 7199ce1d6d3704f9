package lbcheck

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// tickets are the Kerberos tickets of a run: one for each host of a service, fetched by
// the first session that needs it, and used by all.
type tickets struct {
	login   hs2client.KerberosLogin
	auth    scenarios.Auth
	timeout time.Duration

	mu     sync.Mutex
	byHost map[string]*ticket
}

// ticket is one, or why there is none: that is not tried again, for a password might be
// wrong, and a Kerberos server that does not answer would hold up each session.
type ticket struct {
	once   sync.Once
	ticket *hs2client.Ticket
	err    error
}

func (o Options) tickets(s scenarios.Scenario) *tickets {
	return &tickets{login: o.Kerberos, auth: s.Auth, timeout: time.Duration(s.Load.Timeout), byHost: map[string]*ticket{}}
}

// of returns the ticket for an endpoint's host. Who comes first fetches it, within the
// time of a phase; others wait for that one.
func (t *tickets) of(ctx context.Context, host string) (*hs2client.Ticket, error) {
	host = t.auth.KerberosHostOf(host)
	t.mu.Lock()
	found := t.byHost[host]
	if found == nil {
		found = &ticket{}
		t.byHost[host] = found
	}
	t.mu.Unlock()
	found.once.Do(func() {
		ctx, cancel := context.WithTimeout(ctx, t.timeout)
		defer cancel()
		got, err := t.login.Ticket(ctx, t.auth.KerberosServiceName(), host)
		t.mu.Lock()
		defer t.mu.Unlock()
		found.ticket, found.err = got, err
	})
	return found.ticket, found.err
}

// remark says that a ticket ends before a run that is to end then; "" where none does.
func (t *tickets) remark(runEnds time.Time) string {
	ends := t.ends()
	if ends.IsZero() || !ends.Before(runEnds) {
		return ""
	}
	return fmt.Sprintf("the Kerberos ticket ends at %s, and the run not before %s: sessions that are opened after the ticket's end will fail; run kinit for a longer one, or renew it before the run",
		ends.UTC().Format(time.DateTime+" UTC"), runEnds.UTC().Format(time.DateTime+" UTC"))
}

// ends is when the first of the tickets is no longer valid; the zero time where there is
// none.
func (t *tickets) ends() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	var first time.Time
	for _, found := range t.byHost {
		if found.ticket == nil {
			continue
		}
		if end := found.ticket.Expires(); first.IsZero() || end.Before(first) {
			first = end
		}
	}
	return first
}
