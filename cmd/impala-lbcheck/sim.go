package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// simFlags are the flags of sim.
type simFlags struct {
	cluster              *clusterFlags
	hs2Port, beeswaxPort portFlag
	httpPort             portFlag
	http                 bool // --hs2-http-port was given
	direct               bool
	layer7, stickyCookie bool
	login                simLogin
	tls                  bool
	caOut                string
	clientOut            string
	seed                 uint64
	verbose              bool
	first                int
	webPort              portFlag
	web                  bool // --web-port was given
	webTLS               bool
	webUser              string
	webPasswordFile      string
}

// newSim returns the command that serves the simulated cluster to other clients.
func newSim(e env) *cobra.Command {
	f := &simFlags{}
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Serve a simulated cluster for other clients",
		Long: `Serve a simulated cluster and its balancer on loopback until interrupted. When
all listeners are ready, sim prints one JSON line per listener, with its address
and the coordinators behind it.`,
		Example: `  impala-lbcheck sim --hs2-port 21050 --beeswax-port 21000
  impala-lbcheck sim --direct --coordinators 4        # an address per coordinator, to put behind your own balancer
  impala-lbcheck sim --tls --ca-out ca.pem --auth ldap --user alice --password-file pw
  impala-lbcheck sim --hs2-http-port 28000 --tls --ca-out ca.pem --auth jwt --jwks keys.json
  impala-lbcheck sim --hs2-http-port 28000 --auth kerberos --keytab impala.keytab`,
		GroupID: groupTry,
		Args:    none,
	}
	f.cluster = withCluster(cmd)
	cmd.Flags().Var(&f.hs2Port, "hs2-port", "HiveServer2 port of every node; 0: any free port")
	cmd.Flags().Var(&f.beeswaxPort, "beeswax-port", "Beeswax port of every node; 0: any free port")
	cmd.Flags().Var(&f.httpPort, "hs2-http-port", "port of HiveServer2 over HTTP of every node; 0: any free port (default: it is not served)")
	cmd.Flags().BoolVar(&f.direct, "direct", false, "serve one listener per coordinator instead of the balancer")
	cmd.Flags().BoolVar(&f.layer7, "layer7", false, "over HTTP, balance requests instead of connections, as HAProxy does in mode http")
	cmd.Flags().BoolVar(&f.stickyCookie, "sticky-cookie", false, "with --layer7: keep each client on its coordinator by a cookie of the balancer's, SERVERID")
	f.login.bind(cmd)
	cmd.Flags().BoolVar(&f.tls, "tls", false, "use TLS on every listener")
	cmd.Flags().StringVar(&f.caOut, "ca-out", "", "write the CA certificate to `FILE`")
	cmd.Flags().StringVar(&f.clientOut, "client-out", "", "write a client certificate and its key to `FILE`, which only its owner can read, for --fault client-certificate")
	cmd.Flags().Uint64Var(&f.seed, "seed", demoSeed, "seed of the balancer's random choices")
	f.first = 1
	cmd.Flags().Var(&intFlag{&f.first, 1, simcluster.MaxCoordinators}, "first", "number of the first coordinator, to tell several clusters on one host apart")
	cmd.Flags().Var(&f.webPort, "web-port", "serve the coordinators' web pages on this port, each coordinator on its own address (127.0.1.1...); 0: any free port (default: no pages)")
	cmd.Flags().BoolVar(&f.webTLS, "web-tls", false, "serve the web pages over HTTPS")
	cmd.Flags().StringVar(&f.webUser, "web-user", "", "user name for the web pages (default: no login)")
	cmd.Flags().StringVar(&f.webPasswordFile, "web-password-file", "", "`FILE` with the password for the web pages")
	cmd.Flags().BoolVar(&f.verbose, "verbose", false, "log connections and, at the end, counters to stderr")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		f.web, f.http = cmd.Flags().Changed("web-port"), cmd.Flags().Changed("hs2-http-port")
		return sim(cmd.Context(), e, f)
	}
	return cmd
}

// sim serves the cluster until the context ends.
func sim(ctx context.Context, e env, f *simFlags) (err error) {
	config, err := f.config(ctx)
	if err != nil {
		return err
	}
	if f.verbose {
		config.Log = slog.New(slog.NewTextHandler(e.err, nil))
	}
	if err := f.checkFiles(); err != nil {
		return err
	}
	cluster, err := startCluster(config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeCluster(cluster)) }()
	if f.caOut != "" {
		if err := e.files.replace(ctx, f.caOut, forAll, content(cluster.CA())); err != nil {
			return fmt.Errorf("--ca-out: %w", err)
		}
	}
	if f.clientOut != "" {
		if err := writeClientCertificate(ctx, e, cluster, f.clientOut); err != nil {
			return err
		}
	}
	if err := printListeners(e.out, cluster, f.direct); err != nil {
		return err
	}
	<-ctx.Done()
	if f.verbose {
		logStats(config.Log, cluster.Stats())
	}
	return nil
}

