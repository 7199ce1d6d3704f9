package main

import (
	"context"
	"crypto/x509"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// demoSeed makes every demo alike, unless --seed says otherwise.
const demoSeed = 1

// newDemo is the command that needs nothing: a cluster of its own, on loopback.
func newDemo(w world) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo [SCENARIO]",
		Short: "A scenario against an embedded cluster: no Impala, no flags",
		Long: `Start a simulated cluster and its balancer on loopback, run a scenario (smoke)
against it, and stop it again. Faults can be tried: what each is called is in
docs/faults.md. demo makes the certificates and users that --tls and --auth need,
declares its coordinators' names as expected, and waits 1 s per phase.`,
		Example: `  impala-lbcheck demo
  impala-lbcheck demo --fault dead@2
  impala-lbcheck demo --tls --auth ldap --fault expired@2
  impala-lbcheck demo spread --balance round-robin`,
		GroupID: groupTry,
		Args:    cobra.MaximumNArgs(1),
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

// hurry fits a scenario to a cluster that answers at once and to somebody who
// looks on: a demo of any kind takes seconds.
func hurry(s *scenarios.Scenario) {
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
		s.Watch.For, s.Watch.EventAfter = scenarios.Duration(12*time.Second), scenarios.Duration(3*time.Second)
	}
}

// demo runs a built-in scenario against a cluster that lives as long as the run.
func demo(ctx context.Context, w world, name string, g *given, flags *clusterFlags, out *output) (err error) {
	s, err := scenarios.Builtin(name)
	if err != nil {
		return err
	}
	hurry(&s)
	if err := g.lay(w, &s); err != nil {
		return err
	}
	config, err := flags.config(s.Seed)
	if err != nil {
		return err
	}
	config.Web, config.WebPort = s.Target.WebPort > 0, uint16(s.Target.WebPort)
	with := secure(&config, s)
	cluster, err := startCluster(config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing(cluster)) }()

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
	return execute(ctx, w, s, with, out, run.Options{})
}
