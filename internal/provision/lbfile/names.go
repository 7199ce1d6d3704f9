package lbfile

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// Resource names, as in the recipe.

// Balancer is the load balancer's name.
func (s Spec) Balancer() string { return "elb-impala-" + s.Cluster }

// FrontGroup is the security group of the load balancer.
func (s Spec) FrontGroup() string { return s.Cluster + " Impala FE" }

// BackGroup is the security group that is attached to coordinators.
func (s Spec) BackGroup() string { return s.Cluster + " Impala BE" }

// TargetGroupPrefix begins the name of every target group of ours.
const TargetGroupPrefix = "impala-lb-"

// TargetGroup is the name of the target group of a listener. It contains a hash of the
// owner and of what AWS cannot change in a group, so that another value is another
// group: names have at most 32 characters.
func (s Spec) TargetGroup(owner, vpc string, port uint16) string {
	_, back := s.Protocols()
	sum := sha256.Sum256([]byte(strings.Join([]string{owner, vpc, string(s.Targets), back}, " ")))
	return fmt.Sprintf("%s%d-%x", TargetGroupPrefix, port, sum[:6])
}

// PreservesClientIP reports whether coordinators see the clients' addresses.
func (s Spec) PreservesClientIP() bool { return s.PreserveClientIP != nil && *s.PreserveClientIP }

// SSLPolicy is the name of tls.policy in a Classic load balancer: the predefined policy's
// own name has a reserved prefix.
func (s Spec) SSLPolicy() string {
	if s.TLS == nil {
		return ""
	}
	return "impala-lbcheck-" + strings.TrimPrefix(s.TLS.Policy, "ELBSecurityPolicy-")
}

// IsWildcard reports whether a certificate's name stands for many.
func IsWildcard(name string) bool { return strings.HasPrefix(name, "*.") }

// Covers reports whether a certificate's name is for a host: equal, or with a
// wildcard in place of the first label.
func Covers(name, host string) bool {
	if rest, ok := strings.CutPrefix(name, "*"); ok {
		label, parent, _ := strings.Cut(host, ".")
		return label != "" && strings.EqualFold("."+parent, rest)
	}
	return strings.EqualFold(name, host)
}

// HealthCheckTarget splits the health check's target: HTTP:25000/healthz is HTTP, 25000
// and /healthz.
func (s Spec) HealthCheckTarget() (protocol string, port uint16, path string) {
	protocol, port, path, _ = splitTarget(s.HealthCheck.Target)
	return protocol, port, path
}

// HealthPort is the health check's port; 0 if the target has none.
func (s Spec) HealthPort() uint16 {
	_, port, _, _ := splitTarget(s.HealthCheck.Target)
	return port
}

// Ports lists the coordinators' ports that the balancer must reach: the listeners',
// and the health check's if that is another.
func (s Spec) Ports() []uint16 {
	ports := append([]uint16(nil), s.Listeners...)
	health := s.HealthPort()
	for _, p := range ports {
		if p == health {
			return ports
		}
	}
	if health != 0 {
		ports = append(ports, health)
	}
	return ports
}

// Secure reports whether the listeners speak TLS.
func (s Spec) Secure() bool { return s.TLS != nil }

// Protocols are the listeners' front-end and back-end protocols.
func (s Spec) Protocols() (front, back string) {
	secure := "SSL"
	if s.Kind == NetworkBalancer {
		secure = "TLS"
	}
	switch {
	case s.TLS == nil:
		return "TCP", "TCP"
	case s.TLS.Backend == Encrypted:
		return secure, secure
	}
	return secure, "TCP"
}
