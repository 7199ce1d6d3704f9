package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A setting is one field of a scenario as a flag and as a variable of the
// environment: --expect-nodes is IMPALA_LBCHECK_EXPECT_NODES. A value is laid
// over the scenario by set, which refuses what it cannot mean.
type setting struct {
	name  string
	arg   string // what the value is called in --help; "": a switch
	usage string
	group settingGroup
	many  bool // may be given more than once
	set   func(s *scenarios.Scenario, value string) error
}

// settingGroup says which commands have a setting.
type settingGroup int

const (
	connecting settingGroup = iota // every command that connects
	pacing                         // those that open sessions
	looking                        // how many, in looks
	expecting                      // what counts as good
	trusting                       // what a good certificate is: all that tls has of expecting
	holding                        // capacity's own
	querying                       // query's
	idling                         // idle's
	watching                       // watch's
)

// env is the name of the setting's variable.
func (s setting) env() string {
	return "IMPALA_LBCHECK_" + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// settings is every setting, in the order of --help.
var settings = slices.Concat(kindSettings, commonSettings)

// commonSettings are those of more than one kind of scenario.
var commonSettings = []setting{
	{"protocol", "hs2|beeswax", "what the listener speaks; the port follows it: 21050 or 21000", connecting, false,
		func(s *scenarios.Scenario, v string) error {
			return oneOf(&s.Target.Protocol, v, scenarios.HS2, scenarios.Beeswax)
		}},
	{"auth", "none|ldap", "how to log in", connecting, false,
		func(s *scenarios.Scenario, v string) error {
			return oneOf(&s.Auth.Mechanism, v, scenarios.None, scenarios.LDAP)
		}},
	{"user", "NAME", "who logs in", connecting, false,
		func(s *scenarios.Scenario, v string) error { s.Auth.User = v; return nil }},
	{"password-file", "FILE", "file with the password; others must not be able to read or change it, but a mounted secret may be readable", connecting, false,
		func(s *scenarios.Scenario, v string) error { s.Auth.PasswordFile = v; return nil }},
	{"password-command", "CMD", "command that prints the password", connecting, false,
		func(s *scenarios.Scenario, v string) error {
			s.Auth.PasswordCommand = scenarios.SecretCommand(v)
			return nil
		}},
	{"allow-cleartext-auth", "", "send the password even where there is no TLS", connecting, false,
		func(s *scenarios.Scenario, v string) error { return boolean(&s.Auth.AllowCleartext, v) }},
	{"tls", "", "the listener speaks TLS", connecting, false,
		func(s *scenarios.Scenario, v string) error { return boolean(&s.TLS.Enabled, v) }},
	{"ca-cert", "FILE", "PEM file of the roots to trust (the system's)", connecting, false,
		func(s *scenarios.Scenario, v string) error { s.TLS.CACert = v; return nil }},
	{"server-name", "NAME", "name to ask for and to find in the certificate (the host)", connecting, false,
		func(s *scenarios.Scenario, v string) error { s.TLS.ServerName = v; return nil }},
	{"tls-min-version", "1.2|1.3", "oldest TLS that is good", trusting, false,
		func(s *scenarios.Scenario, v string) error { return oneOf(&s.TLS.MinVersion, v, "1.2", "1.3") }},
	{"dns", "all|ipv4|ipv6|os", "which of a name's addresses are nodes", connecting, false,
		func(s *scenarios.Scenario, v string) error {
			return oneOf(&s.Target.DNS, v, scenarios.DNSAll, scenarios.DNSIPv4, scenarios.DNSIPv6, scenarios.DNSOS)
		}},
	{"timeout", "D", "limit of each phase of a session", connecting, false,
		func(s *scenarios.Scenario, v string) error { return s.Load.Timeout.UnmarshalText([]byte(v)) }},
	{"confirm", "HOST", "the endpoint's host again, to go beyond 50/s, 64 open or 10 min", pacing, false,
		func(s *scenarios.Scenario, v string) error { s.Target.Confirm = v; return nil }},

	{"expect-coordinators", "N|a,b,c", "how many coordinators there are, or which", expecting, false, setCoordinators},
	{"expect-weights", "4:2:1", "their weights, in the order of the names", expecting, false, setWeights},
	{"expect-nodes", "N", "how many addresses the balancer has", trusting, false,
		func(s *scenarios.Scenario, v string) error { return integer(&s.Expect.Nodes, v, 1, 1000) }},
	{"expect-version", "TEXT", "part of the version that every coordinator must report", expecting, false,
		func(s *scenarios.Scenario, v string) error { s.Expect.Version = v; return nil }},
	{"expect-issuer", "ATTR=VALUE", "attribute of the certificates' issuer: O=Amazon", trusting, true,
		func(s *scenarios.Scenario, v string) error {
			s.Expect.TLS.Issuer = append(s.Expect.TLS.Issuer, v)
			return nil
		}},
	{"expect-days-left", "N", "days that a certificate must still be valid", trusting, false,
		func(s *scenarios.Scenario, v string) error { return integer(&s.Expect.TLS.DaysLeft, v, 0, 10000) }},
	{"policy", "P", "how the balancer chooses: auto, round-robin, flow-hash, random, leastconn, source", expecting, false,
		func(s *scenarios.Scenario, v string) error {
			return oneOf(&s.Expect.Balance.Policy, v, scenarios.Policies()...)
		}},
	{"tolerance", "X", "deviation of a share that matters: 0.5 is half as much again", expecting, false,
		func(s *scenarios.Scenario, v string) error { return fraction(&s.Expect.Balance.Tolerance, v, 100) }},
	{"alpha", "P", "chance that one look at a healthy balancer alarms", expecting, false,
		func(s *scenarios.Scenario, v string) error { return fraction(&s.Expect.Balance.Alpha, v, 1) }},
	{"threshold", "METRIC: EXPR", "limit that must hold: 'session.open: p(99) < 2s'", expecting, true, setThreshold},
	{"strict-errors", "", "one failed session is enough to fail", expecting, false,
		func(s *scenarios.Scenario, v string) error { return boolean(&s.StrictErrors, v) }},
	{"inconclusive", "pass|fail", "exit 0 or 1 instead of 3 where nothing was proven", trusting, false,
		func(s *scenarios.Scenario, v string) error {
			return oneOf(&s.Inconclusive, v, scenarios.InconclusivePass, scenarios.InconclusiveFail)
		}},

	{"sessions", "N|auto", "sessions of one look, opened in order", looking, false,
		func(s *scenarios.Scenario, v string) error { return s.Load.Sessions.UnmarshalText([]byte(v)) }},
	{"concurrency", "N", "sessions open at once, or logins under way", pacing, false, setConcurrency},
	{"burst", "N", "sessions opened together after the ordered ones; 0: none", looking, false,
		func(s *scenarios.Scenario, v string) error { return integer(&s.Load.Burst, v, 0, 100000) }},
	{"rate", "R", "new sessions a second: 10/s", pacing, false,
		func(s *scenarios.Scenario, v string) error { return s.Load.Rate.UnmarshalText([]byte(v)) }},
	{"settle", "D", "wait so long, at most, until every coordinator is back", looking, false,
		func(s *scenarios.Scenario, v string) error { return s.Load.Settle.UnmarshalText([]byte(v)) }},
	{"settle-every", "D", "how often to look meanwhile", looking, false,
		func(s *scenarios.Scenario, v string) error { return s.Load.SettleEvery.UnmarshalText([]byte(v)) }},
	{"query", "SQL", "statement to run besides SELECT pid()", looking, false,
		func(s *scenarios.Scenario, v string) error { s.Query = v; return nil }},
	{"identity-query", "SQL", "who answers, on servers that are not Impala: name, and pid if there is a second column", pacing, false,
		func(s *scenarios.Scenario, v string) error { s.IdentityWith = v; return nil }},
	{"query-option", "KEY=VALUE", "query option of every session: REQUEST_POOL=ci", pacing, true, setQueryOption},
	{"seed", "N", "seed of every choice left to chance", pacing, false, setSeed},
	{"warm-up", "D", "sessions due before count for no time that a threshold looks at", pacing, false,
		func(s *scenarios.Scenario, v string) error { return s.Load.WarmUp.UnmarshalText([]byte(v)) }},
	{"local-address", "IP", "address of this machine to dial from; several are used in turn", pacing, true,
		func(s *scenarios.Scenario, v string) error {
			s.Load.LocalAddresses = append(s.Load.LocalAddresses, v)
			return nil
		}},
	{"web-port", "PORT", "read the declared coordinators' own pages on this port: 25000", pacing, false,
		func(s *scenarios.Scenario, v string) error { return integer(&s.Target.WebPort, v, 1, 65535) }},
	{"tls-curve", "CURVE", "the only key exchange to offer: x25519, p256, ... (Go's own list)", pacing, false,
		func(s *scenarios.Scenario, v string) error { return oneOf(&s.TLS.Curve, v, scenarios.Curves()...) }},
	{"tls-verify-once", "", "follow each distinct chain of certificates to its root once a run", pacing, false,
		func(s *scenarios.Scenario, v string) error { return boolean(&s.TLS.VerifyOnce, v) }},
}

// oneOf sets f to v where v is one of allowed.
func oneOf[T ~string](f *T, v string, allowed ...T) error {
	names := make([]string, len(allowed))
	for i, a := range allowed {
		if v == string(a) {
			*f = a
			return nil
		}
		names[i] = string(a)
	}
	return fmt.Errorf("it is one of %s", strings.Join(names, ", "))
}

func boolean(f *bool, v string) error {
	b, err := strconv.ParseBool(v)
	if err != nil {
		return errors.New("it is true or false")
	}
	*f = b
	return nil
}

func integer(f *int, v string, low, high int) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		return fmt.Errorf("it is a number from %d to %d", low, high)
	}
	*f = n
	return nil
}