// checkFiles fails where one file would be written over another.
func (f *simFlags) checkFiles() error {
	outs := []namedFile{{"--ca-out", f.caOut}, {"--client-out", f.clientOut}}
	for i, out := range outs {
		for _, secret := range append(f.login.files(), namedFile{"a password file", f.webPasswordFile}) {
			if out.path != "" && secret.path != "" && same(out.path, secret.path) {
				return fmt.Errorf("%s %s is %s: write to another file", out.name, out.path, secret.name)
			}
		}
		if i > 0 && out.path != "" && same(out.path, outs[0].path) {
			return fmt.Errorf("%s and %s are the same file: give each its own", outs[0].name, out.name)
		}
	}
	if f.clientOut != "" && !f.tls {
		return errors.New("--client-out needs --tls")
	}
	return nil
}

// writeClientCertificate writes a certificate for a client, and its key.
func writeClientCertificate(ctx context.Context, e env, c *simcluster.Cluster, name string) error {
	b, err := c.ClientCertificate(demoUser)
	if err != nil {
		return &exitError{exitInternal, err}
	}
	if err := e.files.replace(ctx, name, forOwner, content(b)); err != nil {
		return fmt.Errorf("--client-out: %w", err)
	}
	return nil
}

// logStats logs what each coordinator has served.
func logStats(log *slog.Logger, s simcluster.Stats) {
	for _, c := range s.Coordinators {
		log.Info("served", "coordinator", c.Name, "connections", c.Connections,
			"sessions_opened", c.SessionsOpened, "sessions_closed", c.SessionsClosed, "statements", c.Statements)
	}
	log.Info("stopped", "logins", s.Logins, "logins_rejected", s.Rejected, "tls_handshakes_failed", s.FailedTLS)
}

// config returns the cluster that the flags describe.
func (f *simFlags) config(ctx context.Context) (simcluster.Config, error) {
	config, err := f.cluster.config(f.seed)
	if err != nil {
		return config, err
	}
	config.HS2Port, config.BeeswaxPort, config.Beeswax = uint16(f.hs2Port), uint16(f.beeswaxPort), true
	config.HTTP, config.HTTPPort = f.http, uint16(f.httpPort)
	config.Layer7, config.StickyCookie = f.layer7, f.stickyCookie
	config.TLS = f.tls
	config.First, config.Web, config.WebPort = f.first, f.web, uint16(f.webPort)
	config.WebTLS = f.webTLS
	if f.webUser != "" {
		password, err := readWebPassword(ctx, scenarios.Target{WebUser: f.webUser, WebPasswordFile: f.webPasswordFile})
		if err != nil {
			return config, err
		}
		config.WebUsers = map[string]string{f.webUser: password}
	}
	if f.direct {
		// The listener of a coordinator is a node whose zone has only that coordinator.
		config.Nodes = config.Coordinators
		zones, err := simcluster.ParseFault("zones=" + strings.TrimSuffix(strings.Repeat("1:", config.Nodes), ":"))
		if err != nil {
			return config, err
		}
		config.Faults = append(config.Faults, zones)
	}
	return config, f.login.apply(ctx, &config)
}

// listenerLine is the line that sim prints for a listener.
type listenerLine struct {
	Listener     string             `json:"listener"` // hs2, hs2-http, beeswax
	Address      netip.AddrPort     `json:"address"`
	Node         int                `json:"node,omitempty"`        // the balancer's node, from 1; 0 with --direct
	Coordinator  string             `json:"coordinator,omitempty"` // with --direct: the coordinator behind the listener
	Coordinators []string           `json:"coordinators"`          // all coordinators of the cluster
	PIDs         map[string][]int32 `json:"pids"`
	Pages        []netip.AddrPort   `json:"pages,omitempty"` // the web pages' addresses by coordinator; none without --web-port
}

// printListeners prints a line per listener.
func printListeners(out io.Writer, c *simcluster.Cluster, direct bool) error {
	for _, p := range []scenarios.Protocol{scenarios.ProtocolHS2, scenarios.ProtocolHS2HTTP, scenarios.ProtocolBeeswax} {
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

// nodesOf returns the addresses of the balancer's nodes for a protocol.
func nodesOf(c *simcluster.Cluster, p scenarios.Protocol) []netip.AddrPort {
	switch p {
	case scenarios.ProtocolBeeswax:
		return c.BeeswaxNodes()
	case scenarios.ProtocolHS2HTTP:
		return c.HTTPNodes()
	}
	return c.Nodes()
}

// closeCluster stops the cluster. An error is internal.
func closeCluster(c *simcluster.Cluster) error {
	if err := c.Close(); err != nil {
		return &exitError{exitInternal, fmt.Errorf("stop the simulated cluster: %w", err)}
	}
	return nil
}
