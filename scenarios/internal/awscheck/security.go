package awscheck

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

func judgeEgress(a asked) outcome {
	if len(a.Firewall) == 0 {
		return good("it has no security group, and nothing keeps it from its targets")
	}
	for _, port := range a.servedPorts() {
		if !a.reaches(port) {
			return bad("no outbound rule of %s leads to port %d of the targets", phrase.List(ids(a.Firewall)), port)
		}
	}
	return good("outbound rules lead to the targets' ports: %s", phrase.List(numbers(a.servedPorts())))
}

func ids(groups []scenarios.AuditFirewall) []string {
	var out []string
	for _, g := range groups {
		out = append(out, g.ID)
	}
	return out
}

// reaches reports whether an outbound rule admits a port of every target whose address
// is known.
func (a asked) reaches(port int) bool {
	for _, g := range a.Groups {
		for _, t := range g.Targets {
			if !a.admits(port, t.Address) {
				return false
			}
		}
		if len(g.Targets) == 0 && !a.admits(port, "") {
			return false
		}
	}
	return true
}

func (a asked) admits(port int, address string) bool {
	behind := ids(a.Behind)
	for _, g := range a.Firewall {
		for _, r := range g.Out {
			leads := r.List != "" || slices.Contains(behind, r.Group) || contains(r.CIDR, address)
			if leads && covers(r, port) {
				return true
			}
		}
	}
	return false
}

// contains reports whether a network has an address; an unknown address is in any.
func contains(cidr, address string) bool {
	network, err := netip.ParsePrefix(cidr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(address)
	return err != nil || network.Contains(ip)
}

func judgeClear(a asked) outcome {
	for _, l := range a.tlsListeners() {
		if l.BackendProtocol == "TCP" || l.BackendProtocol == "HTTP" {
			return unwise("%s ends TLS and goes on to its targets in clear (%s)", listenerName(l), l.BackendProtocol)
		}
	}
	return good("no listener ends TLS and goes on in clear")
}

func judgePolicies(a asked) outcome {
	of := a.tlsListeners()
	if len(of) == 0 {
		return unknown("no listener ends TLS")
	}
	for _, l := range of {
		if len(l.Policies) == 0 {
			return unknown("AWS does not say which security policy %s has", listenerName(l))
		}
		for _, name := range l.Policies {
			i := slices.IndexFunc(a.TLS, func(p scenarios.AuditPolicy) bool { return p.Name == name })
			if i < 0 {
				return a.unreadPolicy(name)
			}
			if old := oldVersions(a.TLS[i].Versions); len(old) > 0 {
				return unwise("%s has the policy %s, which allows %s", listenerName(l), name, phrase.List(old))
			}
		}
	}
	return good("no security policy allows TLS 1.0 or 1.1")
}

// unreadPolicy is the outcome where it is not known what a policy allows.
func (a asked) unreadPolicy(name string) outcome {
	for _, action := range []string{"elasticloadbalancing:DescribeSSLPolicies", "elasticloadbalancing:DescribeLoadBalancerPolicies"} {
		if why := a.missing(action); why != "" {
			return unknown("%s", why)
		}
	}
	return unknown("AWS does not say what the security policy %s allows", name)
}

func oldVersions(versions []string) []string {
	var out []string
	for _, v := range versions {
		if slices.Contains([]string{"SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1"}, v) {
			out = append(out, v)
		}
	}
	return out
}

// The days that a certificate must still be valid for: below the first it fails.
const (
	daysLeft = 7
	daysNote = 30
)

func judgeCertificates(a asked) outcome {
	if len(a.tlsListeners()) == 0 {
		return unknown("no listener ends TLS")
	}
	worst := unknown("AWS does not say which certificates the listeners show")
	for _, c := range a.Shown {
		switch o := a.certificate(c); {
		case o.status == scenarios.StatusFail:
			return o
		case worst.status == scenarios.StatusSkipped || worst.note == "":
			worst = o
		}
	}
	return worst
}

// certificate judges one of Certificate Manager, or of IAM.
func (a asked) certificate(c scenarios.AuditShown) outcome {
	if c.Status == "" {
		action := "acm:DescribeCertificate"
		if strings.HasPrefix(c.ID, "server-certificate/") {
			action = "iam:GetServerCertificate"
		}
		if why := a.missing(action); why != "" {
			return unknown("%s", why)
		}
		return unknown("AWS does not say what %s is", c.ID)
	}
	days := int(c.NotAfter.Sub(a.At).Hours() / 24)
	var o outcome
	switch {
	case c.Status != "ISSUED":
		return bad("%s is %s", c.ID, c.Status)
	case days < daysLeft:
		o = bad("%s is valid for %d more days, less than %d", c.ID, days, daysLeft)
	case c.Renewal == "PENDING_VALIDATION" || c.Renewal == "FAILED":
		o = unwise("%s is valid for %d more days, and its renewal is %s", c.ID, days, c.Renewal)
	case c.Imported:
		o = unwise("%s is valid for %d more days and was imported: AWS does not renew it", c.ID, days)
	case days < daysNote:
		o = unwise("%s is valid for %d more days, less than %d", c.ID, days, daysNote)
	case c.Eligibility == "INELIGIBLE":
		o = unwise("%s is valid for %d more days, and AWS will not renew it (%s)", c.ID, days, c.Eligibility)
	default:
		return good("%s is valid for %d more days", c.ID, days)
	}
	o.observed, o.limit = phrase.Num(float64(days)), phrase.Num(float64(daysLeft))
	return o
}
