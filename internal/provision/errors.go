package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"
)

// RefusedError says that nothing was written, because of what was asked for:
// another account, another region, a name that was not repeated.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }

// StoppedError says that a conflict or something blocked stands in the way.
// Nothing was written unless it arose while others changed AWS as well.
type StoppedError struct{ Changes []Change } // that stop, at least one

func (e *StoppedError) Error() string {
	c := e.Changes[0]
	msg := fmt.Sprintf("%s %q: %s: %s", c.Resource, c.Name, c.Action, c.Why)
	if n := len(e.Changes) - 1; n > 0 {
		msg += fmt.Sprintf(" (and %d more)", n)
	}
	return msg
}

// WaitError says what did not come within the time given.
type WaitError struct {
	Change Change // what was waited for; zero: AWS's answer to a question
	After  time.Duration
	Err    error // what AWS said last; nil: nothing
}

func (e *WaitError) Error() string {
	msg := fmt.Sprintf("not done after %s", e.After)
	if e.Change.Resource != "" {
		msg = fmt.Sprintf("%s %q: %s", e.Change.Resource, e.Change.Name, msg)
	}
	if e.Change.Why != "" {
		msg += ": " + e.Change.Why
	}
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg
}

func (e *WaitError) Unwrap() error { return e.Err }

// CallError is a call of AWS that failed. Its text has no account's number and
// no ARN of the caller; Unwrap gives the SDK's own error, which may.
type CallError struct {
	Action  string // as IAM spells it: "ec2:CreateSecurityGroup"; "" where it is not known
	Missing string // the permission that is missing, if that is why
	Err     error
}

func (e *CallError) Error() string {
	if e.Missing != "" {
		return fmt.Sprintf("%s: the caller lacks the permission %s", e.Action, e.Missing)
	}
	cause := e.Err.Error()
	if api, ok := errors.AsType[smithy.APIError](e.Err); ok {
		cause = api.ErrorCode()
		if api.ErrorMessage() != "" {
			cause += ": " + api.ErrorMessage()
		}
	} else if op, ok := errors.AsType[*smithy.OperationError](e.Err); ok {
		cause = op.Err.Error()
	}
	cause = cmp.Or(timeoutText(e.Err), cause)
	cause = accountNumber.ReplaceAllString(cause, "************")
	if e.Action == "" {
		return cause
	}
	return e.Action + ": " + cause
}

func (e *CallError) Unwrap() error { return e.Err }

var (
	accountNumber = regexp.MustCompile(`\b[0-9]{12}\b`)
	// AWS names the permission, which may be another than the call's: tags given
	// at creation need elasticloadbalancing:AddTags as well.
	notAuthorized = regexp.MustCompile(`not authorized to perform: ?([a-z0-9-]+:[A-Za-z]+)`)
)

// explain says what an error is of: the end of the time that was given, the end of
// the context for another reason, or a call that failed.
func explain(ctx context.Context, err error) error {
	if _, said := errors.AsType[*WaitError](err); err == nil || said {
		return err
	}
	if over, ok := errors.AsType[*WaitError](context.Cause(ctx)); ok {
		waited := &WaitError{After: over.After}
		if call := callError(err); call != context.DeadlineExceeded { //nolint:errorlint // bare it says nothing new; a call that wraps it is named
			waited.Err = call
		}
		return waited
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return callError(err)
}

// callError gives an error of the SDK its action, and leaves others as they are.
func callError(err error) error {
	api, isAPI := errors.AsType[smithy.APIError](err)
	op, isOp := errors.AsType[*smithy.OperationError](err)
	if !isAPI && !isOp {
		return err
	}
	if _, done := errors.AsType[*CallError](err); done {
		return err
	}
	call := &CallError{Err: err}
	if isOp {
		call.Action = iamAction(op.ServiceID, op.OperationName)
	}
	if isAPI && denied(api.ErrorCode()) {
		call.Missing = call.Action
		if m := notAuthorized.FindStringSubmatch(api.ErrorMessage()); m != nil {
			call.Missing = m[1]
		}
	}
	return call
}

// iamAction is what IAM calls an operation: S3's differ from its API's.
func iamAction(service, operation string) string {
	switch operation {
	case "HeadBucket":
		operation = "ListBucket"
	case "HeadObject":
		operation = "GetObject"
	}
	prefix := strings.ToLower(strings.ReplaceAll(service, " ", ""))
	return prefix + ":" + operation
}

func code(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}

func denied(code string) bool {
	return slices.Contains([]string{"UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "Forbidden"}, code)
}

// retryable reports whether an error may go away by itself: one part of AWS does
// not know yet what another has done, or knows already what we have not seen.
// Then AWS is looked at again, and what is still missing is done again.
func retryable(err error) bool {
	return slices.Contains([]string{
		"InvalidGroup.Duplicate", "InvalidGroup.NotFound", "InvalidGroupId.NotFound", "InvalidSecurityGroup",
		"InvalidPermission.Duplicate", "InvalidPermission.NotFound", "InvalidSecurityGroupID.NotFound",
		"InvalidNetworkInterfaceID.NotFound", "DependencyViolation",
		"LoadBalancerNotFound", "DuplicateLoadBalancerName", "InvalidInstance", "InvalidConfigurationRequest",
		"CertificateNotFound", "DuplicateListener", "ListenerNotFound", "DuplicatePolicyName", "PolicyNotFound",
		"ResourceNotFoundException", "ResourceInUseException", "RequestInProgressException",
		"BucketAlreadyOwnedByYou", "NoSuchBucket", "OperationAborted",
		"Throttling", "ThrottlingException", "RequestLimitExceeded", "DependencyThrottle", "SlowDown",
	}, code(err))
}
