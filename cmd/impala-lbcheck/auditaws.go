//go:build !noaws

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/audit"
	"github.com/impala-lbcheck/impala-lbcheck/internal/impalaweb"
	"github.com/impala-lbcheck/impala-lbcheck/internal/mask"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// auditLimit is the time limit of all calls and pages together.
const auditLimit = 5 * time.Minute

// policy prints the IAM policy.
func (a *auditFlags) policy(e env) error {
	_, err := io.WriteString(e.out, audit.Policy)
	return err
}

// audit reads the load balancer, and has it judged.
func (a *auditFlags) audit(ctx context.Context, e env, asked string, s scenarios.Scenario) error {
	places, with, err := a.prepare(ctx, e, s)
	if err != nil {
		return err
	}
	started := time.Now()
	found, err := readAudit(ctx, asked, auditLimit, auditOptions(ctx, e, s, with, provision.Access{Region: a.region, Profile: a.profile}))
	if err != nil {
		return err
	}
	s.Target.Endpoints = []string{found.Name}
	if found.DNSName != "" {
		s.Target.Endpoints[0] = found.DNSName
	}
	return places.finish(ctx, e, run.Audit(found, s, started, version()))
}

// auditOptions say how s has a load balancer read.
func auditOptions(ctx context.Context, e env, s scenarios.Scenario, with secrets, access provision.Access) audit.Options {
	access.MFACode = mfaCode(ctx, e)
	o := audit.Options{Access: access, LookupHost: e.lookup, Pages: pagesOf(s, with)}
	if o.LookupHost == nil {
		o.LookupHost = net.DefaultResolver.LookupHost
	}
	return o
}

// readAudit reads it within a limit, and words what went wrong.
func readAudit(ctx context.Context, asked string, limit time.Duration, o audit.Options) (scenarios.Audited, error) {
	bounded, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not read within %s", limit))
	defer cancel()
	found, err := audit.Read(bounded, asked, o)
	var missing *audit.NotFoundError
	by, stopped := interruption(ctx)
	switch {
	case stopped:
		return found, &exitError{signalCode(by.sig), errors.New("interrupted; nothing was changed")}
	case errors.As(err, &missing) || errors.Is(err, audit.ErrNoRegion):
		return found, err
	case err != nil:
		return found, &exitError{exitUnmeasured, err}
	case found.Type == scenarios.BalancerApplication || found.Type == scenarios.BalancerGateway:
		return found, fmt.Errorf("%s is a load balancer of type %s: audit is for Classic and network load balancers, which forward connections", found.Name, found.Type)
	}
	return found, nil
}

// pagesOf reads the web pages of a target; nil where no port of them was given.
func pagesOf(s scenarios.Scenario, with secrets) func(context.Context, string) (impalaweb.View, error) {
	if s.Target.WebPort == 0 {
		return nil
	}
	access := impalaweb.Access{TLS: s.Target.WebTLS, Roots: with.roots, User: s.Target.WebUser, Password: with.webPassword, AllowCleartext: s.Auth.AllowCleartext}
	words := strings.NewReplacer()
	if with.webPassword != "" {
		words = strings.NewReplacer(with.webPassword, "***")
	}
	return func(ctx context.Context, address string) (impalaweb.View, error) {
		view, err := impalaweb.Read(ctx, net.JoinHostPort(address, strconv.Itoa(s.Target.WebPort)), impalaweb.ServerHiveServer2, access)
		if err != nil {
			err = &mask.Error{Err: err, Words: words}
		}
		return view, err
	}
}
