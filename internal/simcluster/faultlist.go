package simcluster

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

// FaultScope says who has a fault: what @N counts.
type FaultScope string

// Who can have a fault.
const (
	FaultScopeCoordinator FaultScope = "coordinator"
	FaultScopeBalancer    FaultScope = "balancer" // takes no @N
	FaultScopeListener    FaultScope = "listener" // @N is a node
)

// FaultInfo describes a fault for help and documentation.
type FaultInfo struct {
	Name    string // as ParseFault reads it
	Scope   FaultScope
	Example string // an example of the value it takes; "": none
	Effect  string // one line
}

// Faults lists every fault, in the order of the documentation.
func Faults() []FaultInfo {
	list := make([]FaultInfo, len(faultSpecs))
	for i, form := range faultSpecs {
		list[i] = form.FaultInfo
	}
	return list
}

// faultSpec is a fault with what it changes in a plan. apply fails on a value
// that it cannot read.
type faultSpec struct {
	FaultInfo
	valueOptional bool // the value may be left out
	apply         func(*plan, Fault) error
}

// faultSpecs is the one list of faults: a new one is a line here.
var faultSpecs = []faultSpec{
	coordinatorFault("dead", "", "gone, and the balancer's health check knows: nothing is sent there",
		func(c *coordinatorPlan, _ string) error { c.dead = true; return nil }),
	coordinatorFault("refused", "", "registered, its port closed: the client connects to the balancer and meets EOF",
		func(c *coordinatorPlan, _ string) error { c.refused = true; return nil }),
	coordinatorFault("hung", "", "accepts and never answers; a TCP check calls it healthy",
		func(c *coordinatorPlan, _ string) error { c.hung = true; return nil }),
	coordinatorFault("draining", "", `new sessions and statements are answered "Server is being shut down"`,
		func(c *coordinatorPlan, _ string) error { c.draining = true; return nil }),
	coordinatorFault("auth-reject", "", "refuses good passwords as Impala does: it closes without a word",
		func(c *coordinatorPlan, _ string) error { c.authReject = true; return nil }),
	coordinatorFault("reset-after", "200", "resets each connection after so many bytes to the client",
		func(c *coordinatorPlan, v string) error { return parseNumber(v, 1, 1<<30, &c.resetAfter) }),
	coordinatorFault("slow", "200ms", "answers each OpenSession (Beeswax: query) so much later",
		func(c *coordinatorPlan, v string) error { return parseDuration(v, &c.slow) }),
	coordinatorFault("starting", "3s", "out of the balancer's rotation for so long at first",
		func(c *coordinatorPlan, v string) error { return parseDuration(v, &c.starting) }),
	withOptionalValue(coordinatorFault("restart", "4", "under a new pid once it has served so many sessions (4); what is open stays open",
		func(c *coordinatorPlan, v string) error {
			c.restartAfter = 4
			if v == "" {
				return nil
			}
			return parseNumber(v, 1, 1<<30, &c.restartAfter)
		})),
	coordinatorFault("foreign", "", "belongs to another cluster: its name is one that nobody declared",
		func(c *coordinatorPlan, _ string) error { c.foreign = true; return nil }),
	coordinatorFault("version", "4.4.1", "another version than the rest",
		func(c *coordinatorPlan, v string) error { return parseVersion(v, &c.version) }),
	coordinatorFault("pid", "1", "every pid is this one, as in containers",
		func(c *coordinatorPlan, v string) error { return parseNumber(v, 1, 1<<22, &c.pid) }),
	coordinatorFault("ping-off", "", "Ping says nothing of the web address",
		func(c *coordinatorPlan, _ string) error { c.pingOff = true; return nil }),
	coordinatorFault("no-ping", "", "HS2 has no Ping, as other servers of the protocol have none",
		func(c *coordinatorPlan, _ string) error { c.noPing = true; return nil }),
	coordinatorFault("no-http-addr", "", "OpenSession says nothing of the web address",
		func(c *coordinatorPlan, _ string) error { c.noHTTPAddr = true; return nil }),
	coordinatorFault("same-hostname", "", "coordinator() says the same host name as all that have this fault",
		func(c *coordinatorPlan, _ string) error { c.sameHostname = true; return nil }),
	coordinatorFault("threads", "8", "so many service threads per protocol",
		func(c *coordinatorPlan, v string) error { return parseNumber(v, 1, 1<<20, &c.threads) }),
	coordinatorFault("down", "2s:5s", "its process is gone from then on for so long: what is open is reset; it returns under a new pid, without a session",
		func(c *coordinatorPlan, v string) error { return parseWindow(v, true, &c.down) }),
	coordinatorFault("leaves", "2s:5s", "out of the balancer's rotation from then on, for so long or for good (2s): what is open lives on",
		func(c *coordinatorPlan, v string) error { return parseWindow(v, false, &c.leaves) }),
	coordinatorFault("no-executors", "", "queries that scan a table are not admitted; others are served",
		func(c *coordinatorPlan, _ string) error { c.noExecutors = true; return nil }),
	coordinatorFault("slow-query", "200ms", "queries that scan a table take so long",
		func(c *coordinatorPlan, v string) error { return parseDuration(v, &c.slowQuery) }),

	balancerFault("weights", "6:1:1:1:1", "shares per coordinator", func(p *plan, v string) error { return parseNumbers(v, &p.balancer.weights) }),
	balancerFault("zones", "2:2:1", "coordinators per node: each node reaches its own only", func(p *plan, v string) error { return parseNumbers(v, &p.balancer.zones) }),
	balancerFault("sticky", "0.7", "re-uses its last coordinator with this probability", func(p *plan, v string) error { return parseProbability(v, &p.balancer.sticky) }),
	balancerFault("flaky", "1", "so many early connections of the run are reset after their first request", func(p *plan, v string) error { return parseNumber(v, 1, 1000, &p.balancer.flaky) }),
	balancerFault("proxy-protocol", "", "sends a PROXY header that Impala does not know", func(p *plan, _ string) error { p.balancer.proxyHeader = true; return nil }),
	balancerFault("idle", "2s:fin", "cuts a connection without traffic for so long: by fin, by rst, or silent", func(p *plan, v string) error { return parseIdle(v, &p.balancer.idle) }),
	balancerFault("one-node", "", "all nodes but the first have left the name", func(p *plan, _ string) error { p.oneNode = true; return nil }),

	certificateFault(certs.WrongIssuer, "a trusted chain from another issuer than Amazon"),
	certificateFault(certs.Expired, "the certificate has expired"),
	certificateFault(certs.NotYet, "the certificate is not valid yet"),
	certificateFault(certs.WrongHost, "the certificate names another host"),
	certificateFault(certs.NoIntermediate, "the leaf is sent alone"),
	certificateFault(certs.SelfSigned, "the certificate is its own issuer"),
	certificateFault(certs.UnknownCA, "the chain ends at a root that nobody was given"),
	{FaultInfo{"old-tls", FaultScopeListener, "", "TLS 1.1 at most"}, false, func(p *plan, f Fault) error {
		return p.eachNode(f, func(n *nodePlan) { n.maxTLS = tls.VersionTLS11 })
	}},
}

