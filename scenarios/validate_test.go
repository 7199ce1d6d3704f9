package scenarios_test

import (
	"errors"
	"math"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// runnable is the least that Validate is content with.
func runnable() scenarios.Scenario {
	s := scenarios.Default()
	s.Name = "mine"
	s.Target.Endpoints = []string{"impala.example.com"}
	return s
}

func TestValidateNamesTheSettingThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  func(*scenarios.Scenario)
		want string
	}{
		"no endpoint":                    {func(s *scenarios.Scenario) { s.Target.Endpoints = nil }, "target.endpoints: none given; name the load balancer as HOST or HOST:PORT"},
		"an endpoint without a host":     {func(s *scenarios.Scenario) { s.Target.Endpoints = []string{":21050"} }, `target.endpoints: invalid host name or address ""`},
		"an unknown protocol":            {func(s *scenarios.Scenario) { s.Target.Protocol = "hs3" }, `target.protocol: "hs3" is none of hs2, beeswax; did you mean hs2?`},
		"an unknown way to resolve":      {func(s *scenarios.Scenario) { s.Target.DNS = "ip" }, `target.dns: "ip" is none of all, ipv4, ipv6, os`},
		"an unknown mechanism":           {func(s *scenarios.Scenario) { s.Auth.Mechanism = "kerberos" }, `auth.mechanism: "kerberos" is none of none, ldap`},
		"an old TLS version":             {func(s *scenarios.Scenario) { s.TLS.MinVersion = "1.1" }, `tls.min_version: "1.1" is none of 1.2, 1.3; did you mean 1.2?`},
		"a warm-up of less than nothing": {func(s *scenarios.Scenario) { s.Load.WarmUp = -1 }, "load.warm_up: a time cannot be negative; 0 counts every session"},
		"other lanes":                    {func(s *scenarios.Scenario) { s.Load.Lanes = "one" }, `load.lanes: "one" is none of per-node`},
		"an unknown policy":              {func(s *scenarios.Scenario) { s.Expect.Balance.Policy = "round_robin" }, `expect.balance.policy: "round_robin" is none of auto, round-robin, flow-hash, random, leastconn, source; did you mean round-robin?`},
		"another way to be inconclusive": {func(s *scenarios.Scenario) { s.Inconclusive = "maybe" }, `inconclusive: "maybe" is none of pass, fail`},
		"alpha of 0":                     {func(s *scenarios.Scenario) { s.Expect.Balance.Alpha = 0 }, "expect.balance.alpha: a chance lies between 0 and 1, such as 0.001"},
		"alpha that is no number":        {func(s *scenarios.Scenario) { s.Expect.Balance.Alpha = math.NaN() }, "expect.balance.alpha: a chance lies between 0 and 1, such as 0.001"},
		"no tolerance":                   {func(s *scenarios.Scenario) { s.Expect.Balance.Tolerance = 0 }, "expect.balance.tolerance: a deviation that matters is more than 0, such as 0.5"},
		"a weight of 0":                  {weights(1, 0), "expect.balance.weights: a weight is more than 0; leave out a coordinator that should get nothing"},
		"weights for nobody":             {weights(1, 2), "expect.balance.weights: weights need expected coordinators (--expect-coordinators)"},
		"fewer weights than coordinators": {func(s *scenarios.Scenario) {
			weights(1, 2)(s)
			s.Expect.Coordinators.Count = 3
		}, "expect.balance.weights: 2 weights for 3 coordinators"},
		"a count beside other names": {func(s *scenarios.Scenario) {
			s.Expect.Coordinators = scenarios.ExpectCoordinators{Count: 3, Names: []string{"a", "b"}}
		}, "expect.coordinators.count: 3, but 2 names are given; give one of the two"},
		"a name that is there twice": {func(s *scenarios.Scenario) { s.Expect.Coordinators.Names = []string{"a", "A."} }, `expect.coordinators.names: "A." is there twice`},
		"an empty name":              {func(s *scenarios.Scenario) { s.Expect.Coordinators.Names = []string{" "} }, "expect.coordinators.names: a name is empty"},
		"fewer than no coordinators": {func(s *scenarios.Scenario) { s.Expect.Coordinators.Count = -1 }, "expect.coordinators.count: there is no negative number of coordinators; 0 is unknown"},
		"fewer than no nodes":        {func(s *scenarios.Scenario) { s.Expect.Nodes = -1 }, "expect.nodes: there is no negative number of nodes; 0 is any"},
		"nothing may be open":        {func(s *scenarios.Scenario) { s.Load.Concurrency = 0 }, "load.concurrency: at least 1 session must be allowed to be open"},
		"a negative rate":            {func(s *scenarios.Scenario) { s.Load.Rate = -1 }, "load.rate: a rate cannot be negative; 0 is not paced"},
		"a negative burst":           {func(s *scenarios.Scenario) { s.Load.Burst = -1 }, "load.burst: there is no negative number of sessions; 0 leaves the burst out"},
		"negative sessions":          {func(s *scenarios.Scenario) { s.Load.Sessions = -1 }, "load.sessions: there is no negative number of sessions"},
		"no time to end in":          {func(s *scenarios.Scenario) { s.Load.Timeout = 0 }, "load.timeout: each phase needs a time to end in, such as 10s"},
		"settling without rounds":    {func(s *scenarios.Scenario) { s.Load.Settle, s.Load.SettleEvery = 1, 0 }, "load.settle_every: rounds need a time between them, such as 5s"},
		"ldap without a user":        {func(s *scenarios.Scenario) { s.Auth.Mechanism, s.TLS.Enabled = scenarios.LDAP, true }, "auth.user: logging in with ldap needs a user (--user)"},
		"a password in cleartext":    {func(s *scenarios.Scenario) { s.Auth = scenarios.Auth{Mechanism: scenarios.LDAP, User: "u"} }, "auth.mechanism: ldap would send the password in cleartext, since tls is off; add --tls, or --allow-cleartext-auth if you mean it"},
		"two sources of a password": {func(s *scenarios.Scenario) {
			s.TLS.Enabled = true
			s.Auth = scenarios.Auth{Mechanism: scenarios.LDAP, User: "u", PasswordFile: "f", PasswordCommand: "c"}
		}, "auth.password_command: password_file is given, too; give one of the two"},
		"a password that nothing uses": {func(s *scenarios.Scenario) { s.Auth.PasswordFile = "f" }, "auth.mechanism: a password is given but no login that uses it; add --auth ldap"},
		"a CA file with TLS off":       {func(s *scenarios.Scenario) { s.TLS.CACert = "ca.pem" }, "tls.ca_cert: needs tls.enabled (--tls)"},
		"a server name with TLS off":   {func(s *scenarios.Scenario) { s.TLS.ServerName = "n" }, "tls.server_name: needs tls.enabled (--tls)"},
		"an issuer with TLS off":       {func(s *scenarios.Scenario) { s.Expect.TLS.Issuer = []string{"O=Amazon"} }, "expect.tls.issuer: needs tls.enabled (--tls)"},
		"certificates with TLS off":    {func(s *scenarios.Scenario) { s.Kind = scenarios.KindCertificates }, "kind: needs tls.enabled (--tls)"},
		"a limit that is empty":        {func(s *scenarios.Scenario) { s.Thresholds = map[string][]string{"query": {""}} }, `thresholds: "query" has no limit; write one such as "p(99) < 2s"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := runnable()
			c.set(&s)
			var invalid *scenarios.InvalidError
			if err := s.Validate(); !errors.As(err, &invalid) || err.Error() != c.want {
				t.Errorf("\n got %v\nwant %s", err, c.want)
			}
		})
	}
}

func weights(w ...float64) func(*scenarios.Scenario) {
	return func(s *scenarios.Scenario) { s.Expect.Balance.Weights = w }
}

func TestValidateIsContentWithWhatCanBe(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*scenarios.Scenario){
		"the defaults and an endpoint": func(*scenarios.Scenario) {},
		"ldap over TLS":                func(s *scenarios.Scenario) { s.TLS.Enabled, s.Auth.Mechanism, s.Auth.User = true, scenarios.LDAP, "u" },
		"ldap in cleartext, if meant": func(s *scenarios.Scenario) {
			s.Auth = scenarios.Auth{Mechanism: scenarios.LDAP, User: "u", AllowCleartext: true}
		},
		"weights by count": func(s *scenarios.Scenario) { weights(2, 1)(s); s.Expect.Coordinators.Count = 2 },
		"weights by name":  func(s *scenarios.Scenario) { weights(2, 1)(s); s.Expect.Coordinators.Names = []string{"a", "b"} },
		"a user without a login, as NOSASL sessions have one": func(s *scenarios.Scenario) { s.Auth.User = "u" },
		"a rate of 0":              func(s *scenarios.Scenario) { s.Load.Rate = 0 },
		"words left to defaults":   func(s *scenarios.Scenario) { s.Target.Protocol, s.Target.DNS, s.Auth.Mechanism = "", "", "" },
		"more burst than may open": func(s *scenarios.Scenario) { s.Load.Burst = 100 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := runnable()
			set(&s)
			if err := s.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestLocateFindsTheKeyInItsFile(t *testing.T) {
	t.Parallel()
	const src = "target: {endpoints: [a]}\nexpect:\n  tls:\n    issuer: [O=Amazon]\n"
	s := mustParse(t, src)
	if got, want := scenarios.Locate("mine.yaml", []byte(src), s.Validate()).Error(),
		"mine.yaml:4:13: expect.tls.issuer: needs tls.enabled (--tls)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	s.Expect.TLS.Issuer, s.Auth.PasswordFile = nil, "from a flag"
	err := s.Validate()
	if got := scenarios.Locate("mine.yaml", []byte(src), err); !errors.Is(got, err) {
		t.Errorf("a key that the file does not set: got %v, want %v", got, err)
	}
	other := errors.New("another")
	if got := scenarios.Locate("mine.yaml", []byte(src), other); !errors.Is(got, other) {
		t.Errorf("got %v, want %v", got, other)
	}
}
