package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// exitChanges is plan's answer under --detailed-exitcode where there is
// something to do, apart from every code that says that something is wrong.
const exitChanges = 10

// newProvision is the command under which a load balancer is built and removed.
func newProvision(w world) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "provision",
		Short: "Build, compare and remove a Classic load balancer on AWS",
		Long: `Build what stands in front of Impala's coordinators on AWS: security groups, a
Classic load balancer, its health check, access log and certificate; look at it
first, compare it later, and remove it again. lb.yaml says what is wanted, tags say
what is ours: nothing without our tag is ever changed or removed.`,
		Example: `  impala-lbcheck provision init prod1 > lb.yaml
  impala-lbcheck provision plan -f lb.yaml
  impala-lbcheck provision apply -f lb.yaml
  impala-lbcheck smoke --from-provision lb.yaml
  impala-lbcheck provision destroy -f lb.yaml --yes prod1`,
		GroupID: groupAWS,
		Args:    noUnknown,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newInit(w), newPlan(w), newApply(w), newStatus(w), newDestroy(w))
	return cmd
}

// newInit prints a page to start from.
func newInit(w world) *cobra.Command {
	recipe := false
	cmd := &cobra.Command{
		Use:   "init [CLUSTER]",
		Short: "Print a commented lb.yaml to start from",
		Args:  cobra.MaximumNArgs(1),
	}
	cmd.Flags().BoolVar(&recipe, "recipe", false, "with the parameters of the recipe of 2017, and what is wrong with them today")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		cluster := ""
		if len(args) == 1 {
			cluster = args[0]
		}
		_, err := io.WriteString(w.out, lbfile.Init(recipe, cluster))
		return err
	}
	return cmd
}

// provisionFlags is what the commands that ask AWS have in common.
type provisionFlags struct {
	file    string
	account string
	json    bool
	verbose bool
}

func withProvisionFlags(cmd *cobra.Command) *provisionFlags {
	p := &provisionFlags{}
	cmd.Args = cobra.NoArgs
	cmd.Flags().StringVarP(&p.file, "file", "f", "lb.yaml", "`FILE` that says what is wanted")
	cmd.Flags().StringVar(&p.account, "expect-account", "", "refuse to run under any other account, `ID`")
	cmd.Flags().BoolVar(&p.json, "json", false, "print JSON instead of text; progress is a JSON line for each step")
	cmd.Flags().BoolVar(&p.verbose, "verbose", false, "show the account's number, which is left out otherwise")
	return p
}

// open reads the file and readies the clients. Its errors are the user's to
// mend: nothing was asked of AWS.
func (p *provisionFlags) open(ctx context.Context, w world) (provision.Cloud, lbfile.Spec, error) {
	src, err := readFile(ctx, p.file, maxSettings)
	if err != nil {
		return provision.Cloud{}, lbfile.Spec{}, fmt.Errorf("%w; `impala-lbcheck provision init` prints one to start from", err)
	}
	spec, err := lbfile.Parse(p.file, src)
	if err != nil {
		return provision.Cloud{}, spec, err
	}
	if p.account != "" {
		spec.Account = p.account
	}
	cloud, err := provision.Open(ctx, spec.Region)
	cloud.LookupHost = w.lookup
	if err == nil && cloud.Region == "" {
		err = errors.New("no region: say region: in the file, or set AWS_REGION")
	}
	return cloud, spec, err
}

// newPlan says what would be done.
func newPlan(w world) *cobra.Command {
	var detailed bool
	var emit string
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Say what would be done, and why; change nothing",
		Example: `  impala-lbcheck provision plan -f lb.yaml
  impala-lbcheck provision plan -f lb.yaml --emit cli > lb.sh`,
	}
	p := withProvisionFlags(cmd)
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit 10 where there is something to do")
	cmd.Flags().StringVar(&emit, "emit", "", "print the plan as something else: `cli`, a script of AWS CLI commands")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if emit != "" && emit != "cli" {
			return fmt.Errorf("--emit %s: it is cli", emit)
		}
		cloud, spec, err := p.open(cmd.Context(), w)
		if err != nil {
			return err
		}
		plan, err := provision.MakePlan(cmd.Context(), cloud, spec)
		if err != nil {
			return p.failed(cmd.Context(), plan.Account, err)
		}
		switch {
		case emit == "cli":
			_, err = io.WriteString(w.out, provision.Script(plan)) // to be run: nothing in it is masked
		case p.json:
			err = p.encode(w, plan)
		default:
			err = p.print(w, plan.Account, planText(plan))
		}
		return errors.Join(err, exitWith(planCode(plan, detailed)))
	}
	return cmd
}

