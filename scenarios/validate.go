package scenarios

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/dn"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// InvalidError is a setting that cannot be.
type InvalidError struct {
	Key string      // full name in a scenario file: "expect.balance.alpha"
	Msg string      // one line; it names other settings by their keys
	Fix []vocab.Fix // what to set instead, alternatives; nil where the message says it
}

// Error returns "key: message", and what to set by keys.
func (e *InvalidError) Error() string { return e.Key + ": " + e.text() }

// text is the message, and what to do about it.
func (e *InvalidError) text() string {
	text := e.Msg
	for i, f := range e.Fix {
		how := strings.TrimSuffix(f.Setting+": "+f.Value, ": ")
		switch {
		case f.Why != "":
			text += "; " + f.Why
		case i > 0 && e.Fix[i-1].Why == "":
			text += " or " + how
		default:
			text += "; set " + how
		}
	}
	return text
}

// setTo is one alternative of a fix: a value for a key.
func setTo(key, value string) vocab.Fix { return vocab.Fix{Setting: key, Value: value} }

// Validate reports the first setting that cannot be, or that contradicts
// another, as an [*InvalidError]; nil where a run can start. [Locate] finds its
// place in the file that it came from.
func (s Scenario) Validate() error {
	for _, check := range []func() *InvalidError{s.checkValues, s.checkTogether, s.checkTransport, s.checkLogin, s.checkKinds, s.checkKind} {
		if e := check(); e != nil {
			return e
		}
	}
	return nil
}

// claim is one thing that must not be.
type claim struct {
	wrong bool
	key   string
	msg   string
	fix   []vocab.Fix
}

func firstWrong(claims []claim) *InvalidError {
	for _, c := range claims {
		if c.wrong {
			return &InvalidError{c.key, c.msg, c.fix}
		}
	}
	return nil
}

// checkValues looks at each setting alone: first by the table, then at what only
// that setting has.
func (s Scenario) checkValues() *InvalidError {
	if e := s.checkSettings(); e != nil {
		return e
	}
	for _, endpoint := range s.Target.Endpoints {
		if _, _, err := SplitEndpoint(endpoint, s.Target.Protocol.Port()); err != nil {
			return &InvalidError{Key: "target.endpoints", Msg: err.Error()}
		}
	}
	for _, metric := range slices.Sorted(maps.Keys(s.Thresholds)) {
		if limits := s.Thresholds[metric]; metric == "" || len(limits) == 0 || slices.Contains(limits, "") {
			return &InvalidError{Key: "thresholds", Msg: fmt.Sprintf("%s has no limit; write one such as \"p(99) < 2s\"", usertext.Quote(metric))}
		}
	}
	for _, a := range s.Load.LocalAddresses {
		if ip, err := netip.ParseAddr(a); err != nil || ip.IsUnspecified() {
			return &InvalidError{Key: "load.local_addresses", Msg: usertext.Quote(a) + " is not an IP address of this machine"}
		}
	}
	if e := s.Target.checkHeaders(); e != nil {
		return e
	}
	if e := s.Expect.TLS.checkNames(); e != nil {
		return e
	}
	return firstWrong(append(s.coordinatorClaims(),
		claim{len(s.Idle.Steps) > maxSteps, "idle.steps", fmt.Sprintf("there are %d steps, and %d at most", len(s.Idle.Steps), maxSteps), nil},
	))
}

// checkNames looks at the names that certificates must have: one that cannot be read
// would fail every certificate.
func (e ExpectTLS) checkNames() *InvalidError {
	for _, c := range []struct {
		key   string
		names []string
	}{{"expect.tls.issuer", e.Issuer}, {"expect.tls.root", e.Root}} {
		for _, name := range c.names {
			if _, err := dn.Parse(name); err != nil {
				return &InvalidError{Key: c.key, Msg: err.Error()}
			}
		}
	}
	return nil
}

// coordinatorClaims are about the names of the expected coordinators.
func (s Scenario) coordinatorClaims() []claim {
	names := s.Expect.Coordinators.Names
	claims := []claim{{len(names) > MaxCoordinators, "expect.coordinators.names", fmt.Sprintf("there are %d coordinators, and %d at most", len(names), MaxCoordinators), nil}}
	seen := map[string]bool{}
	for _, name := range names {
		same := strings.TrimSuffix(strings.ToLower(name), ".")
		claims = append(claims,
			claim{strings.TrimSpace(name) == "", "expect.coordinators.names", "a name is empty", nil},
			claim{seen[same], "expect.coordinators.names", usertext.Quote(name) + " is there twice", nil})
		seen[same] = true
	}
	return claims
}

