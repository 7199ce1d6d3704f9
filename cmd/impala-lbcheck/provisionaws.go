//go:build !noaws

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/provisiontext"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
	"github.com/impala-lbcheck/impala-lbcheck/report"
)

// withAWS reports whether this build can call AWS.
const withAWS = true

// open reads the file and creates the clients. Its errors are usage errors: no call
// was made.
func (p *provisionFlags) open(ctx context.Context, e env) (provision.Cloud, lbfile.Spec, error) {
	src, err := readFile(ctx, p.file, maxSettings)
	if err != nil {
		return provision.Cloud{}, lbfile.Spec{}, fmt.Errorf("%w; `impala-lbcheck provision init` prints one to start from", err)
	}
	spec, err := lbfile.Parse(p.file, src)
	if err != nil {
		return provision.Cloud{}, spec, err
	}
	if p.expectsAccount {
		if !lbfile.IsAccount(p.account) {
			return provision.Cloud{}, spec, fmt.Errorf("--expect-account %q: expected the twelve digits of an account", p.account)
		}
		spec.Account = p.account
	}
	cloud, err := provision.Open(ctx, provision.Access{Region: cmp.Or(p.region, spec.Region), Profile: p.profile, MFACode: mfaCode(ctx, e)})
	cloud.LookupHost = e.lookup
	if err == nil && cloud.Region == "" {
		err = errors.New("no region: set region in the file, or AWS_REGION")
	}
	return cloud, spec, err
}

// mfaCode asks on the terminal for the code of an MFA device; nil where there is none.
func mfaCode(ctx context.Context, e env) func(string) (string, error) {
	if _, is := terminalOf(e.in); !is {
		return nil
	}
	return func(device string) (string, error) {
		return secretFromPrompt(ctx, e, "MFA code", "MFA code of "+report.Neutralize(accountNumber.ReplaceAllString(device, "************"), maxProvisionLine))
	}
}

// plan lists the changes that apply would make; as a script, if that is wanted.
func (p *provisionFlags) plan(ctx context.Context, e env, script, detailed bool) error {
	cloud, spec, err := p.open(ctx, e)
	if err != nil {
		return err
	}
	plan, err := provision.MakePlan(ctx, cloud, spec)
	if err != nil {
		return p.failed(ctx, plan.Account, err)
	}
	switch {
	case script:
		_, err = io.WriteString(e.out, provision.Script(plan)) // to run: nothing in it is hidden
	case p.json:
		err = p.encode(e, plan)
	default:
		err = p.print(e, plan.Account, provisiontext.Plan(plan))
	}
	return errors.Join(err, exitWith(planCode(plan, detailed)))
}

// planCode is 1 if apply would stop, or leave something out.
func planCode(plan provision.Plan, detailed bool) int {
	left := slices.ContainsFunc(plan.Changes, func(c provision.Change) bool { return c.Alone })
	switch {
	case left || len(plan.Stops()) > 0:
		return exitFail
	case detailed && plan.Writes() > 0:
		return exitChanges
	}
	return exitPass
}

func (p *provisionFlags) apply(ctx context.Context, e env, wait time.Duration) error {
	cloud, spec, err := p.open(ctx, e)
	if err != nil {
		return err
	}
	report, err := provision.Apply(ctx, cloud, spec, provision.Options{Progress: p.progress(e), Wait: wait})
	return p.finish(ctx, e, report, err)
}

// status compares, and judges what it found with limits.
func (p *provisionFlags) status(ctx context.Context, e env, certificateDays int) error {
	cloud, spec, err := p.open(ctx, e)
	if err != nil {
		return err
	}
	report, err := provision.Status(ctx, cloud, spec)
	report.Verdicts = report.Judge(provision.Limits{CertificateDays: certificateDays})
	return p.finish(ctx, e, report, err)
}

// destroy removes the resources with our tag if d.yes confirms it, and lists them
// otherwise.
func (p *provisionFlags) destroy(ctx context.Context, e env, d destroyFlags) error {
	cloud, spec, err := p.open(ctx, e)
	if err != nil {
		return err
	}
	o := provision.DestroyOptions{PurgeLogs: d.purgeLogs, Wait: d.wait}
	if d.yes != spec.Cluster {
		return p.list(ctx, e, cloud, spec, o, d.yes)
	}
	o.Progress = p.progress(e)
	report, err := provision.Destroy(ctx, cloud, spec, o)
	return p.finish(ctx, e, report, err)
}

// list prints what destroy would remove, and how to confirm.
func (p *provisionFlags) list(ctx context.Context, e env, cloud provision.Cloud, spec lbfile.Spec, o provision.DestroyOptions, yes string) error {
	plan, err := provision.ListOwned(ctx, cloud, spec, o)
	if err != nil {
		return p.failed(ctx, plan.Account, err)
	}
	if p.json {
		err = p.encode(e, plan)
	} else {
		err = p.print(e, plan.Account, provisiontext.Plan(plan))
	}
	if err != nil {
		return &exitError{exitInternal, err}
	}
	if yes != "" {
		return fmt.Errorf("--yes %s does not match the cluster's name, %s; nothing was removed", yes, spec.Cluster)
	}
	return fmt.Errorf("nothing was removed; confirm with --yes %s", spec.Cluster)
}

// encode writes JSON, which is for programs and holds the account.
func (p *provisionFlags) encode(e env, v any) error {
	return writeJSON(e.out, v, "  ")
}
