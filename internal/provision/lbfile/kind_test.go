package lbfile

import (
	"strings"
	"testing"
)

func TestValidate_KnowsWhatAKindLacks(t *testing.T) {
	t.Parallel()
	const network = "kind: network\n"
	for name, tc := range map[string]struct{ with, says string }{
		"targets of a Classic one":                    {"targets: ip", "lb.yaml:6:10: targets: only a network load balancer has it"},
		"preserving addresses, of a Classic one":      {"preserve_client_ip: false", "only a network load balancer has it"},
		"termination, of a Classic one":               {"connection_termination: true", "only a network load balancer has it"},
		"draining the unhealthy, of a Classic one":    {"unhealthy_draining: 0s", "only a network load balancer has it"},
		"stickiness of a Classic one":                 {"stickiness: source_ip", "only a network load balancer has it"},
		"targets by name":                             {network + "targets: alb", "lb.yaml:7:10: targets: invalid targets \"alb\": expected instance or ip"},
		"stickiness by cookie":                        {network + "stickiness: cookie", "expected source_ip"},
		"stickiness with TLS on both sides":           {network + "stickiness: source_ip\ntls: {domain: a.example.com, backend: tls}", "AWS does not support it"},
		"an idle timeout below a minute":              {network + "idle_timeout: 59s", "60s to 6000s"},
		"an idle timeout of two hours":                {network + "idle_timeout: 2h", "60s to 6000s"},
		"an idle timeout of 0 s":                      {network + "idle_timeout: 0s", "60s to 6000s"},
		"a longer idle timeout than TLS has":          {network + "tls: {domain: a.example.com}\nidle_timeout: 3600s", "lb.yaml:8:15: idle_timeout: 3600s cannot be set: the idle timeout of a network load balancer's TLS listener is 350s"},
		"a shorter one":                               {network + "tls: {domain: a.example.com}\nidle_timeout: 300s", "is 350s"},
		"a health check by SSL":                       {network + "health_check: {target: \"SSL:21050\"}", "TCP, HTTP or HTTPS"},
		"a health check that waits for three minutes": {network + "health_check: {interval: 300s, timeout: 180s}", "2s to 120s"},
		"an access log without TLS":                   {network + "access_logs: {bucket: logs-1}", "of TLS listeners only"},
		"an access log every hour":                    {network + "tls: {domain: a.example.com}\naccess_logs: {bucket: logs-1, every: 60m}", "every 5m"},
		"a TLS policy of another form":                {network + "tls: {domain: a.example.com, policy: mine}", "expected a name such as ELBSecurityPolicy-TLS13-1-2-2021-06"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("lb.yaml", []byte(strings.TrimPrefix(good, "\n")+"\n"+tc.with+"\n"))
			if err == nil || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want one line that says %q", err, tc.says)
			}
		})
	}
}

func TestParse_FillsInTheDefaultsOfTheKind(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		with string
		ok   func(Spec) bool
	}{
		"classic": {"", func(s Spec) bool {
			return s.Kind == Classic && s.Targets == "" && s.PreserveClientIP == nil && s.UnhealthyDraining == nil && s.IdleTimeout.Seconds() == 3600
		}},
		"network": {"kind: network\n", func(s Spec) bool {
			return s.Targets == ByInstance && s.PreservesClientIP() && s.UnhealthyDraining.Seconds() == 300 && s.IdleTimeout.Seconds() == 3600
		}},
		"addresses": {"kind: network\ntargets: ip\n", func(s Spec) bool { return !s.PreservesClientIP() }},
		"addresses that are preserved": {"kind: network\ntargets: ip\npreserve_client_ip: true\nunhealthy_draining: 0s\n", func(s Spec) bool {
			return s.PreservesClientIP() && s.UnhealthyDraining.Seconds() == 0
		}},
		"TLS": {"kind: network\ntls: {domain: a.example.com}\naccess_logs: {bucket: logs-1}\n", func(s Spec) bool {
			return s.IdleTimeout.Seconds() == 350 && s.TLS.Policy == DefaultNetworkPolicy && s.AccessLogs.Every.Seconds() == 300
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := Parse("lb.yaml", []byte(good+tc.with))
			if err != nil || !tc.ok(s) {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

func TestTargetGroup_HasANameForWhatCannotBeChanged(t *testing.T) {
	t.Parallel()
	const owner, vpc = "123456789012/eu-west-1/blue", "vpc-0123abcd"
	s := Spec{Kind: NetworkBalancer, Targets: ByInstance}
	base := s.TargetGroup(owner, vpc, 65535)
	if len(base) > 32 || !strings.HasPrefix(base, TargetGroupPrefix+"65535-") || base != s.TargetGroup(owner, vpc, 65535) {
		t.Errorf("%q", base)
	}
	address, encrypted := s, s
	address.Targets, encrypted.TLS = ByAddress, &TLS{Backend: Encrypted}
	names := map[string]bool{
		base: true, s.TargetGroup(owner, vpc, 21050): true, s.TargetGroup(owner, "vpc-0123abce", 65535): true, s.TargetGroup(owner+"2", vpc, 65535): true,
		address.TargetGroup(owner, vpc, 65535): true, encrypted.TargetGroup(owner, vpc, 65535): true,
	}
	if len(names) != 6 {
		t.Errorf("%d names for six groups: %v", len(names), names)
	}
}
