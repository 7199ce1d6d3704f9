package simcluster

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

// Cluster is a running cluster. Its methods are safe for concurrent use.
type Cluster struct {
	config       Config
	plan         *plan
	credentials  credentials
	startedAt    time.Time
	authority    *certs.Authority               // nil without TLS
	certificates map[certs.Kind]tls.Certificate // presented by the nodes; nil without TLS
	names        []string                       // of the coordinators, host:port
	coordinators []*coordinator
	balancer     *balancer
	listeners    [protocolCount][]*nodeListener // by node; nil: the protocol is not served
	pages        []*webServer                   // by coordinator; nil without Config.Web

	bytesReceived atomic.Int64 // from clients, after TLS
	webLogins     atomic.Int64 // answers to the web pages' challenge
	cancel        context.CancelFunc
	goroutines    sync.WaitGroup
	mu            sync.Mutex
	closed        bool
	connected     map[*net.TCPConn]struct{}
}

// Start starts a cluster, which is listening when Start returns. The error is a
// *[ConfigError] if c is invalid; any other error comes from opening a listener.
// Stop the cluster with [Cluster.Close].
func Start(c Config) (*Cluster, error) {
	c, p, err := c.planned()
	if err != nil {
		return nil, err
	}
	cl := &Cluster{config: c, plan: p, balancer: newBalancer(c, p), startedAt: time.Now(), connected: make(map[*net.TCPConn]struct{})}
	if cl.credentials, err = newCredentials(c); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	cl.cancel = cancel
	if err := cl.openListeners(ctx); err != nil {
		cl.Close()
		return nil, err
	}
	for _, nodes := range cl.listeners {
		for _, n := range nodes {
			cl.goroutines.Go(func() { n.serve(ctx) })
		}
	}
	for _, c := range cl.coordinators {
		if c.plan.down.isSet() {
			cl.goroutines.Go(func() { c.stopAndRestart(ctx, cl.startedAt) })
		}
	}
	for i, w := range cl.pages {
		cl.servePages(w, cl.coordinators[i])
	}
	return cl, nil
}

// openListeners opens every listener, those of the web pages first: their
// addresses are the coordinators' names.
func (cl *Cluster) openListeners(ctx context.Context) (err error) {
	if cl.config.TLS || cl.config.WebTLS {
		if cl.authority, err = certs.New(cl.startedAt); err != nil {
			return err
		}
	}
	if cl.config.Web {
		if err := cl.listenPages(ctx); err != nil {
			return err
		}
	}
	cl.addCoordinators()
	return cl.listen(ctx)
}

// addCoordinators creates the coordinators.
func (cl *Cluster) addCoordinators() {
	before := cl.config.First - 1
	hosts := hostNames(cl.config.First, cl.config.Coordinators, cl.plan.balancer)
	pids := processIDs(2*(before+len(hosts)), cl.config.Seed)[2*before:]
	for i, host := range hosts {
		name := webAddress(host)
		if cl.config.Web {
			host, name = cl.pages[i].addr().Addr().String(), cl.pages[i].addr().String()
		}
		cl.names = append(cl.names, name)
		if cl.plan.coordinators[i].foreign {
			host = foreignHost(before + i)
			name = webAddress(host)
		}
		co := newCoordinator(cl.config, cl.plan.coordinators[i], i, host, name, [2]int32{pids[2*i], pids[2*i+1]})
		co.credentials = cl.credentials.forCoordinator(cl.config, cl.plan.coordinators[i])
		cl.coordinators = append(cl.coordinators, co)
	}
}

// Close closes every connection and returns when every goroutine has ended. It
// may be called more than once.
func (cl *Cluster) Close() error {
	cl.cancel()
	cl.mu.Lock()
	cl.closed = true
	for tcp := range cl.connected {
		tcp.Close()
	}
	cl.mu.Unlock()
	for _, nodes := range cl.listeners {
		for _, n := range nodes {
			n.listener.Close()
		}
	}
	for _, w := range cl.pages {
		w.stop()
	}
	cl.goroutines.Wait()
	return nil
}

// track adds a connection to those that Close closes; false if the cluster is
// already closed.
func (cl *Cluster) track(tcp *net.TCPConn) bool {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if !cl.closed {
		cl.connected[tcp] = struct{}{}
	}
	return !cl.closed
}

func (cl *Cluster) untrack(tcp *net.TCPConn) {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	delete(cl.connected, tcp)
}

// elapsed is the time since the cluster's start.
func (cl *Cluster) elapsed() time.Duration { return time.Since(cl.startedAt) }

// Nodes returns the addresses of the HS2 listeners to which the balancer's name
// resolves, in order: all nodes, or the first one with the fault one-node.
func (cl *Cluster) Nodes() []netip.AddrPort { return cl.resolvedNodes(protocolHS2) }

// BeeswaxNodes returns the Beeswax listeners' addresses in the same way; none
// without Config.Beeswax.
func (cl *Cluster) BeeswaxNodes() []netip.AddrPort { return cl.resolvedNodes(protocolBeeswax) }

// HTTPNodes returns the addresses of the listeners for HS2 over HTTP in the same way;
// none without Config.HTTP.
func (cl *Cluster) HTTPNodes() []netip.AddrPort { return cl.resolvedNodes(protocolHTTP) }

func (cl *Cluster) resolvedNodes(proto protocol) []netip.AddrPort {
	var addrs []netip.AddrPort
	for _, n := range cl.listeners[proto] {
		addrs = append(addrs, n.addr())
		if cl.plan.oneNode {
			break
		}
	}
	return addrs
}

// Names returns the coordinators' names, in order: host:port of their web
// servers, as an administrator would declare them. With Config.Web the pages are
// served there, otherwise nothing is. With the fault foreign a coordinator
// identifies itself by another name.
func (cl *Cluster) Names() []string { return slices.Clone(cl.names) }

// Pages returns the addresses of the coordinators' web pages, in order; nil
// without Config.Web.
func (cl *Cluster) Pages() []netip.AddrPort {
	var addrs []netip.AddrPort
	for _, w := range cl.pages {
		addrs = append(addrs, w.addr())
	}
	return addrs
}

// PIDs maps each name that coordinators report to the process IDs that they have
// had, by coordinator, oldest first.
func (cl *Cluster) PIDs() map[string][]int32 {
	pids := make(map[string][]int32)
	for _, c := range cl.coordinators {
		c.mu.Lock()
		pids[c.name] = append(pids[c.name], c.pids...)
		c.mu.Unlock()
	}
	return pids
}

// ClientCertificate issues a certificate for a client, and its key, PEM encoded in one
// text, for listeners that require one. It fails without TLS.
func (cl *Cluster) ClientCertificate(name string) ([]byte, error) {
	if cl.authority == nil {
		return nil, errors.New("a client certificate needs TLS")
	}
	return cl.authority.Client(name)
}

// CA returns the root certificates to trust, PEM encoded; nil without TLS.
func (cl *Cluster) CA() []byte {
	if cl.authority == nil {
		return nil
	}
	return cl.authority.RootPEM()
}
