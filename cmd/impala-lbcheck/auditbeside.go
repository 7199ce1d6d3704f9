//go:build !noaws

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/account"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// besideLimit is the time limit of an audit for which sessions wait.
const besideLimit = time.Minute

// auditBeside reads the load balancer that s names, and has s expect what its settings
// say. Where AWS does not answer, or may not be asked, the sessions run all the same, and
// the result says why nothing was read; a load balancer that is not there, or is of
// another type, is an error.
func auditBeside(ctx context.Context, e env, s scenarios.Scenario, with secrets, opt *run.Options) (scenarios.Scenario, error) {
	asked := s.Audit.Balancer
	if asked == scenarios.AuditByHost {
		host, _, err := scenarios.SplitEndpoint(s.Target.Endpoints[0], s.Target.Protocol.Port())
		if err != nil {
			return s, err
		}
		asked = host
	}
	started := time.Now()
	found, err := readAudit(ctx, asked, besideLimit, auditOptions(ctx, e, s, with, provision.Access{}))
	if failed, is := errors.AsType[*exitError](err); is && failed.code == exitUnmeasured {
		found, err = notAudited(found, asked, started, failed.err), nil
	}
	if err != nil {
		return s, fmt.Errorf("--audit: %w", err)
	}
	s.Audit.Balancer = withoutAccount(s.Audit.Balancer)
	s, opt.Remarks = account.Expect(s, found)
	opt.Audit = &found
	return s, refuse(s, opt.Shard)
}

// notAudited is what is known of a load balancer where no call had an answer.
func notAudited(found scenarios.Audited, asked string, at time.Time, err error) scenarios.Audited {
	found.Name, found.At = cmp.Or(found.Name, withoutAccount(asked)), at.UTC().Truncate(time.Second)
	why := scenarios.AuditUnread{Text: withoutAccount(err.Error())}
	if call, is := provision.CallErrorOf(err); is {
		why.Action, why.Missing = call.Action, call.Missing
	}
	found.Type, found.Unread = "", append([]scenarios.AuditUnread{why}, found.Unread...)
	return found
}

// withoutAccount hides account numbers, which no result has.
func withoutAccount(text string) string { return accountNumber.ReplaceAllString(text, "************") }
