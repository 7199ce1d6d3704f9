package simcluster

import (
	"crypto/tls"

	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

// FaultScope is what a fault affects, and so what @N counts.
type FaultScope string

// The scopes.
const (
	FaultScopeCoordinator FaultScope = "coordinator"
	FaultScopeBalancer    FaultScope = "balancer" // takes no @N
	FaultScopeNode        FaultScope = "node"     // @N is a node
	FaultScopeListener    FaultScope = "listener" // @N is a node; it needs TLS
)

// FaultInfo describes a fault for help and documentation.
type FaultInfo struct {
	Name          string // as ParseFault reads it
	Scope         FaultScope
	Example       string // an example value; "": the fault takes no value
	ValueOptional bool
	Effect        string // one clause, for the example value
}

// Syntax is what ParseFault accepts, with the example value: "slow=200ms[@N]".
func (i FaultInfo) Syntax() string {
	s := i.Name
	switch {
	case i.ValueOptional:
		s += "[=" + i.Example + "]"
	case i.Example != "":
		s += "=" + i.Example
	}
	if i.Scope != FaultScopeBalancer {
		s += "[@N]"
	}
	return s
}

// Faults lists every fault, in the order of the documentation.
func Faults() []FaultInfo {
	list := make([]FaultInfo, len(faultSpecs))
	for i, spec := range faultSpecs {
		list[i] = spec.FaultInfo
	}
	return list
}

// faultSpec is a fault and how it changes a plan. apply fails on an invalid
// value.
type faultSpec struct {
	FaultInfo
	apply func(*plan, Fault) error
	needs func(Config) string // what a Config lacks for the fault to have an effect; nil: nothing
}

// faultSpecs lists every fault. To add one, add a line.
var faultSpecs = []faultSpec{
	coordinatorFault("dead", "", "not running, which the balancer's health check knows: it gets no connections",
		func(c *coordinatorPlan, _ string) error { c.dead = true; return nil }),
	coordinatorFault("refused", "", "registered with the balancer, but its port is closed: clients connect to the balancer and read EOF",
		func(c *coordinatorPlan, _ string) error { c.refused = true; return nil }),
	coordinatorFault("hung", "", "accepts connections and never replies; a TCP health check succeeds",
		func(c *coordinatorPlan, _ string) error { c.hung = true; return nil }),
	coordinatorFault("draining", "", `replies "Server is being shut down" to new sessions and statements`,
		func(c *coordinatorPlan, _ string) error { c.draining = true; return nil }),
	withNeed(coordinatorFault("auth-reject", "", "rejects correct credentials as Impala rejects wrong ones: it closes the connection without a reply; over HTTP it replies 401",
		func(c *coordinatorPlan, _ string) error { c.authReject = true; return nil }), needsLogin),
	coordinatorFault("reset-after", "200", "resets each connection after this many bytes to the client",
		func(c *coordinatorPlan, v string) error { return parseNumber(v, 1, 1<<30, &c.resetAfter) }),
	coordinatorFault("slow", "200ms", "delays its reply to each OpenSession (Beeswax: query) by this long",
		func(c *coordinatorPlan, v string) error { return parseDuration(v, &c.slow) }),
	coordinatorFault("starting", "3s", "out of the balancer's rotation for this long after the start",
		func(c *coordinatorPlan, v string) error { return parseDuration(v, &c.starting) }),
	withOptionalValue(coordinatorFault("restart", "4", "has a new pid after this many sessions (default 4); open sessions stay open",
		func(c *coordinatorPlan, v string) error {
			c.restartAfter = 4
			if v == "" {
				return nil
			}
			return parseNumber(v, 1, 1<<30, &c.restartAfter)
		})),
	coordinatorFault("foreign", "", "belongs to another cluster and reports a name that is not declared",
		func(c *coordinatorPlan, _ string) error { c.foreign = true; return nil }),
	coordinatorFault("version", "4.4.1", "reports this version, unlike the other coordinators",
		func(c *coordinatorPlan, v string) error { return parseVersion(v, &c.version) }),
	coordinatorFault("pid", "1", "reports this pid, as in containers, where every pid is 1",
		func(c *coordinatorPlan, v string) error { return parseNumber(v, 1, 1<<22, &c.pid) }),
	coordinatorFault("ping-off", "", "Ping does not report the web address",
		func(c *coordinatorPlan, _ string) error { c.pingOff = true; return nil }),
	coordinatorFault("no-ping", "", "has no Ping over HS2, like other HiveServer2 servers",
		func(c *coordinatorPlan, _ string) error { c.noPing = true; return nil }),
	coordinatorFault("no-http-addr", "", "OpenSession does not report the web address",
		func(c *coordinatorPlan, _ string) error { c.noHTTPAddr = true; return nil }),
	coordinatorFault("same-hostname", "", "coordinator() returns the same host name on every coordinator with this fault",
		func(c *coordinatorPlan, _ string) error { c.sameHostname = true; return nil }),
	coordinatorFault("threads", "8", "has this many service threads per protocol",
		func(c *coordinatorPlan, v string) error { return parseNumber(v, 1, 1<<20, &c.threads) }),
	coordinatorFault("down", "2s:5s", "stops after 2s for 5s: open connections are reset, sessions are lost, the pid changes; the health check notices after 500 ms",
		func(c *coordinatorPlan, v string) error { return parseWindow(v, true, &c.down) }),
	coordinatorFault("leaves", "2s:5s", "out of the balancer's rotation after 2s, for 5s or (2s) permanently; open connections stay open",
		func(c *coordinatorPlan, v string) error { return parseWindow(v, false, &c.leaves) }),
	coordinatorFault("dies-after", "9:1", "stops after 9 connections; then 1 connection reads EOF before the health check notices: 0 for none, all of them if left out",
		func(c *coordinatorPlan, v string) error { return parseStop(v, &c.stops) }),
	coordinatorFault("same-web-address", "", "reports the web address localhost:25000, like every coordinator with this fault",
		func(c *coordinatorPlan, _ string) error { c.sameWebAddress = true; return nil }),
	coordinatorFault("close-hangs", "", "never replies to CloseSession",
		func(c *coordinatorPlan, _ string) error { c.closeHangs = true; return nil }),
	coordinatorFault("no-executors", "", "does not admit queries that scan a table; other queries run",
		func(c *coordinatorPlan, _ string) error { c.noExecutors = true; return nil }),
	coordinatorFault("slow-query", "200ms", "queries that scan a table take this long",
		func(c *coordinatorPlan, v string) error { return parseDuration(v, &c.slowQuery) }),
	withNeed(coordinatorFault("wrong-keytab", "", "its keytab has other keys than the others': no ticket is accepted",
		func(c *coordinatorPlan, _ string) error { c.wrongKeytab = true; return nil }), needsKerberos),
	withNeed(coordinatorFault("skewed-clock", "10m", "its clock is ahead by this long: beyond 5 minutes no ticket is accepted",
		func(c *coordinatorPlan, v string) error { return parseDuration(v, &c.skew) }), needsKerberos),

	balancerFault("weights", "6:1:1:1:1", "distributes sessions in these proportions, a number per coordinator", func(p *plan, v string) error { return parseNumbers(v, &p.balancer.weights) }),
	balancerFault("zones", "3:2", "each node reaches only its own coordinators, this many per node", func(p *plan, v string) error { return parseNumbers(v, &p.balancer.zones) }),
	balancerFault("sticky", "0.7", "chooses the previous coordinator again with this probability", func(p *plan, v string) error { return parseProbability(v, &p.balancer.sticky) }),
	balancerFault("flaky", "1", "resets this many connections, early in the run, after their first request", func(p *plan, v string) error { return parseNumber(v, 1, 1000, &p.balancer.flaky) }),
	balancerFault("cuts", "30:70", "resets the connections with these numbers, counted over all nodes, after their first request", func(p *plan, v string) error { return parseNumbers(v, &p.balancer.cuts) }),
	balancerFault("pins-after-loss", "", "sends everything to one coordinator after the first connection that failed", func(p *plan, _ string) error { p.balancer.pinsAfterLoss = true; return nil }),
	balancerFault("lists", "1+2+3:3+4+5", "each node has its own list of coordinators, by their numbers", func(p *plan, v string) error { return parseLists(v, &p.balancer.lists) }),
	balancerFault("shared-rotor", "", "the nodes share one balancing state", func(p *plan, _ string) error { p.balancer.sharedRotor = true; return nil }),
	withNeed(balancerFault("two-level", "2", "distributes connections over 2 balancers in turn, each of which distributes them in turn", func(p *plan, v string) error { return parseNumber(v, 2, 16, &p.balancer.rotors) }), needsRoundRobin),
	balancerFault("other-clients", "0.1:300", "other clients make 0.1 connections per connection of ours, and each stays open during 300 of ours (default 0)", func(p *plan, v string) error { return parseOthers(v, &p.balancer.others) }),
	balancerFault("limit", "10", "accepts 10 open connections and resets the others; 10:fin closes them", func(p *plan, v string) error { return parseLimit(v, &p.balancer.limit) }),
	balancerFault("rate", "20", "accepts 20 connections in 10 s and resets the others; 20:fin closes them", func(p *plan, v string) error { return parseLimit(v, &p.balancer.rate) }),
	balancerFault("proxy-protocol", "", "sends a PROXY header, which Impala does not support", func(p *plan, _ string) error { p.balancer.proxyHeader = true; return nil }),
	balancerFault("idle", "2s:fin", "cuts connections without traffic for 2s: with a FIN (fin), with an RST (rst) or by dropping all data (silent)", func(p *plan, v string) error { return parseIdle(v, &p.balancer.idle) }),
	balancerFault("one-node", "", "only the first node remains in DNS", func(p *plan, _ string) error { p.oneNode = true; return nil }),

	withNeed(balancerFault("cookie-dropped", "", "drops the cookies of requests and answers over HTTP", func(p *plan, _ string) error { p.balancer.dropsCookies = true; return nil }), needsHTTP),
	withNeed(balancerFault("foreign-cookie", "", "sends requests with Impala's cookie to another coordinator than those without", func(p *plan, _ string) error { p.balancer.foreignCookie = true; return nil }), needsHTTP),
	withNeed(balancerFault("foreign-handle", "50", "each node sends every 50th request over HTTP to another coordinator than the session's", func(p *plan, v string) error { return parseNumber(v, 2, 1_000_000, &p.balancer.foreignHandle) }), needsHTTP),

	withNeed(nodeFault("strips-authorization", "", "removes the header Authorization from requests over HTTP", func(n *nodePlan, _ string) error { n.stripsAuthorization = true; return nil }), needsHTTP),
	withNeed(nodeFault("login-page", "", "answers requests over HTTP with a redirect to a login page", func(n *nodePlan, _ string) error { n.loginPage = true; return nil }), needsHTTP),
	withNeed(nodeFault("http-503", "2s", "answers requests over HTTP with 503 and Retry-After: 2", func(n *nodePlan, v string) error { return parseSeconds(v, &n.unavailable) }), needsHTTP),
	nodeFault("stale", "2", "has an old list of coordinators, on which coordinator 2 is missing", func(n *nodePlan, v string) error { return parseNumber(v, 1, MaxCoordinators, &n.lacks) }),

	certificateFault(certs.KindWrongIssuer, "a trusted certificate chain from an issuer other than Amazon"),
	certificateFault(certs.KindExpired, "an expired certificate"),
	certificateFault(certs.KindNotYet, "a certificate that is not valid yet"),
	certificateFault(certs.KindWrongHost, "a certificate for another host name"),
	certificateFault(certs.KindNoIntermediate, "a server certificate without the intermediate certificate"),
	certificateFault(certs.KindSelfSigned, "a self-signed certificate"),
	certificateFault(certs.KindUnknownCA, "a certificate chain to a root that is not trusted"),
	certificateFault(certs.KindExpiredIntermediate, "an expired intermediate certificate, above a valid one of the server"),
	certificateFault(certs.KindExpiringIntermediate, "an intermediate certificate that expires in two days"),
	certificateFault(certs.KindExpiredRoot, "a certificate chain that a root signed which has expired (its successor is not trusted)"),
	certificateFault(certs.KindUnneededExpired, "an expired certificate beside a valid certificate chain"),
	certificateFault(certs.KindWeakKey, "a certificate with an RSA key of 1024 bits"),
	certificateFault(certs.KindNameConstraint, "an intermediate certificate that is for another domain"),
	certificateFault(certs.KindTooLong, "a certificate chain of 301 certificates"),
	listenerFault("client-certificate", "requires a client certificate (mutual TLS)", func(n *nodePlan) { n.clientCert = true }),
	listenerFault("old-tls", "TLS 1.1 at most", func(n *nodePlan) { n.maxTLS = tls.VersionTLS11 }),
}

// The needs. Each returns "" where the Config has what is needed.
func needsTLS(c Config) string { return lackUnless(c.TLS, "it needs TLS") }
func needsLogin(c Config) string {
	return lackUnless(c.Auth != AuthNone, "it needs authentication")
}
func needsKerberos(c Config) string {
	return lackUnless(c.Auth.has(AuthKerberos), "it needs Kerberos")
}
func needsHTTP(c Config) string { return lackUnless(c.HTTP, "it needs HS2 over HTTP") }
func needsRoundRobin(c Config) string {
	return lackUnless(c.Balance == BalanceRoundRobin, "it needs the policy "+string(BalanceRoundRobin))
}

func lackUnless(met bool, lack string) string {
	if met {
		return ""
	}
	return lack
}

func faultNames() []string {
	names := make([]string, len(faultSpecs))
	for i, spec := range faultSpecs {
		names[i] = spec.Name
	}
	return names
}

func findFault(name string) (faultSpec, bool) {
	for _, spec := range faultSpecs {
		if spec.Name == name {
			return spec, true
		}
	}
	return faultSpec{}, false
}

func coordinatorFault(name, example, effect string, set func(*coordinatorPlan, string) error) faultSpec {
	return faultSpec{
		FaultInfo: FaultInfo{Name: name, Scope: FaultScopeCoordinator, Example: example, Effect: effect},
		apply:     func(p *plan, f Fault) error { return p.eachCoordinator(f, set) },
	}
}

func withNeed(spec faultSpec, needs func(Config) string) faultSpec {
	spec.needs = needs
	return spec
}

func withOptionalValue(spec faultSpec) faultSpec {
	spec.ValueOptional = true
	return spec
}

func balancerFault(name, example, effect string, set func(*plan, string) error) faultSpec {
	return faultSpec{
		FaultInfo: FaultInfo{Name: name, Scope: FaultScopeBalancer, Example: example, Effect: effect},
		apply:     func(p *plan, f Fault) error { return set(p, f.Value) },
	}
}

func nodeFault(name, example, effect string, set func(*nodePlan, string) error) faultSpec {
	return faultSpec{
		FaultInfo: FaultInfo{Name: name, Scope: FaultScopeNode, Example: example, Effect: effect},
		apply:     func(p *plan, f Fault) error { return p.eachNode(f, set) },
	}
}

func listenerFault(name, effect string, set func(*nodePlan)) faultSpec {
	return faultSpec{
		FaultInfo: FaultInfo{Name: name, Scope: FaultScopeListener, Effect: effect},
		needs:     needsTLS,
		apply: func(p *plan, f Fault) error {
			return p.eachNode(f, func(n *nodePlan, _ string) error { set(n); return nil })
		},
	}
}

func certificateFault(k certs.Kind, effect string) faultSpec {
	return listenerFault(k.String(), effect, func(n *nodePlan) { n.kind = k })
}
