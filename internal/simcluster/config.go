package simcluster

import (
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"time"
)

// Balance is how a listener chooses the coordinator for a new connection. "" is
// Random.
type Balance string

// The balancing policies. Listeners share no state.
const (
	BalanceRandom     Balance = "random"      // independent random choices, which is what a Network Load Balancer's flow hash looks like to a client
	BalanceRoundRobin Balance = "round-robin" // in turn; smoothly interleaved if there are weights
	BalanceFlowHash   Balance = "flow-hash"   // a hash of the seed, the node and the number of the connection; the client's port is not used
	BalanceLeastConn  Balance = "leastconn"   // fewest open connections, including Background; ties in turn
	BalanceSource     Balance = "source"      // a hash of the client's address, the same on all nodes
)

// Balances lists every Balance, the default first.
func Balances() []Balance {
	return []Balance{BalanceRandom, BalanceRoundRobin, BalanceFlowHash, BalanceLeastConn, BalanceSource}
}

// Config describes a cluster. The zero value is five healthy coordinators
// behind two nodes that choose at random.
type Config struct {
	Coordinators int     // number of coordinators; 0: 5
	First        int     // number of the first coordinator, from which names, process IDs and page addresses derive, so that several clusters on one host differ; 0: 1
	Nodes        int     // number of balancer addresses; 0: 2
	Balance      Balance // "": Random
	Background   []int   // HS2 connections by other clients, per coordinator: counted by LeastConn, each with a service thread as long as there are any; nil: none
	Faults       []Fault // applied in order; later ones override earlier ones
	Seed         uint64  // of every random choice; 0 is a valid seed

	HS2Port     uint16     // port of every node; 0: any free port
	BeeswaxPort uint16     // the same for Beeswax
	Beeswax     bool       // serve Beeswax in addition to HS2
	HTTPPort    uint16     // the same for HS2 over HTTP
	HTTP        bool       // serve HS2 over HTTP in addition to HS2
	ListenIP    netip.Addr // address of the first node, IPv4 loopback; zero: 127.0.0.2. The others follow: 127.0.0.3...

	Layer7       bool // the nodes balance the requests over HTTP one by one, as HAProxy in mode http does, and add X-Forwarded-For; otherwise connections
	StickyCookie bool // with Layer7: each client gets a cookie of the balancer and stays with its coordinator, as with HAProxy's "cookie SERVERID insert indirect"

	Auth            Auth
	Users           map[string]string   // AuthLDAP: user to password; if empty, every login is rejected
	JWKS            []byte              // AuthJWT: a JSON Web Key Set, as a file given by --jwks_file_path; nil: as in Impala, every signed token is accepted
	Keytab          []byte              // AuthKerberos: the key table of every coordinator
	Principal       string              // AuthKerberos: whose tickets the binary ports accept, impala/host@REALM; over HTTP any of Keytab's are; "": Keytab's first
	SharedCookieKey bool                // the coordinators share the key of their cookies (--cookie_secret_file); otherwise each has its own
	ProxyUsers      map[string][]string // who may delegate, and to whom ("*": to everybody), as --authorized_proxy_user_config; nil: nobody may
	TLS             bool                // terminated at every listener
	Host            string              // host name in the certificates; "": impala.example.com

	Threads       int           // service threads per coordinator and protocol; 0: 64 (--fe_service_threads)
	SetupThreads  int           // threads that run the login and wait for a service thread; 0: 2 (--accepted_cnxn_setup_thread_pool_size)
	AcceptTimeout time.Duration // longest wait for a service thread, then EOF; 0: 5 min (--accepted_client_cnxn_timeout)
	Version       string        // Impala's version number; "": 4.5.0

	Web      bool              // serve every coordinator's web pages, each on its own address: 127.0.1.1 for number 1, 127.0.1.2... The coordinators' names are then these addresses
	WebPort  uint16            // port of all pages; 0: any free port
	WebTLS   bool              // the pages are served over HTTPS
	WebUsers map[string]string // who may read the pages: user to password, by Digest; nil: everybody

	deferAccept time.Duration // how long a silent connection is not accepted; 0: deferAccept

	Log *slog.Logger // connections and balancing decisions at level Debug, rejected logins at Info; never a password. nil: no log
}

// ConfigError is an invalid Config. Nothing was opened.
type ConfigError struct {
	Field  string // the Config field
	Fault  string // the invalid fault; "": Field is not Faults
	Reason string // one sentence without a period
}