// fraction sets f to a number above 0 and at most high.
func fraction(f *float64, v string, high float64) error {
	x, err := strconv.ParseFloat(v, 64)
	if err != nil || !(x > 0) || x > high {
		return fmt.Errorf("it is a number above 0 and at most %v", high)
	}
	*f = x
	return nil
}

func setCoordinators(s *scenarios.Scenario, v string) error {
	if n, err := strconv.Atoi(v); err == nil {
		s.Expect.Coordinators = scenarios.ExpectCoordinators{}
		return integer(&s.Expect.Coordinators.Count, strconv.Itoa(n), 1, 10000)
	}
	names := strings.Split(v, ",")
	for i := range names {
		if names[i] = strings.TrimSpace(names[i]); names[i] == "" {
			return errors.New("it is a number or a list of names: 5, or coord1,coord2")
		}
	}
	s.Expect.Coordinators = scenarios.ExpectCoordinators{Names: names}
	return nil
}

func setWeights(s *scenarios.Scenario, v string) error {
	var weights []float64
	for _, part := range strings.FieldsFunc(v, func(r rune) bool { return r == ':' || r == ',' }) {
		var w float64
		if err := fraction(&w, part, 1e6); err != nil {
			return errors.New("it is weights such as 4:2:1:1")
		}
		weights = append(weights, w)
	}
	if len(weights) < 2 {
		return errors.New("it is weights such as 4:2:1:1")
	}
	s.Expect.Balance.Weights = weights
	return nil
}

