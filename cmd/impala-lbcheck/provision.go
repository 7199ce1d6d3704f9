package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// exitChanges is plan's exit code under --detailed-exitcode if there are changes to
// make; it differs from every code for a failure.
const exitChanges = 10

// errWithoutAWS is how a build without AWS answers what needs it.
var errWithoutAWS = errors.New("this build is without AWS (-tags noaws): use a released binary, or build without that tag")

// newProvision is the parent of the provisioning commands. Every build has them and
// their flags; provisionaws.go carries them out, and provisionnoaws.go refuses.
func newProvision(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "provision",
		Short: "Build, compare and remove a Classic or network load balancer on AWS",
		Long: `Build a load balancer in front of Impala's coordinators on AWS, with its security
groups, health check, access log and certificate; preview it, compare it with lb.yaml
later, and remove it. The file's kind says which one: classic, the default, or
network. Its resources are marked by a tag: nothing without that tag is changed or
removed.`,
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
	if !withAWS {
		cmd.Short += " (not in this build)"
		cmd.Long += "\n\n" + capitalized(errWithoutAWS.Error()) + "."
	}
	return cmd
}

// newInit prints an lb.yaml to start from.
func newInit(e env) *cobra.Command {
	recipe, kind := false, string(lbfile.Classic)
	cmd := &cobra.Command{
		Use:   "init [CLUSTER]",
		Short: "Print a commented lb.yaml to start from",
		Args:  atMostOne("cluster"),
	}
	cmd.Flags().BoolVar(&recipe, "recipe", false, "use the parameters of the recipe of 2017, with comments on what is outdated")
	cmd.Flags().StringVar(&kind, "kind", kind, "describe a load balancer of the kind `classic|network`")
	completeValues(cmd, "kind", []cobra.Completion{
		cobra.CompletionWithDesc(string(lbfile.Classic), "a Classic load balancer"), cobra.CompletionWithDesc(string(lbfile.NetworkBalancer), "a network load balancer"),
	})
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		page, err := initPage(recipe, lbfile.Kind(kind))
		if err != nil {
			return err
		}
		cluster := ""
		if len(args) == 1 {
			cluster = args[0]
			if err := lbfile.CheckCluster(cluster); err != nil {
				return err
			}
		}
		_, err = io.WriteString(e.out, lbfile.Init(page, cluster))
		return err
	}
	return cmd
}

// initPage is the page of a kind; the recipe of 2017 is a Classic load balancer's.
func initPage(recipe bool, kind lbfile.Kind) (lbfile.Page, error) {
	switch {
	case kind != lbfile.Classic && kind != lbfile.NetworkBalancer:
		return "", fmt.Errorf("--kind %s: unknown kind; expected %s or %s", kind, lbfile.Classic, lbfile.NetworkBalancer)
	case recipe && kind == lbfile.NetworkBalancer:
		return "", errors.New("--recipe builds a Classic load balancer: leave --kind network out, or --recipe")
	case recipe:
		return lbfile.RecipePage, nil
	case kind == lbfile.NetworkBalancer:
		return lbfile.NetworkPage, nil
	}
	return lbfile.ClassicPage, nil
}

// provisionFlags are the common flags of the commands that call AWS.
type provisionFlags struct {
	file           string
	account        string
	expectsAccount bool // the flag is given: an empty value, of a variable that is not set, checks nothing
	profile        string
	region         string
	json           bool
	verbose        bool
}

func withProvisionFlags(cmd *cobra.Command) *provisionFlags {
	p := &provisionFlags{}
	cmd.Args = none
	cmd.PreRun = func(cmd *cobra.Command, _ []string) { p.expectsAccount = cmd.Flags().Changed("expect-account") }
	cmd.Flags().StringVarP(&p.file, "file", "f", "lb.yaml", "`FILE.yaml` that describes the load balancer")
	cmd.Flags().StringVar(&p.account, "expect-account", "", "refuse to run in any account but `ID`")
	cmd.Flags().StringVar(&p.profile, "profile", "", "use the profile `NAME` of the AWS configuration")
	cmd.Flags().StringVar(&p.region, "region", "", "work in the region `NAME`, which must be the file's if it has one")
	cmd.Flags().BoolVar(&p.json, "json", false, "print JSON instead of text; progress is a JSON line for each step")
	cmd.Flags().BoolVar(&p.verbose, "verbose", false, "show account numbers, which are hidden by default")
	return p
}

