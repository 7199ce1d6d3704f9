package lbfile

import "strings"

// Resource names, as in the recipe.

// Balancer is the load balancer's name.
func (s Spec) Balancer() string { return "elb-impala-" + s.Cluster }

// FrontGroup is the security group of the load balancer.
func (s Spec) FrontGroup() string { return s.Cluster + " Impala FE" }

// BackGroup is the security group that is attached to coordinators.
func (s Spec) BackGroup() string { return s.Cluster + " Impala BE" }

// SSLPolicy is the name of tls.policy in the load balancer: the predefined policy's
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
	switch {
	case s.TLS == nil:
		return "TCP", "TCP"
	case s.TLS.Backend == Encrypted:
		return "SSL", "SSL"
	}
	return "SSL", "TCP"
}
