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

func TestValidate_NamesTheInvalidSetting(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  func(*scenarios.Scenario)
		want string
	}{
		"no endpoint":                    {func(s *scenarios.Scenario) { s.Target.Endpoints = nil }, "target.endpoints: none given; name the load balancer as HOST or HOST:PORT"},
		"an endpoint without a host":     {func(s *scenarios.Scenario) { s.Target.Endpoints = []string{":21050"} }, `target.endpoints: invalid host name or address ""`},
		"an unknown protocol":            {func(s *scenarios.Scenario) { s.Target.Protocol = "hs3" }, `target.protocol: "hs3" is not one of hs2, hs2-http, beeswax; did you mean hs2?`},
		"an unknown way to resolve":      {func(s *scenarios.Scenario) { s.Target.DNS = "ip" }, `target.dns: "ip" is not one of all, ipv4, ipv6, os`},
		"an unknown mechanism":           {func(s *scenarios.Scenario) { s.Auth.Mechanism = "gssapi" }, `auth.mechanism: "gssapi" is not one of none, ldap, kerberos, jwt`},
		"an old TLS version":             {func(s *scenarios.Scenario) { s.TLS.MinVersion = "1.1" }, `tls.min_version: "1.1" is not one of 1.2, 1.3; did you mean 1.2?`},
		"a warm-up of less than nothing": {func(s *scenarios.Scenario) { s.Load.WarmUp = -1 }, "load.warm_up: must be at least 0s (0: all count)"},
		"other lanes":                    {func(s *scenarios.Scenario) { s.Load.Lanes = "one" }, `load.lanes: "one" is not one of per-node`},
		"an unknown policy":              {func(s *scenarios.Scenario) { s.Expect.Balance.Policy = "round_robin" }, `expect.balance.policy: "round_robin" is not one of auto, round-robin, flow-hash, random, leastconn, source; did you mean round-robin?`},
		"another way to be inconclusive": {func(s *scenarios.Scenario) { s.Inconclusive = "maybe" }, `inconclusive: "maybe" is not one of pass, fail`},
		"alpha of 0":                     {func(s *scenarios.Scenario) { s.Expect.Balance.Alpha = 0 }, "expect.balance.alpha: must be more than 0 and less than 1; the default is 0.001"},
		"alpha that is no number":        {func(s *scenarios.Scenario) { s.Expect.Balance.Alpha = math.NaN() }, "expect.balance.alpha: must be more than 0 and less than 1; the default is 0.001"},
		"no tolerance":                   {func(s *scenarios.Scenario) { s.Expect.Balance.Tolerance = 0 }, "expect.balance.tolerance: must be more than 0 and at most 100; the default is 0.5"},
		"a weight of 0":                  {weights(1, 0), "expect.balance.weights: must be more than 0 and at most 1000000"},
		"weights for nobody":             {weights(1, 2), "expect.balance.weights: the expected coordinators are needed, too; set expect.coordinators"},
		"fewer weights than coordinators": {func(s *scenarios.Scenario) {
			weights(1, 2)(s)
			s.Expect.Coordinators.Count = 3
		}, "expect.balance.weights: must have one weight for each coordinator: they are 2 for 3"},
		"a count beside other names": {func(s *scenarios.Scenario) {
			s.Expect.Coordinators = scenarios.ExpectCoordinators{Count: 3, Names: []string{"a", "b"}}
		}, "expect.coordinators.count: 3, but the list of names has 2; give one of the two"},
		"a name that is there twice": {func(s *scenarios.Scenario) { s.Expect.Coordinators.Names = []string{"a", "A."} }, `expect.coordinators.names: "A." is there twice`},
		"an empty name":              {func(s *scenarios.Scenario) { s.Expect.Coordinators.Names = []string{" "} }, "expect.coordinators.names: a name is empty"},
		"fewer than no coordinators": {func(s *scenarios.Scenario) { s.Expect.Coordinators.Count = -1 }, "expect.coordinators.count: must be from 1 to 10000 (0: not known)"},
		"fewer than no nodes":        {func(s *scenarios.Scenario) { s.Expect.Nodes = -1 }, "expect.nodes: must be from 1 to 1000 (0: any number)"},
		"nothing may be open":        {func(s *scenarios.Scenario) { s.Load.Concurrency = 0 }, "load.concurrency: must be from 1 to 100000; the default is 16"},
		"a negative rate":            {func(s *scenarios.Scenario) { s.Load.Rate = -1 }, "load.rate: must be from 0 to 1000000 (0: not paced)"},
		"a negative burst":           {func(s *scenarios.Scenario) { s.Load.Burst = -1 }, "load.burst: must be from 1 to 100000 (0: none)"},
		"negative sessions":          {func(s *scenarios.Scenario) { s.Load.Sessions = -1 }, "load.sessions: must be from 1 to 100000000 (0: auto, as many as the rule needs for these coordinators and nodes)"},
		"no time to end in":          {func(s *scenarios.Scenario) { s.Load.Timeout = 0 }, "load.timeout: must be more than 0s; the default is 10s"},
		"settling without rounds":    {func(s *scenarios.Scenario) { s.Load.Settle, s.Load.SettleEvery = 1, 0 }, "load.settle_every: there must be time between two attempts; set load.settle_every: 5s"},
		"a CA file with TLS off":     {func(s *scenarios.Scenario) { s.TLS.CACert = "ca.pem" }, "tls.ca_cert: needs TLS; set tls.enabled: true"},
		"a server name with TLS off": {func(s *scenarios.Scenario) { s.TLS.ServerName = "n" }, "tls.server_name: needs TLS; set tls.enabled: true"},
		"an issuer with TLS off":     {func(s *scenarios.Scenario) { s.Expect.TLS.Issuer = []string{"O=Amazon"} }, "expect.tls.issuer: needs TLS; set tls.enabled: true"},
		"certificates with TLS off":  {func(s *scenarios.Scenario) { s.Kind = scenarios.KindCertificates }, "kind: certificates needs TLS; set tls.enabled: true"},
		"a limit that is empty":      {func(s *scenarios.Scenario) { s.Thresholds = map[string][]string{"query": {""}} }, `thresholds: "query" has no limit; write one such as "p(99) < 2s"`},
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

func TestValidate_AcceptsValidScenarios(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*scenarios.Scenario){
		"the defaults and an endpoint": func(*scenarios.Scenario) {},
		"ldap over TLS": func(s *scenarios.Scenario) {
			s.TLS.Enabled, s.Auth.Mechanism, s.Auth.User = true, scenarios.MechanismLDAP, "u"
		},
		"ldap in cleartext, if meant": func(s *scenarios.Scenario) {
			s.Auth = scenarios.Auth{Mechanism: scenarios.MechanismLDAP, User: "u", AllowCleartext: true}
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

func TestLocate_FindsTheKeyInItsFile(t *testing.T) {
	t.Parallel()
	const src = "target: {endpoints: [a]}\nexpect:\n  tls:\n    issuer: [O=Amazon]\n"
	s := mustParse(t, src)
	if got, want := scenarios.Locate("mine.yaml", []byte(src), s.Validate()).Error(),
		"mine.yaml:4:13: expect.tls.issuer: needs TLS; set tls.enabled: true"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	s.Expect.TLS.Issuer, s.Auth.PasswordFile = nil, "from a flag"
	err := s.Validate()
	if got := scenarios.Locate("mine.yaml", []byte(src), err); !errors.Is(got, err) {
		t.Errorf("a key that the file does not set: got %v, want %v", got, err)
	}
	const limits = "thresholds:\n  session.open: [max < 1s]\n  session: [count > 1]\n"
	if got := scenarios.Locate("mine.yaml", []byte(limits), &scenarios.InvalidError{Key: "thresholds.session", Msg: "m"}).Error(); got != "mine.yaml:3:12: thresholds.session: m" {
		t.Errorf("a key with a dot: %s", got)
	}
	if !scenarios.SourceSets([]byte(limits), "thresholds.session.open") || scenarios.SourceSets([]byte(limits), "thresholds.query") {
		t.Error("SourceSets does not know which keys a file sets")
	}
	other := errors.New("another")
	if got := scenarios.Locate("mine.yaml", []byte(src), other); !errors.Is(got, other) {
		t.Errorf("got %v, want %v", got, other)
	}
}
