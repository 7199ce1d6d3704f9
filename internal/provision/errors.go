package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// RefusedError reports that nothing was written because of the request itself:
// another account or another region.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }

// StoppedError reports a conflict or a blocked change. Nothing was written, unless
// it appeared during the run because something else changed AWS.
type StoppedError struct{ Changes []Change } // at least one

func (e *StoppedError) Error() string {
	c := e.Changes[0]
	msg := fmt.Sprintf("%s %q: %s: %s", c.Resource, c.Name, c.Action, c.Why)
	if n := len(e.Changes) - 1; n > 0 {
		msg += fmt.Sprintf(" (and %d more)", n)
	}
	return msg
}

// WaitError reports what did not happen in time.
type WaitError struct {
	Change Change // what was waited for; zero: the answer to a read
	After  time.Duration
	Err    error // AWS's last answer; nil: no error
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

// CallError is a failed call of AWS. Its text hides account numbers; Unwrap returns
// the SDK's error, which may show them.
type CallError struct {
	Action  string // IAM action: "ec2:CreateSecurityGroup"; "": unknown
	Missing string // the missing permission, if that is the cause
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
	cause = cmp.Or(timeoutText(e.Err), loginText(e.Err), answerText(e.Err), cause)
	cause = accountNumber.ReplaceAllString(shown(cause), "************")
	if e.Action == "" {
		return cause
	}
	return e.Action + ": " + cause
}

func (e *CallError) Unwrap() error { return e.Err }

// loginText says what to do about credentials that are missing or have expired; "":
// they are not the cause.
func loginText(err error) string {
	if login, ok := errors.AsType[*loginError](err); ok {
		return login.Error()
	}
	if slices.Contains([]string{"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}, code(err)) {
		return "the credentials have expired: get new ones and run it again, it continues"
	}
	return ""
}

// answerText is what is wrong with an answer; "": another error. The SDK calls a refusal
// that names no error of AWS's an UnknownError.
func answerText(err error) string {
	if answer, ok := errors.AsType[*answerError](err); ok {
		return answer.Error()
	}
	if answer, ok := errors.AsType[*smithyhttp.ResponseError](err); ok && code(err) == "UnknownError" && answer.Response != nil {
		return (&answerError{fmt.Sprintf("status %d, and no error of AWS's", answer.HTTPStatusCode())}).Error()
	}
	return ""
}

// maxCause bounds what is shown of AWS's words.
const maxCause = 1000

// shown is a text in one line, within bounds and without what a terminal obeys.
func shown(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if len(s) > maxCause {
		s = strings.ToValidUTF8(s[:maxCause], "") + "..."
	}
	return s
}

var (
	accountNumber = regexp.MustCompile(`\b[0-9]{12}\b`)
	// AWS names the permission, which may be another than the call's: tags given
	// at creation need elasticloadbalancing:AddTags as well.
	notAuthorized = regexp.MustCompile(`not authorized to perform: ?([a-z0-9-]+:[A-Za-z]+)`)
)

// explain classifies an error: time limit reached, context ended for another
// reason, or a call that failed.
func explain(ctx context.Context, err error) error {
	if _, said := errors.AsType[*WaitError](err); err == nil || said {
		return err
	}
	if over, ok := errors.AsType[*WaitError](context.Cause(ctx)); ok {
		waited := &WaitError{After: over.After}
		if call := callError(err); call != context.DeadlineExceeded { //nolint:errorlint // unwrapped it adds nothing; a call that wraps it is named
			waited.Err = call
		}
		return waited
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return callError(err)
}

// CallErrorOf is a failed call of an SDK's client as a [CallError]; false for any other
// error.
func CallErrorOf(err error) (*CallError, bool) {
	return errors.AsType[*CallError](callError(err))
}

// callError adds the action to an error of the SDK, and returns others unchanged.
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

// iamAction is the IAM action of an operation: S3's differ from the API's names.
func iamAction(service, operation string) string {
	switch operation {
	case "HeadBucket", "ListObjectsV2":
		operation = "ListBucket"
	case "HeadObject":
		operation = "GetObject"
	}
	// Both APIs of Elastic Load Balancing have one prefix.
	prefix := strings.TrimSuffix(strings.ToLower(strings.ReplaceAll(service, " ", "")), "v2")
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

// retryable reports whether an error is temporary: throttling, a failure of AWS or of
// the network, or a change that one part of AWS has made and another does not show
// yet. AWS is then read again, and what is still missing is retried.
func retryable(err error) bool {
	return broken(err) || slices.Contains([]string{
		"InvalidGroup.Duplicate", "InvalidGroup.NotFound", "InvalidGroupId.NotFound", "InvalidSecurityGroup",
		"InvalidPermission.Duplicate", "InvalidPermission.NotFound", "InvalidSecurityGroupID.NotFound",
		"InvalidNetworkInterfaceID.NotFound", "DependencyViolation",
		"LoadBalancerNotFound", "DuplicateLoadBalancerName", "InvalidInstance", "InvalidConfigurationRequest",
		"DuplicateTargetGroupName", "TargetGroupNotFound", "InvalidTarget", "ResourceInUse",
		"CertificateNotFound", "DuplicateListener", "ListenerNotFound", "DuplicatePolicyName", "PolicyNotFound",
		"ResourceNotFoundException", "ResourceInUseException", "RequestInProgressException",
		"BucketAlreadyOwnedByYou", "NoSuchBucket", "OperationAborted",
		"Throttling", "ThrottlingException", "RequestLimitExceeded", "DependencyThrottle", "SlowDown",
		"InternalFailure", "InternalError", "InternalServerException", "Unavailable", "ServiceUnavailable",
		"RequestTimeout", "RequestTimeoutException",
	}, code(err))
}

// broken reports whether there was no answer at all, or one that names a failure of
// AWS. Missing credentials are not such a failure: they do not come back by waiting.
func broken(err error) bool {
	if loginText(err) != "" {
		return false
	}
	if _, none := errors.AsType[*credentialsError](err); none {
		return false
	}
	_, read := errors.AsType[*net.OpError](err) // also of an answer that broke off behind its status
	var limited interface{ Timeout() bool }     // of one attempt
	if read || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &limited) && limited.Timeout() {
		return true
	}
	if answer, ok := errors.AsType[*smithyhttp.ResponseError](err); ok && answer.Response != nil && answer.HTTPStatusCode() != 0 {
		return answer.HTTPStatusCode() >= http.StatusInternalServerError
	}
	_, unsent := errors.AsType[*smithyhttp.RequestSendError](err)
	return unsent
}
