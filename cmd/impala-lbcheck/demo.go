package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// demoSeed is the default seed of the simulated cluster, so that every demo has
// the same result.
const demoSeed = 1

// newDemo returns the command that runs a scenario against a simulated cluster.
func newDemo(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo [SCENARIO]",
		Short: "Run a scenario against a simulated cluster: no Impala, no flags needed",
		Long: `Start a simulated cluster and its balancer on loopback, run a scenario (default
smoke) against it, and stop it again. demo creates the certificates, users, tokens and
the Kerberos server that --tls and --auth need, turns TLS on where a password or a token
would go in clear, expects the names of its coordinators, and has a timeout of
1 s per phase. --fault simulates a fault; docs/faults.md has the reports.
` + faultHelp(),
		Example: `  impala-lbcheck demo
  impala-lbcheck demo --fault dead@2
  impala-lbcheck demo --tls --auth ldap --fault expired@2
  impala-lbcheck demo --auth kerberos
  impala-lbcheck demo --protocol hs2-http --auth jwt
  impala-lbcheck demo spread --balance round-robin`,
		GroupID:           groupTry,
		Args:              atMostOne("scenario"),
		ValidArgsFunction: completeScenario,
	}
	overrides := flags.Bind(cmd, e.environ, demoUsual(), scenarios.Kinds()...)
	cluster := withCluster(cmd)
	flags.Group(cmd, "Simulated cluster")
	out := withOutput(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := "smoke"
		if len(args) == 1 {
			name = args[0]
		}
		s, err := scenarios.Builtin(name)
		if err != nil {
			return err
		}
		return flags.Word(demo(cmd.Context(), e, s, overrides, cluster, out), s.Kind)
	}
	return cmd
}

// demoUsual holds the defaults of demo's flags: those of its own, and for a setting of
// one kind alone those of the built-in scenario of that kind.
func demoUsual() scenarios.Scenario {
	usual := scenarios.Default()
	setDemoDefaults(&usual)
	for _, name := range scenarios.BuiltinNames() {
		s, err := scenarios.Builtin(name)
		if err != nil {
			panic(err) // they are part of the program, and tested
		}
		setDemoDefaults(&s)
		for _, st := range scenarios.Settings() {
			text := st.Text(&s)
			if len(st.Kinds) != 1 || st.Kinds[0] != s.Kind.OrLooks() || text == st.Text(new(scenarios.Scenario)) {
				continue
			}
			if err := st.Set(&usual, text); err != nil {
				panic(err) // a default of ours that its own setting refuses
			}
		}
	}
	return usual
}

// setDemoDefaults adapts a scenario to a cluster that replies immediately, so
// that a demo of any kind takes seconds.
func setDemoDefaults(s *scenarios.Scenario) {
	if s.Kind.Has("seed") {
		s.Seed = demoSeed
	}
	s.Load.Timeout = scenarios.Duration(time.Second)
	s.Load.Rate = 0
	s.Auth.User = demoUser
	kindOf(*s).demo(s)
}

// demo runs a built-in scenario against a simulated cluster.
func demo(ctx context.Context, e env, s scenarios.Scenario, o *flags.Overrides, c *clusterFlags, out *output) (err error) {
	setDemoDefaults(&s)
	if err := o.Apply(&s, nil); err != nil {
		return err
	}
	if s.Audit.Balancer != "" {
		return errors.New("--audit: a simulated cluster is in no account of AWS")
	}
	config, err := c.config(cmp.Or(s.Seed, demoSeed))
	if err != nil {
		return err
	}
	secureDemo(e, &s, o)
	with, end, err := applyConnection(&config, &s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	cluster, err := startCluster(config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeCluster(cluster)) }()

	if s.Kind.Has("expect.coordinators") && !o.Has("expect.coordinators", s.Kind) {
		s.Expect.Coordinators = scenarios.ExpectCoordinators{Names: cluster.Names()}
	}
	s.Target.Endpoints = s.Target.Endpoints[:0]
	for _, node := range nodesOf(cluster, s.Target.Protocol) {
		s.Target.Endpoints = append(s.Target.Endpoints, node.String())
	}
	if s.TLS.Enabled && s.TLS.ServerName == "" {
		s.TLS.ServerName = config.Host
	}
	if ca := cluster.CA(); ca != nil {
		with.roots = x509.NewCertPool()
		with.roots.AppendCertsFromPEM(ca)
	}
	if err := e.permit(s, scenarios.Shard{}); err != nil {
		return err
	}
	if s.TLS.ClientCert != "" {
		if with.client, err = readClientCertificate(ctx, s.TLS); err != nil {
			return err
		}
	}
	return execute(ctx, e, s, with, out, run.Options{})
}
