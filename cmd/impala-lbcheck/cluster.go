package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// clusterFlags are the flags for the simulated cluster of demo and sim.
type clusterFlags struct {
	coordinators int
	nodes        int
	balance      string
	background   string
	faults       []string
}

// withCluster adds the flags of the simulated cluster to cmd.
func withCluster(cmd *cobra.Command) *clusterFlags {
	c := &clusterFlags{coordinators: 5, nodes: 2}
	f := cmd.Flags()
	f.Var(&intFlag{&c.coordinators, 1, simcluster.MaxCoordinators}, "coordinators", "number of coordinators")
	f.Var(&intFlag{&c.nodes, 1, simcluster.MaxNodes}, "nodes", "number of balancer addresses")
	f.StringVar(&c.balance, "balance", string(simcluster.BalanceRandom), "balancing policy, `POLICY`: "+strings.Join(balanceNames(), ", "))
	f.StringVar(&c.background, "background", "", "sessions of other clients on each coordinator, `N:N:...`, which leastconn counts")
	f.StringArrayVar(&c.faults, "fault", nil, "simulate a fault, `NAME[=VALUE][@N]`; repeatable; demo --help lists the faults")
	completeValues(cmd, "balance", balanceNames())
	mustComplete(cmd, "fault", c.completeFault)
	return c
}

func balanceNames() []string {
	var names []string
	for _, b := range simcluster.Balances() {
		names = append(names, string(b))
	}
	return names
}

// faultHelp lists every fault, for --help.
func faultHelp() string {
	var b strings.Builder
	var scope simcluster.FaultScope
	for _, f := range simcluster.Faults() {
		if f.Scope != scope {
			scope = f.Scope
			fmt.Fprintf(&b, "\nFaults of %s:\n", map[simcluster.FaultScope]string{
				simcluster.FaultScopeCoordinator: "a coordinator (@N) or of all of them",
				simcluster.FaultScopeBalancer:    "the balancer",
				simcluster.FaultScopeNode:        "a balancer node (@N) or of all of them",
				simcluster.FaultScopeListener:    "a balancer node (@N) or of all of them; they need --tls",
			}[scope])
		}
		fmt.Fprintf(&b, "  %-23s %s\n", f.Syntax(), f.Effect)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// config returns the cluster that the flags describe.
func (c *clusterFlags) config(seed uint64) (simcluster.Config, error) {
	config := simcluster.Config{
		Coordinators: c.coordinators, Nodes: c.nodes, Balance: simcluster.Balance(c.balance), Seed: seed,
		Host: clusterHost,
	}
	for _, part := range strings.Split(c.background, ":") {
		if c.background == "" {
			break
		}
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return config, fmt.Errorf("--background %s: it must be a number per coordinator, such as 40:40:0", c.background)
		}
		config.Background = append(config.Background, n)
	}
	for _, text := range c.faults {
		f, err := simcluster.ParseFault(text)
		if err != nil {
			return config, fmt.Errorf("--fault %s: %w", text, err)
		}
		config.Faults = append(config.Faults, f)
	}
	return config, nil
}

// startCluster starts the cluster. An invalid setting is a usage error that
// names the flag; any other error is internal.
func startCluster(config simcluster.Config) (*simcluster.Cluster, error) {
	cluster, err := simcluster.Start(config)
	var invalid *simcluster.ConfigError
	switch {
	case errors.As(err, &invalid):
		return nil, fmt.Errorf("%s: %s", configFlag(invalid), invalid.Reason)
	case err != nil:
		return nil, &exitError{exitInternal, fmt.Errorf("start the simulated cluster: %w", err)}
	}
	return cluster, nil
}

// configFlag returns the flag that sets an invalid field.
func configFlag(e *simcluster.ConfigError) string {
	if e.Fault != "" {
		return "--fault " + e.Fault
	}
	flag, ok := map[string]string{
		"Coordinators": "--coordinators", "Nodes": "--nodes", "Balance": "--balance", "Background": "--background",
		"First": "--first", "BeeswaxPort": "--beeswax-port", "HTTPPort": "--hs2-http-port", "Keytab": "--keytab", "Principal": "--principal", "JWKS": "--jwks",
		"Layer7": "--layer7", "StickyCookie": "--sticky-cookie",
	}[e.Field]
	if !ok {
		return e.Field
	}
	return flag
}

// intFlag is the value of a flag that takes a number from min to max.
type intFlag struct {
	value    *int
	min, max int
}

func (f *intFlag) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < f.min || n > f.max {
		return fmt.Errorf("it must be a number from %d to %d", f.min, f.max)
	}
	*f.value = n
	return nil
}

func (f *intFlag) String() string {
	if f.value == nil { // pflag's zero value
		return "0"
	}
	return strconv.Itoa(*f.value)
}

func (f *intFlag) Type() string { return "N" }

// portFlag is the value of a flag that takes a port; 0 is any free port.
type portFlag uint16

func (f *portFlag) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return errors.New("it must be a port from 0 to 65535")
	}
	*f = portFlag(n)
	return nil
}

func (f *portFlag) String() string { return strconv.Itoa(int(*f)) }

func (f *portFlag) Type() string { return "PORT" }

// clusterHost is the host name in the simulated cluster's certificates.
const clusterHost = "impala.example.com"

// demoUser is the user that logs in to the cluster of demo.
const demoUser = "demo"

// newPassword returns a random password for the cluster of demo.
func newPassword() string { return rand.Text() }
