package lbfile

import "strings"

// The names of what is built, as the recipe has them.

// Balancer is the load balancer's name.
func (s Spec) Balancer() string { return "elb-impala-" + s.Cluster }

// FrontGroup is the security group of the load balancer.
func (s Spec) FrontGroup() string { return s.Cluster + " Impala FE" }

// BackGroup is the security group that coordinators get.
func (s Spec) BackGroup() string { return s.Cluster + " Impala BE" }

// SSLPolicy is the name under which the load balancer keeps tls.policy: the
// predefined one's own name cannot be used (it begins with a reserved word).
func (s Spec) SSLPolicy() string {
	if s.TLS == nil {
		return ""
	}
	return "impala-lbcheck-" + strings.TrimPrefix(s.TLS.Policy, "ELBSecurityPolicy-")
}

// HealthPort is the port that the health check asks; 0 where the target has none.
func (s Spec) HealthPort() uint16 {
	_, port, _, _ := splitTarget(s.HealthCheck.Target)
	return port
}

// Ports lists what the balancer must reach behind it: the listeners' ports, and
// the health check's where that is another.
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

// Protocols are the listener's own and the one behind it.
func (s Spec) Protocols() (front, back string) {
	switch {
	case s.TLS == nil:
		return "TCP", "TCP"
	case s.TLS.Backend == Encrypted:
		return "SSL", "SSL"
	}
	return "SSL", "TCP"
}
