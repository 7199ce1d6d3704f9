package lbfile

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/strictyaml"
)

// defaults are those of both kinds.
func defaults() Spec {
	return Spec{
		Kind: Classic, Scheme: Internal,
		Listeners:   []uint16{21050},
		IdleTimeout: Span(time.Hour),
		HealthCheck: HealthCheck{
			Target: "TCP:21050", Interval: Span(30 * time.Second), Timeout: Span(5 * time.Second), Unhealthy: 2, Healthy: 5,
		},
		CrossZone: true,
		Draining:  Span(5 * time.Minute),
	}
}

// lbFile is what messages say of lb.yaml.
var lbFile = strictyaml.Format{
	Example: `"cluster: prod1"`,
	Start:   "`impala-lbcheck provision init` prints one to start from",
}

// Parse reads lb.yaml; file is its name in errors: [strictyaml.Errors], a
// [*strictyaml.Error], or a [*strictyaml.KeyError] where a key is missing. The result is valid and
// has all defaults filled in.
func Parse(file string, src []byte) (Spec, error) {
	doc, err := lbFile.Read(file, src)
	if err != nil {
		return Spec{}, err
	}
	s := defaults()
	if err := doc.Decode(&s); err != nil {
		return Spec{}, err
	}
	s.fill(doc.Has)
	if err := s.Validate(); err != nil {
		return Spec{}, doc.Locate(err)
	}
	return s, nil
}

// fill sets the defaults that depend on the kind, and those of optional sections that
// are present. has reports whether the file sets a key.
func (s *Spec) fill(has func(key string) bool) {
	for i, c := range s.Clients {
		s.Clients[i] = c.Masked() // AWS stores the canonical form; any other would always differ
	}
	seen := map[netip.Prefix]bool{}
	s.Clients = slices.DeleteFunc(s.Clients, func(c netip.Prefix) bool {
		twice := seen[c] // two of one network are one rule for AWS, which refuses the second
		seen[c] = true
		return twice
	})
	if s.AccessLogs != nil && s.AccessLogs.Every == 0 {
		s.AccessLogs.Every = Span(time.Hour)
		if s.Kind == NetworkBalancer {
			s.AccessLogs.Every = networkLogs
		}
	}
	if s.TLS != nil {
		if s.TLS.Policy == "" {
			s.TLS.Policy = s.DefaultPolicy()
		}
		if s.TLS.Backend == "" {
			s.TLS.Backend = Plain
		}
	}
	if s.Kind == NetworkBalancer {
		s.fillNetworkBalancer(has)
	}
}

// fillNetworkBalancer sets the defaults of what only a network load balancer has.
func (s *Spec) fillNetworkBalancer(has func(key string) bool) {
	if s.Targets == "" {
		s.Targets = ByInstance
	}
	if s.PreserveClientIP == nil {
		preserve := s.Targets == ByInstance
		s.PreserveClientIP = &preserve
	}
	if s.UnhealthyDraining == nil {
		after := Span(5 * time.Minute)
		s.UnhealthyDraining = &after
	}
	if s.TLS != nil && !has("idle_timeout") {
		s.IdleTimeout = tlsIdleTimeout
	}
}

// DefaultPolicy is the kind's default of tls.policy.
func (s Spec) DefaultPolicy() string {
	if s.Kind == NetworkBalancer {
		return DefaultNetworkPolicy
	}
	return DefaultPolicy
}

// DefaultPolicy is the newest predefined security policy of a Classic load
// balancer: TLS 1.2 alone. AWS's own default still allows TLS 1.0 (Elastic Load
// Balancing's guide to predefined SSL security policies).
const DefaultPolicy = "ELBSecurityPolicy-TLS-1-2-2017-01"

// DefaultNetworkPolicy is that of a network load balancer: TLS 1.2 and 1.3. AWS's own
// default of the API still allows TLS 1.0.
const DefaultNetworkPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"

// String writes whole seconds as "3600s".
func (s Span) String() string { return fmt.Sprintf("%ds", s.Seconds()) }

// Seconds is the unit of AWS's API.
func (s Span) Seconds() int32 { return int32(time.Duration(s) / time.Second) }

// MarshalText writes "3600s".
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a duration of whole seconds, such as 3600s or 1h.
func (s *Span) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	if err != nil || d < 0 || d%time.Second != 0 || d > 24*time.Hour {
		return fmt.Errorf("invalid duration %.40q: expected whole seconds, such as 30s or 1h", b)
	}
	*s = Span(d)
	return nil
}