// checkTogether looks for settings that contradict each other.
func (s Scenario) checkTogether() *InvalidError {
	e, k := s.Expect, s.Expect.Coordinators.K()
	names, weights := len(e.Coordinators.Names), len(e.Balance.Weights)
	useTLS := []vocab.Fix{setTo("tls.enabled", "true")}
	needsTLS := func(wrong bool, key string) claim { return claim{!s.TLS.Enabled && wrong, key, "needs TLS", useTLS} }
	return firstWrong([]claim{
		{len(s.Target.Endpoints) == 0, "target.endpoints", "none given; name the load balancer as HOST or HOST:PORT", nil},
		{names > 0 && e.Coordinators.Count > 0 && e.Coordinators.Count != names, "expect.coordinators.count", fmt.Sprintf("%d, but the list of names has %d; give one of the two", e.Coordinators.Count, names), nil},
		{weights > 0 && k == 0, "expect.balance.weights", "the expected coordinators are needed, too", []vocab.Fix{setTo("expect.coordinators", "")}},
		{weights > 0 && k > 0 && weights != k, "expect.balance.weights", fmt.Sprintf("must have one weight for each coordinator: they are %d for %d", weights, k), nil},
		{s.Load.Settle > 0 && s.Load.SettleEvery == 0, "load.settle_every", "there must be time between two attempts", []vocab.Fix{setTo("load.settle_every", "5s")}},
		{s.Target.WebPort > 0 && names == 0 && s.Audit.Balancer == "" && s.Kind.Has("expect.coordinators"), "target.web_port", "only pages of declared coordinators are read, and none is declared by name", []vocab.Fix{setTo("expect.coordinators", "a,b,c")}},
		{s.Target.WebPort == 0 && (s.Target.WebTLS || s.Target.WebUser != "" || s.Target.WebPasswordFile != ""), "target.web_port", "the web pages are not read, but it is set how", []vocab.Fix{setTo("target.web_port", "25000")}},
		{s.Target.WebUser == "" && s.Target.WebPasswordFile != "", "target.web_user", "a login to the web pages needs a user name", []vocab.Fix{setTo("target.web_user", "")}},
		needsTLS(s.TLS.CACert != "" && !s.Target.WebTLS, "tls.ca_cert"),
		needsTLS(s.TLS.ServerName != "", "tls.server_name"),
		needsTLS(s.TLS.ClientCert != "", "tls.client_cert"),
		needsTLS(s.TLS.ClientKey != "", "tls.client_key"),
		{s.TLS.ClientCert != "" && s.TLS.ClientKey == "", "tls.client_cert", "its key is needed, too", []vocab.Fix{setTo("tls.client_key", "")}},
		{s.TLS.ClientCert == "" && s.TLS.ClientKey != "", "tls.client_key", "the certificate is needed, too", []vocab.Fix{setTo("tls.client_cert", "")}},
		needsTLS(len(e.TLS.Issuer) > 0, "expect.tls.issuer"),
		needsTLS(len(e.TLS.Root) > 0, "expect.tls.root"),
		needsTLS(s.TLS.Curve != "", "tls.curve"),
	})
}

// The most that a scenario can have.
const (
	maxHeld  = 1_000_000 // more sessions than one process can keep open
	maxSteps = 64        // sessions of an idle scenario
)

// Curves lists the key exchanges that tls.curve can name.
func Curves() []string { return []string{"x25519", "x25519mlkem768", "p256", "p384", "p521"} }

// kindRules are what a kind of scenario is like.
type kindRules struct {
	sessions bool                   // it opens sessions
	claims   func(Scenario) []claim // what it needs beyond the table of settings
}

// kinds has every kind.
var kinds = map[Kind]kindRules{
	KindLooks:        {true, Scenario.looksClaims},
	KindCertificates: {false, Scenario.certificatesClaims},
	KindStages:       {true, Scenario.stagesClaims},
	KindCapacity:     {true, Scenario.capacityClaims},
	KindQuery:        {true, Scenario.queryClaims},
	KindIdle:         {true, Scenario.idleClaims},
	KindWatch:        {true, Scenario.watchClaims},
	KindHandleReuse:  {true, Scenario.handleReuseClaims},
	KindAudit:        {false, Scenario.auditClaims},
}

