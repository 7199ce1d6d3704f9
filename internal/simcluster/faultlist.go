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

// Whose says who has a fault: what @N counts.
type Whose string

// Who can have a fault.
const (
	ByCoordinator Whose = "coordinator"
	ByBalancer    Whose = "balancer" // takes no @N
	ByListener    Whose = "listener" // @N is a node
)

// FaultInfo describes a fault for help and documentation.
type FaultInfo struct {
	Name  string // as ParseFault reads it
	Whose Whose
	Value string // an example of the value it takes; "": none
	Does  string // one line
}

// Faults lists every fault, in the order of the documentation.
func Faults() []FaultInfo {
	list := make([]FaultInfo, len(faultForms))
	for i, form := range faultForms {
		list[i] = form.FaultInfo
	}
	return list
}

// faultForm is a fault with what it changes in a plan. apply fails on a value
// that it cannot read.
type faultForm struct {
	FaultInfo
	optional bool // the value may be left out
	apply    func(*plan, Fault) error
}

// faultForms is the one list of faults: a new one is a line here.
var faultForms = []faultForm{
	atCoordinator("dead", "", "gone, and the balancer's health check knows: nothing is sent there",
		func(c *coordinatorPlan, _ string) error { c.dead = true; return nil }),
	atCoordinator("refused", "", "registered, its port closed: the client connects to the balancer and meets EOF",
		func(c *coordinatorPlan, _ string) error { c.refused = true; return nil }),
	atCoordinator("hung", "", "accepts and never answers; a TCP check calls it healthy",
		func(c *coordinatorPlan, _ string) error { c.hung = true; return nil }),
	atCoordinator("draining", "", `new sessions and statements are answered "Server is being shut down"`,
		func(c *coordinatorPlan, _ string) error { c.draining = true; return nil }),
	atCoordinator("auth-reject", "", "refuses good passwords as Impala does: it closes without a word",
		func(c *coordinatorPlan, _ string) error { c.authReject = true; return nil }),
	atCoordinator("reset-after", "200", "resets each connection after so many bytes to the client",
		func(c *coordinatorPlan, v string) error { return number(v, 1, 1<<30, &c.resetAfter) }),
	atCoordinator("slow", "200ms", "answers each OpenSession (Beeswax: query) so much later",
		func(c *coordinatorPlan, v string) error { return span(v, &c.slow) }),
	atCoordinator("starting", "3s", "out of the balancer's rotation for so long at first",
		func(c *coordinatorPlan, v string) error { return span(v, &c.starting) }),
	optionally(atCoordinator("restart", "4", "under a new pid once it has served so many sessions (4); what is open stays open",
		func(c *coordinatorPlan, v string) error {
			c.restartAfter = 4
			if v == "" {
				return nil
			}
			return number(v, 1, 1<<30, &c.restartAfter)
		})),
	atCoordinator("foreign", "", "belongs to another cluster: its name is one that nobody declared",
		func(c *coordinatorPlan, _ string) error { c.foreign = true; return nil }),
	atCoordinator("version", "4.4.1", "another version than the rest",
		func(c *coordinatorPlan, v string) error { return versionNumber(v, &c.version) }),
	atCoordinator("pid", "1", "every pid is this one, as in containers",
		func(c *coordinatorPlan, v string) error { return number(v, 1, 1<<22, &c.pid) }),
	atCoordinator("ping-off", "", "Ping says nothing of the web address",
		func(c *coordinatorPlan, _ string) error { c.pingOff = true; return nil }),
	atCoordinator("no-ping", "", "HS2 has no Ping, as other servers of the protocol have none",
		func(c *coordinatorPlan, _ string) error { c.noPing = true; return nil }),
	atCoordinator("no-http-addr", "", "OpenSession says nothing of the web address",
		func(c *coordinatorPlan, _ string) error { c.noHTTPAddr = true; return nil }),
	atCoordinator("same-hostname", "", "coordinator() says the same host name as all that have this fault",
		func(c *coordinatorPlan, _ string) error { c.sameHostname = true; return nil }),
	atCoordinator("threads", "8", "so many service threads per protocol",
		func(c *coordinatorPlan, v string) error { return number(v, 1, 1<<20, &c.threads) }),
	atCoordinator("down", "2s:5s", "its process is gone from then on for so long: what is open is reset; it returns under a new pid, without a session",
		func(c *coordinatorPlan, v string) error { return spellOf(v, true, &c.down) }),
	atCoordinator("leaves", "2s:5s", "out of the balancer's rotation from then on, for so long or for good (2s): what is open lives on",
		func(c *coordinatorPlan, v string) error { return spellOf(v, false, &c.leaves) }),
	atCoordinator("no-executors", "", "queries that scan a table are not admitted; others are served",
		func(c *coordinatorPlan, _ string) error { c.noExecutors = true; return nil }),
	atCoordinator("slow-query", "200ms", "queries that scan a table take so long",
		func(c *coordinatorPlan, v string) error { return span(v, &c.slowQuery) }),

	atBalancer("weights", "6:1:1:1:1", "shares per coordinator", func(p *plan, v string) error { return list(v, &p.route.weights) }),
	atBalancer("zones", "2:2:1", "coordinators per node: each node reaches its own only", func(p *plan, v string) error { return list(v, &p.route.zones) }),
	atBalancer("sticky", "0.7", "re-uses its last coordinator with this probability", func(p *plan, v string) error { return fraction(v, &p.route.sticky) }),
	atBalancer("flaky", "1", "so many early connections of the run are reset after their first request", func(p *plan, v string) error { return number(v, 1, 1000, &p.route.flaky) }),
	atBalancer("proxy-protocol", "", "sends a PROXY header that Impala does not know", func(p *plan, _ string) error { p.route.proxyHeader = true; return nil }),
	atBalancer("idle", "2s:fin", "cuts a connection without traffic for so long: by fin, by rst, or silent", func(p *plan, v string) error { return idleOf(v, &p.route.idle) }),
	atBalancer("one-node", "", "all nodes but the first have left the name", func(p *plan, _ string) error { p.oneNode = true; return nil }),

	atListener(certs.WrongIssuer, "a trusted chain from another issuer than Amazon"),
	atListener(certs.Expired, "the certificate has expired"),
	atListener(certs.NotYet, "the certificate is not valid yet"),
	atListener(certs.WrongHost, "the certificate names another host"),
	atListener(certs.NoIntermediate, "the leaf is sent alone"),
	atListener(certs.SelfSigned, "the certificate is its own issuer"),
	atListener(certs.UnknownCA, "the chain ends at a root that nobody was given"),
	{FaultInfo{"old-tls", ByListener, "", "TLS 1.1 at most"}, false, func(p *plan, f Fault) error {
		return p.eachNode(f, func(n *nodePlan) { n.maxTLS = tls.VersionTLS11 })
	}},
}

