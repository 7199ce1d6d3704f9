package scenarios_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestScenario_Marshal_RoundTrip(t *testing.T) {
	t.Parallel()
	full := scenarios.Scenario{
		Name: "all", Kind: scenarios.KindCertificates, Description: "every key: set # to something",
		Target:       scenarios.Target{Endpoints: []string{"a:1", "[::1]:2"}, Protocol: scenarios.ProtocolBeeswax, DNS: scenarios.DNSOS, WebPort: 25000, Confirm: "a"},
		Auth:         scenarios.Auth{Mechanism: scenarios.MechanismLDAP, User: "CORP\\u", PasswordFile: "/p q", PasswordCommand: "pass show 'x'", AllowCleartext: true},
		TLS:          scenarios.TLSConfig{Enabled: true, CACert: "ca.pem", ServerName: "n", MinVersion: "1.3", Curve: "x25519", VerifyOnce: true},
		Load:         scenarios.LoadConfig{Sessions: 7, PerCoordinator: 3, Lanes: scenarios.LanesPerNode, Burst: 1, BurstHold: 2, Concurrency: 3, Rate: 1.0 / 3, Settle: scenarios.Duration(90 * time.Second), SettleEvery: 5, Timeout: 6, WarmUp: 7, Stages: []scenarios.Stage{{Rate: 20, For: scenarios.Duration(time.Minute)}, {Rate: 200.5, Ramp: 8}, {Closed: 3, For: 1}, {Hold: 500, For: 2}}, LocalAddresses: []string{"127.0.0.5", "::1"}},
		Capacity:     scenarios.CapacityConfig{Hold: 400, For: 9, UntilFull: true, Threads: 64},
		Idle:         scenarios.IdleConfig{Steps: []scenarios.Duration{1, 2}, Scale: 0.01},
		Watch:        scenarios.WatchConfig{For: 3, Long: 5, OnEvent: "kill -9 \"$PID\"", EventAfter: 4},
		Query:        "SELECT\t1\n-- it's \"so\" \u2028 \x00 \U0001F600",
		IdentityWith: "true",
		QueryOptions: map[string]string{"MT_DOP": "4", "nil": "~", "on": "off"},
		Expect: scenarios.Expect{
			Coordinators: scenarios.ExpectCoordinators{Count: 2, Names: []string{"1", "b:25000"}}, Nodes: 2, Version: "4.4",
			Balance: scenarios.ExpectBalance{Policy: scenarios.PolicyLeastConn, Alpha: 1e-9, Tolerance: 0.1, Weights: []float64{1, 1e6}},
			TLS:     scenarios.ExpectTLS{Issuer: []string{`O=Amazon\, Inc.`, "C=US"}, Root: []string{"CN=Amazon Root CA 1"}, DaysLeft: 30},
			MinIdle: 5, MaxOutage: 6, Slowest: 2.5,
		},
		Thresholds:   map[string][]string{"query{coordinator=*}": {"p(95) < 300ms", "error_rate < 0.1%"}},
		StrictErrors: true, Inconclusive: scenarios.OnInconclusiveFail, Seed: 1<<64 - 1,
	}
	zeros := scenarios.Default()
	zeros.Name = "zeros"
	zeros.Load.Burst, zeros.Load.Rate, zeros.Load.BurstHold, zeros.Load.SettleEvery, zeros.Expect.TLS.DaysLeft = 0, 0, 0, 0, 0
	for name, want := range map[string]scenarios.Scenario{"every key": full, "zeros that are no defaults": zeros} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src, err := want.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			got, err := scenarios.Parse("mine.yaml", src)
			if err != nil {
				t.Fatalf("%v\n%s", err, src)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s\n%s", diff, src)
			}
		})
	}
}

func TestScenario_Marshal_Text(t *testing.T) {
	t.Parallel()
	s := mustParse(t, "target: {endpoints: [a:1]}\nexpect: {coordinators: {names: [c1, c2]}}\nquery: SELECT 1")
	got, err := s.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	const want = `name: mine
target:
  endpoints: ["a:1"]
  protocol: hs2
  dns: all
auth:
  mechanism: none
tls:
  min_version: "1.2"
load:
  burst: 16
  burst_hold: 1s
  concurrency: 16
  rate: 10/s
  settle_every: 5s
  timeout: 10s
query: SELECT 1
expect:
  coordinators:
    names: [c1, c2]
  balance:
    policy: auto
    alpha: 0.001
    tolerance: 0.5
  tls:
    days_left: 7
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}
