package simcluster

import (
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"time"
)

// Balance is how a listener chooses the coordinator of a new connection. "" is
// Random.
type Balance string

// The ways to choose. Each listener chooses for itself and shares nothing with
// the others.
const (
	Random     Balance = "random"      // independent draws, as a Network Load Balancer's flow hash looks from outside
	RoundRobin Balance = "round-robin" // in turn; with weights, smoothly interleaved
	FlowHash   Balance = "flow-hash"   // a hash of seed, node and the connection's ordinal; the real port is not used
	LeastConn  Balance = "leastconn"   // fewest open connections, Background included; ties in turn
	Source     Balance = "source"      // a hash of the client's address, alike on all nodes
)

// Balances lists every Balance, the default first.
func Balances() []Balance { return []Balance{Random, RoundRobin, FlowHash, LeastConn, Source} }

// Auth is what coordinators ask of a client before they serve it.
type Auth string

// NoAuth is Thrift without SASL; LDAP is SASL PLAIN against Config.Users, on
// the HS2 and the Beeswax port alike.
const (
	NoAuth Auth = ""
	LDAP   Auth = "ldap"
)

// Config describes a cluster. The zero value is five healthy coordinators
// behind two nodes that choose at random.
type Config struct {
	Coordinators int     // 0: 5
	First        int     // number of the first coordinator: names, process ids and pages' addresses follow it, so that clusters side by side differ; 0: 1
	Nodes        int     // listeners' addresses; 0: 2
	Balance      Balance // "": Random
	Background   []int   // HS2 connections of others per coordinator: LeastConn counts them, and each has a service thread while there is one; nil: none
	Faults       []Fault // later ones are applied over earlier ones
	Seed         uint64  // of every choice made; 0 is a seed like any other

	HS2Port     uint16     // the listeners' port on every node; 0: any free one
	BeeswaxPort uint16     // likewise; only with Beeswax
	Beeswax     bool       // serve Beeswax beside HS2
	ListenIP    netip.Addr // the first node's address, IPv4 loopback; zero: 127.0.0.2. The others follow: 127.0.0.3...

	Auth  Auth
	Users map[string]string // LDAP: user to password; nobody can log in where it is empty
	TLS   bool              // terminated at every listener
	Host  string            // the name in the certificates; "": impala.example.com

	Threads       int           // service threads per coordinator and protocol; 0: 64 (--fe_service_threads)
	SetupThreads  int           // threads that log in and wait for a service thread; 0: 2 (--accepted_cnxn_setup_thread_pool_size)
	AcceptTimeout time.Duration // longest wait for a service thread, then EOF; 0: 5 min (--accepted_client_cnxn_timeout)
	Version       string        // Impala's version number; "": 4.5.0

	Web     bool   // serve every coordinator's web pages, each on an address of its own: 127.0.1.1 for number 1, 127.0.1.2... Names are then these addresses
	WebPort uint16 // the pages' port on all of them; 0: any free one

	Log *slog.Logger // connections and choices at level Debug, refused logins at Info; never a password. nil: silent
}

// ConfigError is a Config that cannot be served: nothing was opened.
type ConfigError struct {
	Field  string // the Config field, or "Faults: NAME"
	Reason string // one clause
}

func (e *ConfigError) Error() string { return "simcluster: " + e.Field + ": " + e.Reason }

// Bounds of what one process can reasonably serve.
const (
	maxCoordinators = 500
	maxNodes        = 64
)

// withDefaults fills zero fields in and refuses what makes no sense.
func (c Config) withDefaults() (Config, error) {
	setDefault(&c.Coordinators, 5)
	setDefault(&c.First, 1)
	setDefault(&c.Nodes, 2)
	setDefault(&c.Balance, Random)
	setDefault(&c.ListenIP, netip.AddrFrom4([4]byte{127, 0, 0, 2}))
	setDefault(&c.Host, "impala.example.com")
	setDefault(&c.Threads, 64)
	setDefault(&c.SetupThreads, 2)
	setDefault(&c.AcceptTimeout, 5*time.Minute)
	setDefault(&c.Version, "4.5.0")
	setDefault(&c.Log, slog.New(slog.DiscardHandler))
	c.Background, c.Faults, c.Users = slices.Clone(c.Background), slices.Clone(c.Faults), maps.Clone(c.Users)
	for _, check := range []struct {
		bad        bool
		field, why string
	}{
		{c.Coordinators < 1 || c.Coordinators > maxCoordinators, "Coordinators", fmt.Sprintf("%d is not from 1 to %d", c.Coordinators, maxCoordinators)},
		{c.First < 1 || c.First-1+c.Coordinators > maxCoordinators, "First", fmt.Sprintf("%d and the coordinators after it are not from 1 to %d", c.First, maxCoordinators)},
		{c.Nodes < 1 || c.Nodes > maxNodes, "Nodes", fmt.Sprintf("%d is not from 1 to %d", c.Nodes, maxNodes)},
		{!slices.Contains(Balances(), c.Balance), "Balance", fmt.Sprintf("%q is none of %v", c.Balance, Balances())},
		{c.Background != nil && len(c.Background) != c.Coordinators, "Background", fmt.Sprintf("%d numbers for %d coordinators", len(c.Background), c.Coordinators)},
		{slices.ContainsFunc(c.Background, func(n int) bool { return n < 0 }), "Background", "a number is negative"},
		{!c.ListenIP.Is4() || !c.ListenIP.IsLoopback(), "ListenIP", fmt.Sprintf("%v is not an IPv4 loopback address", c.ListenIP)},
		{c.Auth != NoAuth && c.Auth != LDAP, "Auth", fmt.Sprintf("%q is neither empty nor ldap", string(c.Auth))},
		{c.Threads < 1, "Threads", "less than one"},
		{c.SetupThreads < 1, "SetupThreads", "less than one"},
		{c.AcceptTimeout < 0, "AcceptTimeout", "negative"},
		{c.Beeswax && c.HS2Port != 0 && c.HS2Port == c.BeeswaxPort, "BeeswaxPort", "the same as HS2Port"},
	} {
		if check.bad {
			return c, &ConfigError{check.field, check.why}
		}
	}
	return c, nil
}

// setDefault sets *v to def where it is zero.
func setDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}