func kindOf(s Scenario) kindRules { return kinds[s.Kind.OrLooks()] }

// checkKind looks for what the scenario's kind needs.
func (s Scenario) checkKind() *InvalidError { return firstWrong(kindOf(s).claims(s)) }

func (s Scenario) looksClaims() []claim {
	alone := s.Audit
	alone.Balancer = ""
	return []claim{
		{s.Audit.Balancer == "" && alone != AuditConfig{}, "audit.balancer", "no load balancer is audited, but it is set how", []vocab.Fix{setTo("audit.balancer", AuditByHost)}},
		{s.Audit.Balancer == AuditByHost && len(s.Target.Endpoints) > 1, "audit.balancer", fmt.Sprintf("there are %d endpoints, so the load balancer has to be named", len(s.Target.Endpoints)), []vocab.Fix{setTo("audit.balancer", "NAME")}},
	}
}

func (s Scenario) certificatesClaims() []claim {
	return []claim{{!s.TLS.Enabled, "kind", "certificates needs TLS", []vocab.Fix{setTo("tls.enabled", "true")}}}
}

func (s Scenario) stagesClaims() []claim {
	claims := []claim{{len(s.Load.Stages) == 0, "load.stages", "there is none; write one such as {rate: 20/s, for: 30s}", nil}}
	for i, st := range s.Load.Stages {
		claims = append(claims, st.claims(fmt.Sprintf("stage %d: ", i+1))...)
	}
	return claims
}

func (st Stage) claims(which string) []claim {
	models := 0
	for _, is := range []bool{st.Rate > 0, st.Closed > 0, st.Hold > 0} {
		if is {
			models++
		}
	}
	return []claim{
		{models != 1, "load.stages", which + "set exactly one of rate, closed and hold", nil},
		{st.Ramp > 0 && st.Rate == 0, "load.stages", which + "ramp needs a rate", nil},
		{st.For == 0 && st.Ramp == 0, "load.stages", which + "how long? Add for: 30s", nil},
	}
}

func (s Scenario) capacityClaims() []claim {
	return []claim{{s.Capacity.Hold == 0 && !s.Capacity.UntilFull, "capacity.hold", "a number of sessions is needed, or to continue until the service is full", []vocab.Fix{setTo("capacity.hold", "400"), setTo("capacity.until_full", "true")}}}
}

func (s Scenario) queryClaims() []claim {
	return []claim{{s.Query == "", "query", "which statement? Write one that needs executors", nil}}
}

func (s Scenario) idleClaims() []claim {
	if len(s.Idle.Steps) == 0 {
		return []claim{{true, "idle.steps", "how long should connections be idle? Write [55s, 65s, 345s, 355s]", nil}}
	}
	longest := slices.Max(s.Idle.Steps)
	return []claim{{s.Expect.MinIdle > longest, "expect.min_idle", fmt.Sprintf("%s is longer than the last step, %s, and would not be seen", s.Expect.MinIdle, longest), nil}}
}

func (s Scenario) watchClaims() []claim {
	return []claim{
		{s.Watch.For == 0, "watch.for", "how long? Write 5m", nil},
		{s.Load.Rate == 0, "load.rate", "a watch needs a rate", []vocab.Fix{setTo("load.rate", "2/s")}},
		{s.Watch.EventAfter >= s.Watch.For, "watch.event_after", fmt.Sprintf("%s must be less than watch.for, %s", s.Watch.EventAfter, s.Watch.For), nil},
	}
}

func (s Scenario) auditClaims() []claim {
	return []claim{{len(s.Target.Endpoints) > 1, "target.endpoints", "an audit is of one load balancer", nil}}
}

func (s Scenario) handleReuseClaims() []claim {
	return []claim{
		{s.Reuse.Handles == 0, "reuse.handles", "how many? Write 20", nil},
		{s.Target.Protocol == ProtocolBeeswax, "target.protocol", "a session of Beeswax is its connection, and cannot be used over another", []vocab.Fix{setTo("target.protocol", string(ProtocolHS2))}},
	}
}
