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

// clusterFlags say what embedded cluster demo and sim start.
type clusterFlags struct {
	coordinators int
	nodes        int
	balance      string
	background   string
	faults       []string
}

// withCluster gives cmd the flags of the embedded cluster.
func withCluster(cmd *cobra.Command) *clusterFlags {
	c := &clusterFlags{}
	cmd.Flags().IntVar(&c.coordinators, "coordinators", 5, "how many coordinators, `K`")
	cmd.Flags().IntVar(&c.nodes, "nodes", 2, "how many addresses the balancer has, `L`")
	cmd.Flags().StringVar(&c.balance, "balance", "random", "how it chooses, `B`: random, round-robin, flow-hash, leastconn, source")
	cmd.Flags().StringVar(&c.background, "background", "", "sessions of others on each coordinator, `N:N:...`, which leastconn sees")
	cmd.Flags().StringArrayVar(&c.faults, "fault", nil, "fault to simulate, `NAME[@N][=VALUE]`; repeatable; docs/faults.md lists them")
	return c
}

// config is the cluster that the flags ask for.
func (c *clusterFlags) config(seed uint64) (simcluster.Config, error) {
	config := simcluster.Config{
		Coordinators: c.coordinators, Nodes: c.nodes, Balance: simcluster.Balance(c.balance), Seed: seed,
		Host: clusterHost,
	}
	if c.coordinators < 1 || c.nodes < 1 {
		return config, errors.New("--coordinators and --nodes start at 1")
	}
	for _, part := range strings.Split(c.background, ":") {
		if c.background == "" {
			break
		}
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return config, fmt.Errorf("--background %s: it is a number per coordinator: 40:40:0", c.background)
		}
		config.Background = append(config.Background, n)
	}
	for _, name := range c.faults {
		f, err := simcluster.ParseFault(name)
		if err != nil {
			return config, fmt.Errorf("--fault %s: %w", name, err)
		}
		config.Faults = append(config.Faults, f)
	}
	return config, nil
}

// startCluster starts it; a setting that it refuses is the user's to mend.
func startCluster(config simcluster.Config) (*simcluster.Cluster, error) {
	cluster, err := simcluster.Start(config)
	var bad *simcluster.ConfigError
	if err != nil && !errors.As(err, &bad) {
		return nil, &exitError{exitInternal, err}
	}
	return cluster, err
}

// clusterHost is the name in the embedded cluster's certificates.
const clusterHost = "impala.example.com"

// demoUser is who logs in to a cluster that demo made.
const demoUser = "demo"

// newPassword makes a password for a cluster that demo made.
func newPassword() string { return rand.Text() }