func findFault(name string) (faultSpec, bool) {
	for _, form := range faultSpecs {
		if form.Name == name {
			return form, true
		}
	}
	return faultSpec{}, false
}

func coordinatorFault(name, value, does string, set func(*coordinatorPlan, string) error) faultSpec {
	return faultSpec{FaultInfo{name, FaultScopeCoordinator, value, does}, false, func(p *plan, f Fault) error {
		return p.eachCoordinator(f, set)
	}}
}

func withOptionalValue(form faultSpec) faultSpec {
	form.valueOptional = true
	return form
}

func balancerFault(name, value, does string, set func(*plan, string) error) faultSpec {
	return faultSpec{FaultInfo{name, FaultScopeBalancer, value, does}, false, func(p *plan, f Fault) error { return set(p, f.Value) }}
}

func certificateFault(k certs.Kind, does string) faultSpec {
	return faultSpec{FaultInfo{k.String(), FaultScopeListener, "", does}, false, func(p *plan, f Fault) error {
		return p.eachNode(f, func(n *nodePlan) { n.kind = k })
	}}
}

// parseNumber reads a decimal number from low to high.
func parseNumber[T ~int | ~int32 | ~int64](s string, low, high int64, to *T) error {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < low || n > high {
		return fmt.Errorf("%.40q is no number from %d to %d", s, low, high)
	}
	*to = T(n)
	return nil
}

// parseProbability reads a probability.
func parseProbability(s string, to *float64) error {
	p, err := strconv.ParseFloat(s, 64)
	if err != nil || !(p >= 0 && p <= 1) {
		return fmt.Errorf("%.40q is no probability from 0 to 1", s)
	}
	*to = p
	return nil
}

// parseDuration reads a positive duration of at most an hour.
func parseDuration(s string, to *time.Duration) error {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 || d > time.Hour {
		return fmt.Errorf("%.40q is no duration such as 200ms, of at most 1h", s)
	}
	*to = d
	return nil
}

// parseWindow reads AT:FOR, or AT alone where it may have no end.
func parseWindow(s string, ends bool, to *timeWindow) error {
	at, length, both := strings.Cut(s, ":")
	if err := parseDuration(at, &to.start); err != nil {
		return err
	}
	if both {
		return parseDuration(length, &to.duration)
	}
	if ends {
		return fmt.Errorf("%.40q lacks for how long, as in 2s:5s", s)
	}
	return nil
}

// parseIdle reads how long and how.
func parseIdle(s string, to *idlePlan) error {
	after, how, _ := strings.Cut(s, ":")
	if !slices.Contains([]cutMode{cutModeFIN, cutModeRST, cutModeSilent}, cutMode(how)) {
		return fmt.Errorf("%.40q ends in none of :fin, :rst, :silent", s)
	}
	to.mode = cutMode(how)
	return parseDuration(after, &to.after)
}

// parseNumbers reads numbers separated by colons.
func parseNumbers(s string, to *[]int) error {
	var numbers []int
	for part := range strings.SplitSeq(s, ":") {
		var n int
		if err := parseNumber(part, 0, 1_000_000, &n); err != nil || len(numbers) == maxCoordinators {
			return fmt.Errorf("%.40q is no list such as 2:2:1", s)
		}
		numbers = append(numbers, n)
	}
	*to = numbers
	return nil
}

// parseVersion reads what may stand in a version: letters, digits, . - _
func parseVersion(s string, to *string) error {
	for _, r := range s {
		if !strings.ContainsRune("0123456789.-_", r) && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return fmt.Errorf("%.40q is no version such as 4.4.1", s)
		}
	}
	*to = s
	return nil
}
