package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/reconciletext"
	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
	"github.com/impala-lbcheck/impala-lbcheck/internal/reconcile"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// newReconcile returns the command that joins a run with the balancer's own log.
func newReconcile(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reconcile RUN LOG...",
		Short: "Join a run's sessions with the balancer's own log",
		Long: `Join the sessions that --observations FILE wrote, as JSON lines or CSV, with the connections in
the balancer's own log: by the client's address and port, the node where the log has it, and the time. By how
much the two clocks differ is estimated from the sessions. A session that fits several
lines is counted and never given one of them.

It tells to which backend the balancer sent each session and whom we met there, why failed
sessions ended by the log, which sessions the log lacks, and how many connections others
had at the same time.

A result (--out FILE.json) lists failed sessions alone: these are joined.

A log is a file, gzip too, a directory of them, or s3://BUCKET/PREFIX: then those objects are
read whose time is that of the run, with the credentials and the region of the AWS CLI. The format is detected by the lines:
` + strings.Join(balancerlog.FormatNames(), ", ") + `.
docs/reconcile.md has the formats to paste into HAProxy, nginx and Envoy. A network load
balancer's log never says to which target a connection was sent; VPC flow logs do, where
the client's address is preserved.`,
		Example: `  impala-lbcheck smoke impala.example.com --observations smoke.jsonl
  impala-lbcheck reconcile smoke.jsonl haproxy.log
  impala-lbcheck reconcile smoke.jsonl node-1.log node-2.log --json
  impala-lbcheck reconcile smoke.jsonl s3://elb-logs/impala/AWSLogs/
  impala-lbcheck reconcile s3://elb-logs/impala/AWSLogs/ --iam-policy`,
		GroupID: groupFiles,
	}
	policy := cmd.Flags().Bool("iam-policy", false, "print the IAM policy that reading logs of s3://BUCKET/PREFIX needs, and do nothing else")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if *policy {
			return atMostOne("s3://BUCKET/PREFIX")(cmd, args)
		}
		return cobra.MatchAll(atLeastOne("RUN"), oneLog)(cmd, args)
	}
	format := cmd.Flags().String("log-format", "", "the `FORMAT` of the log, instead of detecting it: "+strings.Join(balancerlog.FormatNames(), ", "))
	offset := cmd.Flags().String("log-offset", "", "by how much the log's clock is ahead of ours, a `DURATION` to a minute such as 1h or -30m, where it is more than five minutes")
	asJSON := cmd.Flags().Bool("json", false, "print JSON instead of text")
	completeValues(cmd, "log-format", balancerlog.FormatNames())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *policy {
			return bucketPolicy(cmd.Context(), e, args)
		}
		o := reconcile.Options{Tool: version()}
		var err error
		if o.Offset, err = parseOffset(*offset); err != nil {
			return err
		}
		r, err := reconciled(cmd.Context(), args[0], args[1:], *format, o)
		if err != nil {
			return err
		}
		if *asJSON {
			err = writeJSON(e.out, r, "  ")
		} else {
			_, err = fmt.Fprint(e.out, reconciletext.Reconciliation(r))
		}
		return errors.Join(err, exitWith(r.Exit))
	}
	return cmd
}

// maxOffset is the most that two clocks may differ, time zones included.
const maxOffset = 48 * time.Hour

// parseOffset reads the value of --log-offset; nil: it was not given.
func parseOffset(text string) (*time.Duration, error) {
	if text == "" {
		return nil, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d.Abs() > maxOffset {
		return nil, fmt.Errorf("--log-offset %q: it must be a duration such as 1h or -30m, of at most 48h", text)
	}
	return &d, nil
}

// oneLog wants a log behind the observations.
func oneLog(cmd *cobra.Command, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("no log of the balancer: %s", cmd.UseLine())
	}
	return nil
}

// reconciled reads the observations, then every log.
func reconciled(ctx context.Context, observations string, logs []string, format string, o reconcile.Options) (reconcile.Reconciliation, error) {
	named := balancerlog.FormatNamed(format)
	if format != "" && named == nil {
		return reconcile.Reconciliation{}, fmt.Errorf("--log-format %q: it must be one of %s", format, strings.Join(balancerlog.FormatNames(), ", "))
	}
	sessions, err := readSessions(ctx, observations, &o)
	if err != nil {
		return reconcile.Reconciliation{}, err
	}
	files, err := logFiles(ctx, logs, sessions, o)
	if err != nil {
		return reconcile.Reconciliation{}, err
	}
	join := reconcile.NewJoin(sessions, o)
	var read []balancerlog.File
	for _, file := range files {
		f, used, err := file.read(ctx, named, join)
		if err != nil {
			return reconcile.Reconciliation{}, err
		}
		if used != nil {
			named = used
		}
		read = append(read, f)
	}
	return join.Reconcile(read), nil
}

// readSessions reads the sessions of a run: all of them from observations, and those that
// failed from a result. It notes in o where there were more.
func readSessions(ctx context.Context, name string, o *reconcile.Options) (sessions []reconcile.Session, err error) {
	o.Cut, err = readObservations(ctx, name, func(o scenarios.Observation) { sessions = append(sessions, reconcile.SessionOf(o)) })
	switch {
	case errors.Is(err, errIsResult):
		sessions, o.Lacking, err = failedSessions(ctx, name)
	case err == nil && len(sessions) == 0:
		err = fmt.Errorf("%s: it has no session", name)
	}
	return sessions, err
}

// failedSessions are those of a result.
func failedSessions(ctx context.Context, name string) ([]reconcile.Session, string, error) {
	const rest = "run with --observations FILE.jsonl, and give that file, to join all of them"
	r, err := readResult(ctx, name)
	if err != nil {
		return nil, "", err
	}
	if len(r.Failures) == 0 {
		return nil, "", fmt.Errorf("%s: %w, and no session failed: %s", name, errIsResult, rest)
	}
	lacking := fmt.Sprintf("a result lists failed sessions alone, here %d of %d sessions in all: %s", len(r.Failures), r.Sessions.Attempted, rest)
	return reconcile.FailedIn(r), lacking, nil
}
