package provision

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// limits bound one attempt of a call. Without them an endpoint that accepts a
// connection and never answers would block a command indefinitely.
type limits struct {
	connect time.Duration // for TCP, and again for TLS
	answer  time.Duration // from the start of the attempt to the last byte of the answer
	files   time.Duration // for the files of the AWS configuration, once
}

var defaultLimits = limits{connect: 10 * time.Second, answer: time.Minute, files: time.Minute}

// client makes the HTTP client of every service and credential source. It is the
// SDK's own type: the instance metadata client shortens its limits further, and
// AWS_CA_BUNDLE is added to it.
func (l limits) client() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTimeout(l.answer).
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = l.connect }).
		WithTransportOptions(func(t *http.Transport) { t.TLSHandshakeTimeout = l.connect })
}

// limitedCredentials bounds the time for credentials. They may need calls of their
// own, each with its attempts, and again for each attempt of the call that needs
// them.
type limitedCredentials struct {
	aws.CredentialsProvider
	limit   time.Duration
	profile string // of the command line; "": another or none
}

func (p limitedCredentials) Retrieve(ctx context.Context) (aws.Credentials, error) {
	bounded, stop := context.WithTimeout(ctx, p.limit)
	defer stop()
	credentials, err := p.CredentialsProvider.Retrieve(bounded)
	if err != nil && bounded.Err() != nil && ctx.Err() == nil {
		err = &credentialsError{p.limit, err}
	} else if err != nil && strings.Contains(err.Error(), "SSO") { // of its cached token, or of its services; the SDK has no common type
		err = &loginError{p.profile, err}
	}
	return credentials, err
}

// loginError reports that there is no valid SSO session.
type loginError struct {
	profile string
	err     error
}

func (e *loginError) Error() string {
	login := "aws sso login"
	if e.profile != "" {
		login += " --profile " + e.profile
	}
	return "there is no SSO session, or it has expired: run `" + login + "`"
}

func (e *loginError) Unwrap() error { return e.err }

// credentialsError reports that credentials did not arrive in time. The SDK does
// not retry the call.
type credentialsError struct {
	after time.Duration
	err   error
}

func (e *credentialsError) Error() string {
	return fmt.Sprintf("no credentials within %s from the source that the AWS configuration names (container, instance, STS or SSO); check that it can be reached from here", e.after)
}

func (e *credentialsError) Unwrap() error       { return e.err }
func (e *credentialsError) CanceledError() bool { return true }

// timeoutText describes a call that ended by a time limit; "" for other errors.
func timeoutText(err error) string {
	if late, ok := errors.AsType[*credentialsError](err); ok {
		return late.Error()
	}
	var limited interface{ Timeout() bool } // of one attempt
	var ended interface{ CanceledError() bool }
	timeout := errors.As(err, &limited) && limited.Timeout() || errors.As(err, &ended) || errors.Is(err, net.ErrClosed)
	if !timeout {
		return ""
	}
	from := ""
	if request, ok := errors.AsType[*url.Error](err); ok {
		if u, err := url.Parse(request.URL); err == nil {
			from = " from " + u.Host
		}
	}
	cause := ""
	if first := innermost(err); !errors.Is(first, context.DeadlineExceeded) && !errors.Is(first, context.Canceled) {
		cause = " (" + first.Error() + ")"
	}
	return "no answer" + from + " in time" + cause + "; check the network path (proxy, firewall, VPC endpoint)"
}

// innermost is the first cause of an error.
func innermost(err error) error {
	for {
		cause := errors.Unwrap(err)
		if cause == nil {
			return err
		}
		err = cause
	}
}