// planCode is 1 where apply would refuse.
func planCode(plan provision.Plan, detailed bool) int {
	switch {
	case len(plan.Stops()) > 0:
		return exitFail
	case detailed && plan.Writes() > 0:
		return exitChanges
	}
	return exitPass
}

// newApply brings AWS to what the file says.
func newApply(w world) *cobra.Command {
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Build what is missing; may be repeated, and continued where it was cut off",
		Long: `Plan, and where nothing stands in the way build what is missing, one resource after
the other: groups, load balancer, attributes, access log, health check,
registration; then wait until coordinators are in service; then the certificate,
whose validation record is printed and waited for, and the listeners' TLS, one
port at a time. A second apply changes nothing.`,
	}
	p := withProvisionFlags(cmd)
	cmd.Flags().DurationVar(&wait, "wait", 15*time.Minute, "the most that all of it may take: calls, coordinators to be in service, the certificate")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cloud, spec, err := p.open(cmd.Context(), w)
		if err != nil {
			return err
		}
		report, err := provision.Apply(cmd.Context(), cloud, spec, provision.Options{Progress: p.progress(w), Wait: wait})
		return p.finish(cmd.Context(), w, report, err)
	}
	return cmd
}

// newStatus compares AWS with the file.
func newStatus(w world) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Compare AWS with the file: drift, health, certificate, names; change nothing",
	}
	p := withProvisionFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cloud, spec, err := p.open(cmd.Context(), w)
		if err != nil {
			return err
		}
		report, err := provision.Status(cmd.Context(), cloud, spec)
		return p.finish(cmd.Context(), w, report, err)
	}
	return cmd
}

// newDestroy removes what is ours.
func newDestroy(w world) *cobra.Command {
	var yes string
	var o provision.DestroyOptions
	cmd := &cobra.Command{
		Use:   "destroy",
		Short: "Remove what carries our tag, and nothing else",
		Long: `Print what would be removed; with --yes CLUSTER remove it, in the order in which it
can be: deregister, delete the load balancer, wait until its interfaces are gone,
take the group off the coordinators, delete the groups and the certificate. It may be
cut off anywhere: the next one continues.`,
	}
	p := withProvisionFlags(cmd)
	cmd.Flags().StringVar(&yes, "yes", "", "the `CLUSTER`'s name again, without which nothing is removed")
	cmd.Flags().BoolVar(&o.PurgeLogs, "purge-logs", false, "delete the bucket of the access logs too, where it is ours and empty")
	cmd.Flags().DurationVar(&o.Wait, "wait", 15*time.Minute, "the most that all of it may take: calls, connections to drain, interfaces to go")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cloud, spec, err := p.open(cmd.Context(), w)
		if err != nil {
			return err
		}
		if yes != spec.Cluster {
			return p.list(cmd.Context(), w, cloud, spec, o, yes)
		}
		o.Progress = p.progress(w)
		report, err := provision.Destroy(cmd.Context(), cloud, spec, o)
		return p.finish(cmd.Context(), w, report, err)
	}
	return cmd
}

// list says what destroy would remove, and that it was not told to.
func (p *provisionFlags) list(ctx context.Context, w world, cloud provision.Cloud, spec lbfile.Spec, o provision.DestroyOptions, yes string) error {
	plan, err := provision.ListOwned(ctx, cloud, spec, o)
	if err != nil {
		return p.failed(ctx, plan.Account, err)
	}
	if p.json {
		err = p.encode(w, plan)
	} else {
		err = p.print(w, plan.Account, planText(plan))
	}
	if err != nil {
		return &exitError{exitInternal, err}
	}
	if yes != "" {
		return fmt.Errorf("--yes %s: the cluster's name is %s; nothing was removed", yes, spec.Cluster)
	}
	return fmt.Errorf("nothing was removed; to remove it: --yes %s", spec.Cluster)
}

// encode writes JSON, which is for programs and holds the account.
func (p *provisionFlags) encode(w world, v any) error {
	return writeJSON(w.out, v, "  ")
}