func setConcurrency(s *scenarios.Scenario, v string) error {
	if err := integer(&s.Load.Concurrency, v, 1, 100000); err != nil {
		return err
	}
	s.Load.Burst = s.Load.Concurrency
	return nil
}

func setThreshold(s *scenarios.Scenario, v string) error {
	metric, expr, found := cutMetric(v)
	metric, expr = strings.TrimSpace(metric), strings.TrimSpace(expr)
	if !found || metric == "" || expr == "" {
		return errors.New("it is a metric and a limit: 'session.open: p(99) < 2s'")
	}
	if s.Thresholds == nil {
		s.Thresholds = map[string][]string{}
	}
	s.Thresholds[metric] = append(s.Thresholds[metric], expr)
	return nil
}

// cutMetric parts a metric from its limit: at the first colon, or at the one
// behind its tag, whose value may hold colons of its own.
func cutMetric(v string) (metric, expr string, found bool) {
	tag := 0
	if i := strings.IndexByte(v, '{'); i >= 0 && i < strings.IndexByte(v, ':') {
		tag = max(0, strings.IndexByte(v, '}'))
	}
	metric, expr, found = strings.Cut(v[tag:], ":")
	return v[:tag] + metric, expr, found
}

func setQueryOption(s *scenarios.Scenario, v string) error {
	key, value, found := strings.Cut(v, "=")
	if key = strings.TrimSpace(key); !found || key == "" {
		return errors.New("it is KEY=VALUE")
	}
	if s.QueryOptions == nil {
		s.QueryOptions = map[string]string{}
	}
	s.QueryOptions[key] = value
	return nil
}

func setSeed(s *scenarios.Scenario, v string) error {
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		return errors.New("it is a whole number")
	}
	s.Seed = n
	return nil
}
