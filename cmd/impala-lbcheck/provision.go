package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/provisiontext"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// exitChanges is plan's exit code under --detailed-exitcode if there are changes to
// make; it differs from every code for a failure.
const exitChanges = 10

// newProvision is the parent of the provisioning commands.
func newProvision(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "provision",
		Short: "Build, compare and remove a Classic load balancer on AWS",
		Long: `Build a Classic load balancer in front of Impala's coordinators on AWS, with its
security groups, health check, access log and certificate; preview it, compare it
with lb.yaml later, and remove it. Its resources are marked by a tag: nothing
without that tag is changed or removed.`,
		Example: `  impala-lbcheck provision init prod1 > lb.yaml
  impala-lbcheck provision plan -f lb.yaml
  impala-lbcheck provision apply -f lb.yaml
  impala-lbcheck smoke --from-provision lb.yaml
  impala-lbcheck provision destroy -f lb.yaml --yes prod1`,
		GroupID: groupAWS,
		Args:    noUnknown,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newInit(e), newPlan(e), newApply(e), newStatus(e), newDestroy(e))
	return cmd
}

// newInit prints an lb.yaml to start from.
func newInit(e env) *cobra.Command {
	recipe := false
	cmd := &cobra.Command{
		Use:   "init [CLUSTER]",
		Short: "Print a commented lb.yaml to start from",
		Args:  atMostOne("cluster"),
	}
	cmd.Flags().BoolVar(&recipe, "recipe", false, "use the parameters of the recipe of 2017, with comments on what is outdated")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		cluster := ""
		if len(args) == 1 {
			cluster = args[0]
		}
		_, err := io.WriteString(e.out, lbfile.Init(recipe, cluster))
		return err
	}
	return cmd
}

// provisionFlags are the common flags of the commands that call AWS.
type provisionFlags struct {
	file    string
	account string
	json    bool
	verbose bool
}

func withProvisionFlags(cmd *cobra.Command) *provisionFlags {
	p := &provisionFlags{}
	cmd.Args = none
	cmd.Flags().StringVarP(&p.file, "file", "f", "lb.yaml", "`FILE` that describes the load balancer")
	cmd.Flags().StringVar(&p.account, "expect-account", "", "refuse to run in any account but `ID`")
	cmd.Flags().BoolVar(&p.json, "json", false, "print JSON instead of text; progress is a JSON line for each step")
	cmd.Flags().BoolVar(&p.verbose, "verbose", false, "show account numbers, which are hidden by default")
	return p
}

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
	if p.account != "" {
		spec.Account = p.account
	}
	cloud, err := provision.Open(ctx, spec.Region)
	cloud.LookupHost = e.lookup
	if err == nil && cloud.Region == "" {
		err = errors.New("no region: set region in the file, or AWS_REGION")
	}
	return cloud, spec, err
}

// newPlan lists the changes that apply would make.
func newPlan(e env) *cobra.Command {
	var detailed bool
	var emit string
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "List the changes that apply would make, and why; change nothing",
		Example: `  impala-lbcheck provision plan -f lb.yaml
  impala-lbcheck provision plan -f lb.yaml --emit cli > lb.sh`,
	}
	p := withProvisionFlags(cmd)
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit 10 if there are changes to make")
	cmd.Flags().StringVar(&emit, "emit", "", "print the plan in another form, `cli`: a script of AWS CLI commands")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if emit != "" && emit != "cli" {
			return fmt.Errorf("--emit %s: unknown form; expected cli", emit)
		}
		cloud, spec, err := p.open(cmd.Context(), e)
		if err != nil {
			return err
		}
		plan, err := provision.MakePlan(cmd.Context(), cloud, spec)
		if err != nil {
			return p.failed(cmd.Context(), plan.Account, err)
		}
		switch {
		case emit == "cli":
			_, err = io.WriteString(e.out, provision.Script(plan)) // a script to run: nothing in it is hidden
		case p.json:
			err = p.encode(e, plan)
		default:
			err = p.print(e, plan.Account, provisiontext.Plan(plan))
		}
		return errors.Join(err, exitWith(planCode(plan, detailed)))
	}
	return cmd
}

// planCode is 1 if apply would stop.
func planCode(plan provision.Plan, detailed bool) int {
	switch {
	case len(plan.Stops()) > 0:
		return exitFail
	case detailed && plan.Writes() > 0:
		return exitChanges
	}
	return exitPass
}

// newApply brings AWS to the state of the file.
func newApply(e env) *cobra.Command {
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Build what is missing; may be repeated, and continues an interrupted run",
		Long: `Make a plan and, if nothing stops it, build what is missing, one resource after the
other: groups, load balancer, attributes, access log, health check, registration;
wait until coordinators are in service; then the certificate, with its validation
record printed, and the listeners' TLS, one port at a time. A second apply changes
nothing.`,
	}
	p := withProvisionFlags(cmd)
	cmd.Flags().DurationVar(&wait, "wait", 15*time.Minute, "time limit for the whole run: calls, coordinators in service, the certificate")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cloud, spec, err := p.open(cmd.Context(), e)
		if err != nil {
			return err
		}
		report, err := provision.Apply(cmd.Context(), cloud, spec, provision.Options{Progress: p.progress(e), Wait: wait})
		return p.finish(cmd.Context(), e, report, err)
	}
	return cmd
}

// newStatus compares AWS with the file.
func newStatus(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Compare AWS with the file: drift, health, certificate, names; change nothing",
	}
	p := withProvisionFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cloud, spec, err := p.open(cmd.Context(), e)
		if err != nil {
			return err
		}
		report, err := provision.Status(cmd.Context(), cloud, spec)
		return p.finish(cmd.Context(), e, report, err)
	}
	return cmd
}

// newDestroy removes the resources with our tag.
func newDestroy(e env) *cobra.Command {
	var yes string
	var o provision.DestroyOptions
	cmd := &cobra.Command{
		Use:   "destroy",
		Short: "Remove the resources with our tag, and nothing else",
		Long: `List what would be removed; with --yes CLUSTER remove it, in order: deregister the
coordinators, delete the load balancer, wait until its network interfaces are gone,
detach the group from the coordinators, delete the groups and the certificate. It may
be interrupted anywhere: the next run continues. It stops before the first change if
something that is not ours depends on what it would remove.`,
	}
	p := withProvisionFlags(cmd)
	cmd.Flags().StringVar(&yes, "yes", "", "confirm with the name of the `CLUSTER`; without it nothing is removed")
	cmd.Flags().BoolVar(&o.PurgeLogs, "purge-logs", false, "delete the bucket of the access logs too, if it is ours and empty")
	cmd.Flags().DurationVar(&o.Wait, "wait", 15*time.Minute, "time limit for the whole run: calls, draining, release of network interfaces")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cloud, spec, err := p.open(cmd.Context(), e)
		if err != nil {
			return err
		}
		if yes != spec.Cluster {
			return p.list(cmd.Context(), e, cloud, spec, o, yes)
		}
		o.Progress = p.progress(e)
		report, err := provision.Destroy(cmd.Context(), cloud, spec, o)
		return p.finish(cmd.Context(), e, report, err)
	}
	return cmd
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
