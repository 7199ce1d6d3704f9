package scenarios

import (
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Scenario is what to do and what counts as good. It is the same in a file, in
// the built-in list and after flags have overridden it. It never holds a secret:
// a password is named by the file, command or variable that yields it.
type Scenario struct {
	Name         string              `yaml:"name" json:"name"`
	Kind         Kind                `yaml:"kind,omitempty" json:"kind,omitempty"` // "" is looks
	Description  string              `yaml:"description,omitempty" json:"description,omitempty"`
	Target       Target              `yaml:"target,omitempty" json:"target"`
	Auth         Auth                `yaml:"auth,omitempty" json:"auth"`
	TLS          TLSConfig           `yaml:"tls,omitempty" json:"tls"`
	Load         LoadConfig          `yaml:"load,omitempty" json:"load"`
	Capacity     CapacityConfig      `yaml:"capacity,omitempty" json:"capacity,omitzero"`              // of kind capacity
	Idle         IdleConfig          `yaml:"idle,omitempty" json:"idle,omitzero"`                      // of kind idle
	Watch        WatchConfig         `yaml:"watch,omitempty" json:"watch,omitzero"`                    // of kind watch
	Reuse        ReuseConfig         `yaml:"reuse,omitempty" json:"reuse,omitzero"`                    // of kind handle-reuse
	Audit        AuditConfig         `yaml:"audit,omitempty" json:"audit,omitzero"`                    // of kinds audit and looks
	Query        string              `yaml:"query,omitempty" json:"query,omitempty"`                   // "" is SELECT pid()
	IdentityWith string              `yaml:"identity_query,omitempty" json:"identity_query,omitempty"` // takes the place of Query on servers that are not Impala; first column names the coordinator, a second the pid
	QueryOptions map[string]string   `yaml:"query_options,omitempty" json:"query_options,omitempty"`
	Expect       Expect              `yaml:"expect,omitempty" json:"expect"`
	Thresholds   map[string][]string `yaml:"thresholds,omitempty" json:"thresholds,omitempty"`
	StrictErrors bool                `yaml:"strict_errors,omitempty" json:"strict_errors,omitempty"` // one failed session is enough
	Inconclusive OnInconclusive      `yaml:"inconclusive,omitempty" json:"inconclusive,omitempty"`
	Seed         uint64              `yaml:"seed,omitempty" json:"seed,omitempty"` // 0: chosen by the run
}

// Target is where the balancer is.
type Target struct {
	Endpoints       []string       `yaml:"endpoints,omitempty" json:"endpoints"`                       // host or host:port, each a node or a name of nodes
	Protocol        Protocol       `yaml:"protocol,omitempty" json:"protocol"`                         // "" is hs2
	HTTPPath        string         `yaml:"http_path,omitempty" json:"http_path,omitempty"`             // of the requests of hs2-http; "" is cliservice
	HTTPHeaders     []string       `yaml:"http_headers,omitempty" json:"http_headers,omitempty"`       // "Name: value" that each request has, too
	HTTPConnection  HTTPConnection `yaml:"http_connection,omitempty" json:"http_connection,omitempty"` // "" is session
	HTTPExpect      bool           `yaml:"http_expect,omitempty" json:"http_expect,omitempty"`         // requests ask for 100 Continue
	DNS             DNS            `yaml:"dns,omitempty" json:"dns,omitempty"`                         // "" is all
	WebPort         int            `yaml:"web_port,omitempty" json:"web_port,omitempty"`               // of the declared coordinators' web pages, which are then read; 0: they are not
	WebTLS          bool           `yaml:"web_tls,omitempty" json:"web_tls,omitempty"`                 // the pages are served over HTTPS, with certificates for the coordinators' hosts
	WebUser         string         `yaml:"web_user,omitempty" json:"web_user,omitempty"`               // who logs in to the pages; "": nobody
	WebPasswordFile string         `yaml:"web_password_file,omitempty" json:"web_password_file,omitempty"`
	Confirm         string         `yaml:"confirm,omitempty" json:"confirm,omitempty"` // host repeated by the user to lift the guard rails
}

// Protocol is what the listener speaks.
type Protocol = vocab.Protocol

// The protocols.
const (
	ProtocolHS2     = vocab.ProtocolHS2     // HiveServer2, binary
	ProtocolHS2HTTP = vocab.ProtocolHS2HTTP // HiveServer2 over HTTP, one call a request
	ProtocolBeeswax = vocab.ProtocolBeeswax // off by default from Impala 5
)

// HTTPConnection says which calls of a session over HTTP share a connection. Behind a
// balancer it decides which coordinators they reach.
type HTTPConnection string

// The ways to use connections.
const (
	HTTPPerSession HTTPConnection = "session" // all calls of a session, as impala-shell and JDBC
	HTTPPerCall    HTTPConnection = "call"    // each call has its own, as impyla
)

// DNS says which of a name's addresses are nodes.
type DNS string

// The ways to resolve.
const (
	DNSAll  DNS = "all"  // A, and AAAA where a route exists
	DNSIPv4 DNS = "ipv4" // A only
	DNSIPv6 DNS = "ipv6" // AAAA only
	DNSOS   DNS = "os"   // the one address the system's resolver puts first
)

// TLSConfig says how to secure the connection and what to trust.
type TLSConfig struct {
	Enabled    bool   `yaml:"enabled,omitempty" json:"enabled"`
	CACert     string `yaml:"ca_cert,omitempty" json:"ca_cert,omitempty"`         // PEM file; "" is the system's roots
	ServerName string `yaml:"server_name,omitempty" json:"server_name,omitempty"` // "" is the endpoint's host
	ClientCert string `yaml:"client_cert,omitempty" json:"client_cert,omitempty"` // PEM file of the certificate to show, and what leads to its root; "": none is shown
	ClientKey  string `yaml:"client_key,omitempty" json:"client_key,omitempty"`   // PEM file of its key, which may be the same file
	MinVersion string `yaml:"min_version,omitempty" json:"min_version,omitempty"` // "1.2" or "1.3"; "" is 1.2
	Curve      string `yaml:"curve,omitempty" json:"curve,omitempty"`             // the only key exchange to offer: x25519, p256, ...; "" is Go's own list
	VerifyOnce bool   `yaml:"verify_once,omitempty" json:"verify_once,omitempty"` // follow each distinct chain to its root once per run; its facts are still recorded on each connection
}

// LoadConfig says how many sessions, and how they are opened.
type LoadConfig struct {
	Sessions       Auto     `yaml:"sessions,omitempty" json:"sessions"`                                           // N of a look; 0 is auto: what the rule needs
	PerCoordinator int      `yaml:"sessions_per_coordinator,omitempty" json:"sessions_per_coordinator,omitempty"` // used where Sessions is auto; 0: the rule's own N
	Lanes          Lanes    `yaml:"lanes,omitempty" json:"lanes,omitempty"`                                       // "" is per-node
	Burst          int      `yaml:"burst,omitempty" json:"burst"`                                                 // opened together after the N; 0: none
	BurstHold      Duration `yaml:"burst_hold,omitempty" json:"burst_hold"`
	Concurrency    int      `yaml:"concurrency,omitempty" json:"concurrency"` // sessions open at once, at most
	Rate           Rate     `yaml:"rate,omitempty" json:"rate"`               // new sessions a second, over all nodes; 0: not paced
	Settle         Duration `yaml:"settle,omitempty" json:"settle,omitempty"` // maximum time to wait until every coordinator is back
	SettleEvery    Duration `yaml:"settle_every,omitempty" json:"settle_every,omitempty"`
	Timeout        Duration `yaml:"timeout,omitempty" json:"timeout"`                           // of each phase
	WarmUp         Duration `yaml:"warm_up,omitempty" json:"warm_up,omitempty"`                 // sessions due before count for errors, and for no time that a threshold looks at
	Stages         []Stage  `yaml:"stages,omitempty" json:"stages,omitempty"`                   // of kind stages
	LocalAddresses []string `yaml:"local_addresses,omitempty" json:"local_addresses,omitempty"` // IP addresses of this machine to dial from, in turn; empty: as the system chooses
}

// Lanes says how the sequential sessions are laid out.
type Lanes string

// LanesPerNode is the only layout: each node has an equal part of the sessions, in one
// shuffle, and a session starts when the one before it, on any node, has ended, so that
// the order means something.
const LanesPerNode Lanes = "per-node"

// Expect is what counts as good.
type Expect struct {
	Coordinators ExpectCoordinators `yaml:"coordinators,omitempty" json:"coordinators"`
	Nodes        int                `yaml:"nodes,omitempty" json:"nodes,omitempty"`     // addresses behind the name; 0: any number
	Version      string             `yaml:"version,omitempty" json:"version,omitempty"` // part of every server's version; "": any, all alike
	Balance      ExpectBalance      `yaml:"balance,omitempty" json:"balance"`
	TLS          ExpectTLS          `yaml:"tls,omitempty" json:"tls"`
	MinIdle      Duration           `yaml:"min_idle,omitempty" json:"min_idle,omitempty"`     // idle: how long a connection must survive; 0: as long as the last step
	MaxOutage    Duration           `yaml:"max_outage,omitempty" json:"max_outage,omitempty"` // watch: how long new sessions may fail; 0: not one may
	MaxLost      int                `yaml:"max_lost,omitempty" json:"max_lost,omitempty"`     // watch: long sessions that may be lost on coordinators that stay
	Slowest      float64            `yaml:"slowest,omitempty" json:"slowest,omitempty"`       // query: the slowest coordinator's median over the others'; 0 is 3
}

// ExpectCoordinators is the expected set: by count, or by name, or (zero) unknown.
type ExpectCoordinators struct {
	Count int      `yaml:"count,omitempty" json:"count,omitempty"`
	Names []string `yaml:"names,omitempty" json:"names,omitempty"`
}

// K is how many coordinators are expected, at most MaxCoordinators; 0 where nothing was said.
func (e ExpectCoordinators) K() int { return min(max(e.Count, len(e.Names)), MaxCoordinators) }

// MaxCoordinators is more than any cluster has, and as many as the judges take.
const MaxCoordinators = 10_000

// ExpectBalance is what an even spread is.
type ExpectBalance struct {
	Policy    Policy    `yaml:"policy,omitempty" json:"policy"`
	Alpha     float64   `yaml:"alpha,omitempty" json:"alpha"`               // chance that one look at a healthy balancer alarms
	Tolerance float64   `yaml:"tolerance,omitempty" json:"tolerance"`       // relative deviation of a share that matters
	Weights   []float64 `yaml:"weights,omitempty" json:"weights,omitempty"` // in the order of Names, or of the sorted names seen; empty: equal
}

// Policy is how the balancer is said to choose.
type Policy string

// The policies.
const (
	PolicyAuto       Policy = "auto" // not said: judged as random
	PolicyRoundRobin Policy = "round-robin"
	PolicyFlowHash   Policy = "flow-hash"
	PolicyRandom     Policy = "random"
	PolicyLeastConn  Policy = "leastconn"
	PolicySource     Policy = "source"
)

// Policies lists every policy that may be declared.
func Policies() []Policy {
	return []Policy{PolicyAuto, PolicyRoundRobin, PolicyFlowHash, PolicyRandom, PolicyLeastConn, PolicySource}
}

// The limits where a scenario has none.
const (
	DefaultAlpha     = .001 // of expect.balance.alpha
	DefaultTolerance = .5   // of expect.balance.tolerance
	DefaultSlowest   = 3    // of expect.slowest
)

// The limits of a run that target.confirm does not lift.
const (
	UnconfirmedRate = 50 // new sessions a second
	UnconfirmedOpen = 64 // open at once
	UnconfirmedTime = 10 * time.Minute
)

// ExpectTLS is what a good certificate is.
type ExpectTLS struct {
	Issuer   []string `yaml:"issuer,omitempty" json:"issuer,omitempty"` // attributes, each must be in the leaf's issuer: RFC 4514, or as openssl prints names
	Root     []string `yaml:"root,omitempty" json:"root,omitempty"`     // the same, in the name of the root that the chain leads to
	DaysLeft int      `yaml:"days_left,omitempty" json:"days_left"`
}

// OnInconclusive says how an inconclusive run exits.
type OnInconclusive string

// The ways to exit where nothing was proven either way. "" is its own code, 3.
const (
	OnInconclusivePass OnInconclusive = "pass"
	OnInconclusiveFail OnInconclusive = "fail"
)

// Default returns the defaults of [Settings], which are those of the built-in
// scenario smoke, without a name: what a scenario file leaves out is as here.
func Default() Scenario {
	var s Scenario
	for _, st := range settings {
		if st.Default == "" {
			continue
		}
		if err := st.Set(&s, st.Default); err != nil {
			panic(err) // a default in the table that the table itself refuses
		}
	}
	s.Derive(func(string) bool { return false })
	return s
}

// eventAfter is when the event of a watch is due, at the latest.
const eventAfter = Duration(10 * time.Second)

// derived are the settings whose default follows another setting.
var derived = []struct {
	key   string
	unset func(*Scenario) bool // a value that counts as none; nil: none does
	from  func(*Scenario)
}{
	{"load.burst", nil, func(s *Scenario) { s.Load.Burst = s.Load.Concurrency }},
	{"watch.event_after", func(s *Scenario) bool { return s.Watch.EventAfter == 0 },
		func(s *Scenario) { s.Watch.EventAfter = min(eventAfter, s.Watch.For/4) }},
}

// Derive computes the defaults that follow other settings: load.burst and
// watch.event_after. set reports whether a file or an override has set a key,
// whose value then stays. [Parse] derives for its file; a program that overrides
// settings after that derives again, once all of them are in place.
func (s *Scenario) Derive(set func(key string) bool) {
	for _, d := range derived {
		if !set(d.key) || d.unset != nil && d.unset(s) {
			d.from(s)
		}
	}
}

// SourceSets reports whether a scenario file sets a key; false where it cannot be
// read.
func SourceSets(src []byte, key string) bool {
	doc, err := scenarioFile.Read("", src)
	return err == nil && doc.Has(key)
}
