package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// InvalidError is a setting that cannot be.
type InvalidError struct {
	Key string // full name in a scenario file: "expect.balance.alpha"
	Msg string // one line
}

// Error returns "key: message".
func (e *InvalidError) Error() string { return e.Key + ": " + e.Msg }

// Validate reports the first setting that cannot be, or that contradicts
// another, as an [*InvalidError]; nil where a run can start. [Locate] finds its
// place in the file that it came from.
func (s Scenario) Validate() error {
	if e := s.checkValues(); e != nil {
		return e
	}
	if e := s.checkTogether(); e != nil {
		return e
	}
	if e := s.checkKind(); e != nil {
		return e
	}
	return nil
}

// claim is one thing that must not be.
type claim struct {
	wrong bool
	key   string
	msg   string
}

func firstWrong(claims []claim) *InvalidError {
	for _, c := range claims {
		if c.wrong {
			return &InvalidError{c.key, c.msg}
		}
	}
	return nil
}

// checkValues looks at each setting alone.
func (s Scenario) checkValues() *InvalidError {
	for _, endpoint := range s.Target.Endpoints {
		if _, _, err := SplitEndpoint(endpoint, s.Target.Protocol.Port()); err != nil {
			return &InvalidError{"target.endpoints", err.Error()}
		}
	}
	for on, limits := range s.Thresholds {
		if on == "" || len(limits) == 0 || slices.Contains(limits, "") {
			return &InvalidError{"thresholds", fmt.Sprintf("%s has no limit; write one such as \"p(99) < 2s\"", clip(on))}
		}
	}
	if e := firstWrong(s.wordClaims()); e != nil {
		return e
	}
	return firstWrong(append(s.loadClaims(), s.expectClaims()...))
}

// wordClaims are about settings that are one word of a few.
func (s Scenario) wordClaims() []claim {
	return []claim{
		oneOf("target.protocol", s.Target.Protocol, "", HS2, Beeswax),
		oneOf("target.dns", s.Target.DNS, "", DNSAll, DNSIPv4, DNSIPv6, DNSOS),
		oneOf("auth.mechanism", s.Auth.Mechanism, "", None, LDAP),
		oneOf("tls.min_version", s.TLS.MinVersion, "", "1.2", "1.3"),
		oneOf("kind", s.Kind, append([]Kind{""}, Kinds()...)...),
		oneOf("tls.curve", s.TLS.Curve, append([]string{""}, Curves()...)...),
		oneOf("load.lanes", s.Load.Lanes, "", PerNode),
		oneOf("expect.balance.policy", s.Expect.Balance.Policy, append([]Policy{""}, Policies()...)...),
		oneOf("inconclusive", s.Inconclusive, "", InconclusivePass, InconclusiveFail),
	}
}

// oneOf claims that v is none of words; "" among them is a default, not a word.
func oneOf[T ~string](key string, v T, words ...T) claim {
	names := make([]string, 0, len(words))
	for _, w := range words {
		if w != "" {
			names = append(names, string(w))
		}
	}
	msg := fmt.Sprintf("%s is none of %s", clip(string(v)), strings.Join(names, ", "))
	if near, ok := nearest(string(v), names); ok {
		msg += "; did you mean " + near + "?"
	}
	return claim{!slices.Contains(words, v), key, msg}
}

func (s Scenario) loadClaims() []claim {
	l := s.Load
	return []claim{
		{l.Sessions < 0, "load.sessions", "there is no negative number of sessions"},
		{l.PerCoordinator < 0, "load.sessions_per_coordinator", "there is no negative number of sessions"},
		{l.Burst < 0, "load.burst", "there is no negative number of sessions; 0 leaves the burst out"},
		{l.BurstHold < 0, "load.burst_hold", "a time cannot be negative"},
		{l.Concurrency < 1, "load.concurrency", "at least 1 session must be allowed to be open"},
		{!(l.Rate >= 0) || math.IsInf(float64(l.Rate), 0), "load.rate", "a rate cannot be negative; 0 is not paced"},
		{l.Settle < 0, "load.settle", "a time cannot be negative; 0 does not wait"},
		{l.SettleEvery < 0 || l.Settle > 0 && l.SettleEvery == 0, "load.settle_every", "rounds need a time between them, such as 5s"},
		{l.WarmUp < 0, "load.warm_up", "a time cannot be negative; 0 counts every session"},
		{l.Timeout <= 0, "load.timeout", "each phase needs a time to end in, such as 10s"},
	}
}