// withFromProvision adds the flag that takes the target from a provisioned load balancer.
func withFromProvision(cmd *cobra.Command) *provisionFlags {
	p := &provisionFlags{}
	cmd.Flags().StringVar(&p.file, "from-provision", "", "take host, coordinators and TLS from the load balancer of this lb.yaml, `FILE.yaml`")
	flags.Group(cmd, string(scenarios.GroupTarget))
	return p
}

// failure is the last line on stderr under --json.
type failure struct {
	Error string `json:"error"`
	Exit  int    `json:"exit"`
}

// ended prints an error as JSON under --json, where stderr is for programs too.
func (p *provisionFlags) ended(e env, err error) error {
	var done *exitError
	var by interrupted
	code := exitUsage
	switch {
	case !p.json || err == nil || errors.As(err, &done) && done.err == nil:
		return err
	case done != nil:
		code = done.code
	case errors.As(err, &by):
		code = signalCode(by.sig)
	}
	for _, line := range lines(err) {
		_ = writeJSON(e.err, failure{line, code}, "") // a closed stderr loses only this
	}
	return &exitError{code: code}
}

// emitCLI is the other form of a plan.
const emitCLI = "cli"

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
	completeValues(cmd, "emit", []cobra.Completion{cobra.CompletionWithDesc(emitCLI, "a script of AWS CLI commands")})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if emit != "" && emit != emitCLI {
			return p.ended(e, fmt.Errorf("--emit %s: unknown form; expected %s", emit, emitCLI))
		}
		return p.ended(e, p.plan(cmd.Context(), e, emit == emitCLI, detailed))
	}
	return cmd
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
record printed, and the listeners' TLS, one port at a time. For kind: network: groups,
target groups with their targets, load balancer, certificate, listeners; then wait
until the targets are healthy. A second apply changes nothing.`,
	}
	p := withProvisionFlags(cmd)
	cmd.Flags().DurationVar(&wait, "wait", 15*time.Minute, "time limit for the whole run: calls, coordinators in service, the certificate")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return p.ended(e, p.apply(cmd.Context(), e, wait)) }
	return cmd
}

// certificateDays is status's default limit. ACM renews a certificate long before its
// end: with fewer days left its renewal does not succeed.
const certificateDays = 30

// newStatus compares AWS with the file.
func newStatus(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Compare AWS with the file: drift, health, certificate, names; change nothing",
		Long: `Compare AWS with the file, and check what only shows later: whether every coordinator
is in service, how many days the certificate has left and whether it is renewed,
whether tls.host resolves to the load balancer, and whether the access log can be
written. Exit 1 if anything differs or a check fails, so that it can be a monitor.`,
	}
	days := 0
	p := withProvisionFlags(cmd)
	cmd.Flags().IntVar(&days, "certificate-days", certificateDays, "fail if the certificate has fewer than `N` days left")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if days < 0 {
			return p.ended(e, fmt.Errorf("--certificate-days %d: expected 0 or more", days))
		}
		return p.ended(e, p.status(cmd.Context(), e, days))
	}
	return cmd
}

// destroyFlags are the flags of destroy alone.
type destroyFlags struct {
	yes       string // the cluster's name; "": nothing is removed
	purgeLogs bool
	wait      time.Duration
}

// newDestroy removes the resources with our tag.
func newDestroy(e env) *cobra.Command {
	var d destroyFlags
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
	cmd.Flags().StringVar(&d.yes, "yes", "", "confirm with the name of the `CLUSTER`; without it nothing is removed")
	cmd.Flags().BoolVar(&d.purgeLogs, "purge-logs", false, "delete the bucket of the access logs too, if it is ours and empty")
	cmd.Flags().DurationVar(&d.wait, "wait", 15*time.Minute, "time limit for the whole run: calls, draining, release of network interfaces")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return p.ended(e, p.destroy(cmd.Context(), e, d)) }
	return cmd
}
