package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// simFlags are what sim has besides the cluster's own.
type simFlags struct {
	cluster              *clusterFlags
	hs2Port, beeswaxPort uint16
	direct               bool
	auth                 string
	user                 string
	passwordFile         string
	tls                  bool
	caOut                string
	seed                 uint64
	verbose              bool
	first                int
	webPort              uint16
	web                  bool // --web-port was given
}

// newSim is the command that serves the embedded cluster to other clients.
func newSim(w world) *cobra.Command {
	f := &simFlags{}
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Serve the embedded cluster for other clients",
		Long: `Serve a simulated cluster and its balancer on loopback until interrupted. One
JSON line per listener is printed when all of them are ready: where it listens,
and who is behind it.`,
		Example: `  impala-lbcheck sim --hs2-port 21050 --beeswax-port 21000
  impala-lbcheck sim --direct --coordinators 4        # a port per coordinator, for a balancer of your own
  impala-lbcheck sim --tls --ca-out ca.pem --auth ldap --user alice --password-file pw`,
		GroupID: groupTry,
		Args:    cobra.NoArgs,
	}
	f.cluster = withCluster(cmd)
	cmd.Flags().Uint16Var(&f.hs2Port, "hs2-port", 0, "HiveServer2 port of every node; 0: any free one")
	cmd.Flags().Uint16Var(&f.beeswaxPort, "beeswax-port", 0, "Beeswax port of every node; 0: any free one")
	cmd.Flags().BoolVar(&f.direct, "direct", false, "list the coordinators' own listeners instead of the balancer's")
	cmd.Flags().StringVar(&f.auth, "auth", "none", "how clients log in: none, ldap")
	cmd.Flags().StringVar(&f.user, "user", demoUser, "who may log in")
	cmd.Flags().StringVar(&f.passwordFile, "password-file", "", "`FILE` with the password; others must not be able to read or change it")
	cmd.Flags().BoolVar(&f.tls, "tls", false, "speak TLS on every listener")
	cmd.Flags().StringVar(&f.caOut, "ca-out", "", "write the CA to trust to `FILE`")
	cmd.Flags().Uint64Var(&f.seed, "seed", demoSeed, "seed of every choice the balancer makes")
	cmd.Flags().IntVar(&f.first, "first", 1, "number of the first coordinator: clusters side by side need numbers of their own")
	cmd.Flags().Uint16Var(&f.webPort, "web-port", 0, "serve the coordinators' web pages at this port, each on an address of its own, 127.0.1.1...; 0: any free one (default: none are served)")
	cmd.Flags().BoolVar(&f.verbose, "verbose", false, "log connections to stderr")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		f.web = cmd.Flags().Changed("web-port")
		return sim(cmd.Context(), w, f)
	}
	return cmd
}

// sim serves the cluster until the context ends.
func sim(ctx context.Context, w world, f *simFlags) (err error) {
	config, err := f.config(ctx)
	if err != nil {
		return err
	}
	if f.verbose {
		config.Log = slog.New(slog.NewTextHandler(w.err, nil))
	}
	if f.caOut != "" && f.passwordFile != "" && same(f.caOut, f.passwordFile) {
		return fmt.Errorf("--ca-out %s is the password file: write to another file", f.caOut)
	}
	cluster, err := startCluster(config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing(cluster)) }()
	if f.caOut != "" {
		if err := os.WriteFile(f.caOut, cluster.CA(), 0o644); err != nil {
			return fmt.Errorf("--ca-out: %w", err)
		}
	}
	if err := announce(w.out, cluster, f.direct); err != nil {
		return &exitError{exitInternal, err}
	}
	<-ctx.Done()
	return nil
}

// config is the cluster that the flags ask for.
func (f *simFlags) config(ctx context.Context) (simcluster.Config, error) {
	config, err := f.cluster.config(f.seed)
	if err != nil {
		return config, err
	}
	config.HS2Port, config.BeeswaxPort, config.Beeswax = f.hs2Port, f.beeswaxPort, true
	config.TLS = f.tls
	config.First, config.Web, config.WebPort = f.first, f.web, f.webPort
	if f.first < 1 {
		return config, errors.New("--first starts at 1")
	}
	if f.direct {
		// A coordinator's own listener is a node whose zone is that coordinator.
		config.Nodes = config.Coordinators
		zones, err := simcluster.ParseFault("zones=" + strings.TrimSuffix(strings.Repeat("1:", config.Nodes), ":"))
		if err != nil {
			return config, err
		}
		config.Faults = append(config.Faults, zones)
	}
	switch f.auth {
	case "none":
		return config, nil
	case "ldap":
		if f.passwordFile == "" {
			return config, errors.New("--auth ldap needs --password-file: what should the password be?")
		}
		password, err := passwordFromFile(ctx, f.passwordFile)
		config.Auth, config.Users = simcluster.LDAP, map[string]string{f.user: password}
		return config, err
	}
	return config, fmt.Errorf("--auth %s: it is one of none, ldap", f.auth)
}

// listenerLine is one listener that is ready.
type listenerLine struct {
	Listener     string             `json:"listener"` // hs2, beeswax
	Address      netip.AddrPort     `json:"address"`
	Node         int                `json:"node,omitempty"`        // 1-based: the balancer's
	Coordinator  string             `json:"coordinator,omitempty"` // with --direct: whose own
	Coordinators []string           `json:"coordinators"`          // all of the cluster's
	PIDs         map[string][]int32 `json:"pids"`
	Pages        []netip.AddrPort   `json:"pages,omitempty"` // of their web pages, in the coordinators' order; none without --web-port
}

// announce prints a line per listener.
func announce(out io.Writer, c *simcluster.Cluster, direct bool) error {
	for _, p := range []scenarios.Protocol{scenarios.HS2, scenarios.Beeswax} {
		for i, addr := range nodesOf(c, p) {
			line := listenerLine{Listener: string(p), Address: addr, Coordinators: c.Names(), PIDs: c.PIDs(), Pages: c.Pages()}
			if direct {
				line.Coordinator = c.Names()[i]
			} else {
				line.Node = i + 1
			}
			if err := writeJSON(out, line, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// nodesOf lists the balancer's listeners for a protocol.
func nodesOf(c *simcluster.Cluster, p scenarios.Protocol) []netip.AddrPort {
	if p == scenarios.Beeswax {
		return c.BeeswaxNodes()
	}
	return c.Nodes()
}

// secure gives the cluster the protocol, users and certificates that the
// scenario's connection needs, and the client what goes with them.
func secure(config *simcluster.Config, s scenarios.Scenario) secrets {
	config.Beeswax = s.Target.Protocol == scenarios.Beeswax
	config.TLS = s.TLS.Enabled
	var with secrets
	if s.Auth.Mechanism == scenarios.LDAP {
		with.password = newPassword()
		config.Auth, config.Users = simcluster.LDAP, map[string]string{s.Auth.User: with.password}
	}
	return with
}

// closing stops the cluster; one that does not stop is our own fault.
func closing(c *simcluster.Cluster) error {
	if err := c.Close(); err != nil {
		return &exitError{exitInternal, fmt.Errorf("stop the embedded cluster: %w", err)}
	}
	return nil
}