func (s Scenario) expectClaims() []claim {
	e := s.Expect
	given := max(e.Coordinators.Count, len(e.Coordinators.Names)) // K is bounded
	claims := []claim{
		{given > MaxCoordinators, "expect.coordinators.count", fmt.Sprintf("%d coordinators are more than the %d that can be judged", given, MaxCoordinators)},
		{e.Coordinators.Count < 0, "expect.coordinators.count", "there is no negative number of coordinators; 0 is unknown"},
		{e.Nodes < 0, "expect.nodes", "there is no negative number of nodes; 0 is any"},
		{!(e.Balance.Alpha > 0 && e.Balance.Alpha < 1), "expect.balance.alpha", "a chance lies between 0 and 1, such as 0.001"},
		{!(e.Balance.Tolerance > 0) || math.IsInf(e.Balance.Tolerance, 0), "expect.balance.tolerance", "a deviation that matters is more than 0, such as 0.5"},
		{e.TLS.DaysLeft < 0, "expect.tls.days_left", "a time cannot be negative; 0 is valid today"},
		{slices.Contains(e.TLS.Issuer, ""), "expect.tls.issuer", "an attribute is empty; write one such as O=Amazon"},
	}
	for _, w := range e.Balance.Weights {
		claims = append(claims, claim{!(w > 0) || math.IsInf(w, 0), "expect.balance.weights", "a weight is more than 0; leave out a coordinator that should get nothing"})
	}
	seen := map[string]bool{}
	for _, name := range e.Coordinators.Names {
		same := strings.TrimSuffix(strings.ToLower(name), ".")
		claims = append(claims,
			claim{strings.TrimSpace(name) == "", "expect.coordinators.names", "a name is empty"},
			claim{seen[same], "expect.coordinators.names", clip(name) + " is there twice"})
		seen[same] = true
	}
	return claims
}

// checkTogether looks for settings that contradict each other.
func (s Scenario) checkTogether() *InvalidError {
	e, k := s.Expect, s.Expect.Coordinators.K()
	names, weights := len(e.Coordinators.Names), len(e.Balance.Weights)
	password := s.Auth.PasswordFile != "" || s.Auth.PasswordCommand != ""
	return firstWrong([]claim{
		{len(s.Target.Endpoints) == 0, "target.endpoints", "none given; name the load balancer as HOST or HOST:PORT"},
		{names > 0 && e.Coordinators.Count > 0 && e.Coordinators.Count != names, "expect.coordinators.count", fmt.Sprintf("%d, but %d names are given; give one of the two", e.Coordinators.Count, names)},
		{weights > 0 && k == 0, "expect.balance.weights", "weights need expected coordinators (--expect-coordinators)"},
		{weights > 0 && k > 0 && weights != k, "expect.balance.weights", fmt.Sprintf("%d weights for %d coordinators", weights, k)},
		{s.Auth.Mechanism == LDAP && s.Auth.User == "", "auth.user", "logging in with ldap needs a user (--user)"},
		{s.Auth.Mechanism == LDAP && !s.TLS.Enabled && !s.Auth.AllowCleartext, "auth.mechanism", "ldap would send the password in cleartext, since tls is off; add --tls, or --allow-cleartext-auth if you mean it"},
		{s.Auth.PasswordFile != "" && s.Auth.PasswordCommand != "", "auth.password_command", "password_file is given, too; give one of the two"},
		{password && s.Auth.Mechanism != LDAP, "auth.mechanism", "a password is given but no login that uses it; add --auth ldap"},
		{!s.TLS.Enabled && s.TLS.CACert != "", "tls.ca_cert", needsTLS},
		{!s.TLS.Enabled && s.TLS.ServerName != "", "tls.server_name", needsTLS},
		{!s.TLS.Enabled && len(e.TLS.Issuer) > 0, "expect.tls.issuer", needsTLS},
		{!s.TLS.Enabled && s.Kind == KindCertificates, "kind", needsTLS},
		{!s.TLS.Enabled && s.TLS.Curve != "", "tls.curve", needsTLS},
	})
}

const needsTLS = "needs tls.enabled (--tls)"
