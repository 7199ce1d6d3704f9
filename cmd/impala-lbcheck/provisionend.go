//go:build !noaws

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/provisiontext"
	"github.com/impala-lbcheck/impala-lbcheck/internal/mask"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/report"
)

// finish prints a report, complete or not, and returns the exit code. The report of
// a failure ends with the error, since logs show the last line.
func (p *provisionFlags) finish(ctx context.Context, e env, r provision.Report, err error) error {
	end := exitWith(reportCode(r))
	if err != nil {
		end = p.failed(ctx, r.Account, err)
		r.Error = oneLine(end)
	}
	var printed error
	if p.json {
		printed = p.encode(e, r)
	} else {
		printed = p.print(e, r.Account, provisiontext.Report(r))
	}
	if printed != nil && err == nil {
		return &exitError{exitInternal, printed}
	}
	return end
}

// reportCode is 1 if something differs or was not read, a check failed, or a
// coordinator is not in service.
func reportCode(r provision.Report) int {
	out := slices.ContainsFunc(r.Instances, func(h provision.InstanceHealth) bool { return !h.Serves() })
	if !r.Complete || len(r.Drift) > 0 || len(r.Failed()) > 0 || out {
		return exitFail
	}
	return exitPass
}

// failed is the error that ends a command: 2 for a wrong account or region, 1 for a
// failed call or a change that is stopped.
func (p *provisionFlags) failed(ctx context.Context, account string, err error) error {
	var refused *provision.RefusedError
	err = &mask.Error{Err: err, Words: p.mask(account)}
	by, stopped := interruption(ctx)
	switch {
	case stopped:
		return &exitError{signalCode(by.sig), errors.New("interrupted; what was done is kept, and the next run continues")}
	case errors.As(err, &refused):
		return err
	}
	return &exitError{exitFail, err}
}

// mask hides the account's number, which is in every ARN, unless --verbose is given.
func (p *provisionFlags) mask(account string) *strings.Replacer {
	if account == "" || p.verbose {
		return strings.NewReplacer()
	}
	return strings.NewReplacer(account, "************")
}

// print writes text for people. Text from AWS is neutralized line by line.
func (p *provisionFlags) print(e env, account, text string) error {
	mask := p.mask(account)
	var b strings.Builder
	for line := range strings.Lines(text) {
		words := strings.TrimLeft(line, " ")
		b.WriteString(line[:len(line)-len(words)])
		b.WriteString(report.Neutralize(mask.Replace(words), maxProvisionLine))
		b.WriteByte('\n')
	}
	_, err := io.WriteString(e.out, b.String())
	return err
}

// maxProvisionLine bounds a line with text from AWS, or a command.
const maxProvisionLine = 4000

// accountNumber is what an account looks like in an ARN.
var accountNumber = regexp.MustCompile(`\b[0-9]{12}\b`)

// progress prints each step on stderr.
func (p *provisionFlags) progress(e env) func(provision.Event) {
	return func(ev provision.Event) {
		if !p.verbose {
			ev.Text = accountNumber.ReplaceAllString(ev.Text, "************")
		}
		if p.json {
			_ = writeJSON(e.err, ev, "") // a closed stderr loses progress only
			return
		}
		fmt.Fprintf(e.err, "%s: %s\n", ev.Step, report.Neutralize(ev.Text, maxProvisionLine))
	}
}