func faultNamed(name string) (faultForm, bool) {
	for _, form := range faultForms {
		if form.Name == name {
			return form, true
		}
	}
	return faultForm{}, false
}

func atCoordinator(name, value, does string, set func(*coordinatorPlan, string) error) faultForm {
	return faultForm{FaultInfo{name, ByCoordinator, value, does}, false, func(p *plan, f Fault) error {
		return p.eachCoordinator(f, set)
	}}
}

func optionally(form faultForm) faultForm {
	form.optional = true
	return form
}

func atBalancer(name, value, does string, set func(*plan, string) error) faultForm {
	return faultForm{FaultInfo{name, ByBalancer, value, does}, false, func(p *plan, f Fault) error { return set(p, f.Value) }}
}

func atListener(k certs.Kind, does string) faultForm {
	return faultForm{FaultInfo{k.String(), ByListener, "", does}, false, func(p *plan, f Fault) error {
		return p.eachNode(f, func(n *nodePlan) { n.kind = k })
	}}
}

// number reads a decimal number from low to high.
func number[T ~int | ~int32 | ~int64](s string, low, high int64, to *T) error {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < low || n > high {
		return fmt.Errorf("%.40q is no number from %d to %d", s, low, high)
	}
	*to = T(n)
	return nil
}

// fraction reads a probability.
func fraction(s string, to *float64) error {
	p, err := strconv.ParseFloat(s, 64)
	if err != nil || !(p >= 0 && p <= 1) {
		return fmt.Errorf("%.40q is no probability from 0 to 1", s)
	}
	*to = p
	return nil
}

// span reads a positive duration of at most an hour.
func span(s string, to *time.Duration) error {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 || d > time.Hour {
		return fmt.Errorf("%.40q is no duration such as 200ms, of at most 1h", s)
	}
	*to = d
	return nil
}

// spellOf reads AT:FOR, or AT alone where it may have no end.
func spellOf(s string, ends bool, to *spell) error {
	at, length, both := strings.Cut(s, ":")
	if err := span(at, &to.at); err != nil {
		return err
	}
	if both {
		return span(length, &to.length)
	}
	if ends {
		return fmt.Errorf("%.40q lacks for how long, as in 2s:5s", s)
	}
	return nil
}

// idleOf reads how long and how.
func idleOf(s string, to *idlePlan) error {
	after, how, _ := strings.Cut(s, ":")
	if !slices.Contains([]cutting{cutFIN, cutRST, cutSilent}, cutting(how)) {
		return fmt.Errorf("%.40q ends in none of :fin, :rst, :silent", s)
	}
	to.how = cutting(how)
	return span(after, &to.after)
}

// list reads numbers separated by colons.
func list(s string, to *[]int) error {
	var numbers []int
	for part := range strings.SplitSeq(s, ":") {
		var n int
		if err := number(part, 0, 1_000_000, &n); err != nil || len(numbers) == maxCoordinators {
			return fmt.Errorf("%.40q is no list such as 2:2:1", s)
		}
		numbers = append(numbers, n)
	}
	*to = numbers
	return nil
}

// versionNumber reads what may stand in a version: letters, digits, . - _
func versionNumber(s string, to *string) error {
	for _, r := range s {
		if !strings.ContainsRune("0123456789.-_", r) && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return fmt.Errorf("%.40q is no version such as 4.4.1", s)
		}
	}
	*to = s
	return nil
}
