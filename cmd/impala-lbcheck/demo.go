package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// demoSeed is the default seed of the simulated cluster, so that every demo has
// the same result.
const demoSeed = 1

// newDemo returns the command that runs a scenario against a simulated cluster.
func newDemo(w world) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo [SCENARIO]",
		Short: "Run a scenario against a simulated cluster: no Impala, no flags needed",
		Long: `Start a simulated cluster and its balancer on loopback, run a scenario (default
smoke) against it, and stop it again. demo creates the certificates and users that
--tls and --auth need, expects the names of its coordinators, and has a timeout of
1 s per phase. --fault simulates a fault; docs/faults.md has the reports.
` + faultHelp(),
		Example: `  impala-lbcheck demo
  impala-lbcheck demo --fault dead@2
  impala-lbcheck demo --tls --auth ldap --fault expired@2
  impala-lbcheck demo spread --balance round-robin`,
		GroupID:           groupTry,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeScenario,
	}
	given := withSettings(cmd, groupsOf("")...)
	flags := withCluster(cmd)
	out := withOutput(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := "smoke"
		if len(args) == 1 {
			name = args[0]
		}
		return demo(cmd.Context(), w, name, given, flags, out)
	}
	return cmd
}

// completeScenario completes the name of a built-in scenario.
func completeScenario(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return scenarios.BuiltinNames(), cobra.ShellCompDirectiveNoFileComp
}

// setDemoDefaults adapts a scenario to a cluster that replies immediately, so
// that a demo of any kind takes seconds.
func setDemoDefaults(s *scenarios.Scenario) {
	s.Seed = demoSeed
	s.Load.Timeout = scenarios.Duration(time.Second)
	s.Load.Rate = 0
	s.TLS.Enabled = s.Kind == scenarios.KindCertificates
	s.Auth.User = demoUser
	switch s.Kind {
	case scenarios.KindCapacity:
		s.Capacity.For = scenarios.Duration(2 * time.Second)
	case scenarios.KindQuery:
		s.Query = "SELECT count(*) FROM functional.alltypestiny"
	case scenarios.KindIdle:
		s.Idle.Scale = 0.01
	case scenarios.KindWatch:
		s.Load.Rate = 20
		s.Watch.For = scenarios.Duration(12 * time.Second)
	}
}

// setEventAfter sets the default time of the event, a quarter of a watch.
func setEventAfter(s *scenarios.Scenario, g *given, w world) {
	if s.Kind == scenarios.KindWatch && !g.has(w, "event-after") {
		s.Watch.EventAfter = s.Watch.For / 4
	}
}

// checkFlags rejects the flags of other kinds of scenario: unlike other commands,
// demo accepts the flags of every kind.
func checkFlags(name string, g *given) error {
	allowed := slices.Concat(groupsOf(name), groupsOf("smoke"))
	for _, a := range g.args {
		if !slices.Contains(allowed, a.setting.group) {
			return fmt.Errorf("--%s does not apply to the scenario %s; impala-lbcheck %s --help lists its flags", a.setting.name, name, name)
		}
	}
	return nil
}

// demo runs a built-in scenario against a simulated cluster.
func demo(ctx context.Context, w world, name string, g *given, flags *clusterFlags, out *output) (err error) {
	s, err := scenarios.Builtin(name)
	if err != nil {
		return err
	}
	if err := checkFlags(name, g); err != nil {
		return err
	}
	setDemoDefaults(&s)
	if err := g.lay(w, &s); err != nil {
		return err
	}
	setEventAfter(&s, g, w)
	config, err := flags.config(s.Seed)
	if err != nil {
		return err
	}
	config.Web, config.WebPort = s.Target.WebPort > 0, uint16(s.Target.WebPort)
	with := applyConnection(&config, s)
	cluster, err := startCluster(config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeCluster(cluster)) }()

	if !g.has(w, "expect-coordinators") {
		s.Expect.Coordinators = scenarios.ExpectCoordinators{Names: cluster.Names()}
	}
	s.Target.Endpoints = s.Target.Endpoints[:0]
	for _, node := range nodesOf(cluster, s.Target.Protocol) {
		s.Target.Endpoints = append(s.Target.Endpoints, node.String())
	}
	if s.TLS.Enabled {
		if s.TLS.ServerName == "" {
			s.TLS.ServerName = config.Host
		}
		with.roots = x509.NewCertPool()
		with.roots.AppendCertsFromPEM(cluster.CA())
	}
	if err := w.permit(s); err != nil {
		return err
	}
	return execute(ctx, w, s, with, out, run.Options{})
}
