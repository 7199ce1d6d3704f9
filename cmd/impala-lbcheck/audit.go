package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// auditFlags are the flags of audit that are no settings.
type auditFlags struct {
	region    string
	profile   string
	iamPolicy bool
	out       *output
}

// newAudit returns the command that reads a load balancer's settings from AWS. Every
// build has it and its flags; auditaws.go carries it out, and auditnoaws.go refuses.
func newAudit(e env) *cobra.Command {
	usual := scenarios.DefaultAudit()
	cmd := &cobra.Command{
		Use:   "audit NAME|ARN|HOST",
		Short: "Hold a load balancer's settings on AWS against what Impala needs; change nothing",
		Long: `Read the settings of any Classic or network load balancer from AWS, whoever made it, and
hold them against what Impala needs: idle timeouts, zones, health checks, draining,
targets, TLS and security groups. Every finding has the limit, what was found, the document
that it rests on, and the call and the argument of Terraform that would mend it.

It only reads; --iam-policy prints the permissions that it needs. A check whose call is
denied is skipped, and names the missing permission. What Impala alone knows, such as
idle_session_timeout or which targets are coordinators, comes from the targets' web pages
with --web-port, or from flags; otherwise those checks are skipped.

HOST is the load balancer's own name, or an alias that resolves to its addresses. An
application load balancer is refused: it forwards requests of HTTP, not connections.`,
		Example: `  impala-lbcheck audit impala-prod --region eu-west-1
  impala-lbcheck audit impala.example.com --web-port 25000 --longest-query 30m --out audit.json
  impala-lbcheck audit --iam-policy`,
		GroupID: groupCheck,
	}
	a := &auditFlags{}
	overrides := flags.BindSome(cmd, e.environ, usual, ofAudit)
	cmd.Flags().StringVar(&a.region, "region", "", "the region `NAME` of the load balancer (default: that of the ARN or the host, or of AWS's configuration)")
	cmd.Flags().StringVar(&a.profile, "profile", "", "use the profile `NAME` of the AWS configuration")
	cmd.Flags().BoolVar(&a.iamPolicy, "iam-policy", false, "print the IAM policy that audit needs, and do nothing else")
	a.out = withReports(cmd)
	flags.Group(cmd, "Output")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if a.iamPolicy && len(args) > 0 {
			return errors.New("--iam-policy prints the policy of any audit, and takes no argument: leave out the load balancer")
		}
		if a.iamPolicy {
			return nil
		}
		return exactly("NAME, ARN or HOST")(cmd, args)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if a.iamPolicy {
			return a.policy(e)
		}
		s := usual
		s.Target.Endpoints = []string{"load-balancer"} // whose name AWS says
		if err := overrides.Apply(&s, nil); err != nil {
			return flags.Word(err, s.Kind)
		}
		if err := s.Validate(); err != nil {
			return flags.Word(err, s.Kind)
		}
		if e.permitted != nil {
			if err := e.permitted(s, scenarios.Shard{}); err != nil {
				return err
			}
		}
		return a.audit(cmd.Context(), e, args[0], s)
	}
	if !withAWS {
		cmd.Short += " (not in this build)"
		cmd.Long += "\n\n" + capitalized(errWithoutAWS.Error()) + "."
	}
	return cmd
}

// ofAudit reports whether audit has a setting: its own, and how web pages are read.
func ofAudit(st scenarios.Setting) bool {
	return st.Group == scenarios.GroupAudit || slices.Contains([]string{
		"target.web_port", "target.web_tls", "target.web_user", "target.web_password_file",
		"tls.ca_cert", "auth.allow_cleartext", "inconclusive",
	}, st.Key)
}

// prepare opens what the audit writes to, and reads what it needs to know.
func (a *auditFlags) prepare(ctx context.Context, e env, s scenarios.Scenario) (*outputs, secrets, error) {
	a.out.addInputsOf(s)
	outs, err := a.out.parseOuts(e)
	if err != nil {
		return nil, secrets{}, err
	}
	with, err := readSecrets(ctx, e, s)
	if err != nil {
		return nil, secrets{}, fmt.Errorf("audit: %w", err)
	}
	return &outputs{o: a.out, outs: outs, progress: progress{stop: func() {}}}, with, nil
}