func (e *ConfigError) Error() string {
	if e.Fault != "" {
		return "fault " + e.Fault + ": " + e.Reason
	}
	return e.Field + ": " + e.Reason
}

// Limits for one process.
const (
	MaxCoordinators = 500
	MaxNodes        = 64
)

// withDefaults replaces zero fields with defaults and validates the result.
func (c Config) withDefaults() (Config, error) {
	setDefault(&c.Coordinators, 5)
	setDefault(&c.First, 1)
	setDefault(&c.Nodes, 2)
	setDefault(&c.Balance, BalanceRandom)
	setDefault(&c.ListenIP, netip.AddrFrom4([4]byte{127, 0, 0, 2}))
	setDefault(&c.Host, "impala.example.com")
	setDefault(&c.Threads, 64)
	setDefault(&c.SetupThreads, 2)
	setDefault(&c.AcceptTimeout, 5*time.Minute)
	setDefault(&c.Version, "4.5.0")
	setDefault(&c.deferAccept, deferAccept)
	setDefault(&c.Log, slog.New(slog.DiscardHandler))
	c.Background, c.Faults, c.Users = slices.Clone(c.Background), slices.Clone(c.Faults), maps.Clone(c.Users)
	c.WebUsers, c.ProxyUsers, c.JWKS = maps.Clone(c.WebUsers), maps.Clone(c.ProxyUsers), slices.Clone(c.JWKS)
	c.Keytab = slices.Clone(c.Keytab)
	return c, c.validate()
}

// validate returns a *ConfigError for the first invalid field. c must have its
// defaults.
func (c Config) validate() (err error) {
	reject := func(invalid bool, field, format string, args ...any) {
		if invalid && err == nil {
			err = &ConfigError{Field: field, Reason: fmt.Sprintf(format, args...)}
		}
	}
	reject(c.Coordinators < 1 || c.Coordinators > MaxCoordinators, "Coordinators", "%d is not from 1 to %d", c.Coordinators, MaxCoordinators)
	reject(c.First < 1 || c.First-1+c.Coordinators > MaxCoordinators, "First", "%d coordinators from number %d on exceed the range from 1 to %d", c.Coordinators, c.First, MaxCoordinators)
	reject(c.Nodes < 1 || c.Nodes > MaxNodes, "Nodes", "%d is not from 1 to %d", c.Nodes, MaxNodes)
	reject(!slices.Contains(Balances(), c.Balance), "Balance", "%s", unknownBalance(c.Balance))
	reject(c.Background != nil && len(c.Background) != c.Coordinators, "Background", "got %d numbers for %d coordinators", len(c.Background), c.Coordinators)
	reject(slices.ContainsFunc(c.Background, func(n int) bool { return n < 0 }), "Background", "numbers must not be negative")
	reject(!c.ListenIP.Is4() || !c.ListenIP.IsLoopback(), "ListenIP", "%v is not an IPv4 loopback address", c.ListenIP)
	reject(c.Auth > AuthLDAP|AuthKerberos|AuthJWT, "Auth", "%d is not a set of known ways", c.Auth)
	reject(c.Auth.has(AuthKerberos) && len(c.Keytab) == 0, "Keytab", "Kerberos needs one")
	reject(c.Auth.has(AuthJWT) && !c.HTTP, "Auth", "a JWT needs HS2 over HTTP")
	reject(c.Layer7 && !c.HTTP, "Layer7", "it needs HS2 over HTTP")
	reject(c.StickyCookie && !c.Layer7, "StickyCookie", "it needs Layer7")
	reject(c.Threads < 1, "Threads", "%d is less than 1", c.Threads)
	reject(c.SetupThreads < 1, "SetupThreads", "%d is less than 1", c.SetupThreads)
	reject(c.AcceptTimeout < 0, "AcceptTimeout", "%v is negative", c.AcceptTimeout)
	reject(c.Beeswax && c.HS2Port != 0 && c.HS2Port == c.BeeswaxPort, "BeeswaxPort", "it must differ from the HS2 port")
	reject(c.HTTP && c.HTTPPort != 0 && (c.HTTPPort == c.HS2Port || c.Beeswax && c.HTTPPort == c.BeeswaxPort), "HTTPPort", "it must differ from the other ports")
	return err
}

func unknownBalance(b Balance) string {
	names := make([]string, 0, len(Balances()))
	for _, balance := range Balances() {
		names = append(names, string(balance))
	}
	return unknownName(string(b), names)
}

// setDefault sets *v to def if it is zero.
func setDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}
