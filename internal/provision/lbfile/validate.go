package lbfile

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/netset"
	"github.com/impala-lbcheck/impala-lbcheck/internal/strictyaml"
	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
)

// check is one condition that makes a file invalid.
type check struct {
	wrong    bool
	key, msg string
}

// Validate returns the first setting that AWS would refuse, or that is dangerous, as
// a [*strictyaml.KeyError].
func (s Spec) Validate() error {
	claims := slices.Concat(s.nameChecks(), s.networkChecks(), s.listenerChecks(), s.healthChecks(), s.logChecks(), s.tlsChecks(), s.kindChecks())
	for _, c := range claims {
		if c.wrong {
			return &strictyaml.KeyError{Key: c.key, Msg: c.msg}
		}
	}
	return nil
}

// Bounds that AWS documents (Elastic Load Balancing API 2012-06-01, its guide
// for Classic Load Balancers, and the EC2 API).
const (
	maxBalancerName = 32
	maxTags         = 10 // of a load balancer
	reservedTags    = 2  // for our own
	maxIdleTimeout  = 4000
	maxDraining     = 3600
)

var (
	clusterForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)
	accountForm = regexp.MustCompile(`^[0-9]{12}$`)
	regionForm  = regexp.MustCompile(`^[a-z]+(-[a-z]+)+-[0-9]+$`) // no list: AWS adds regions, and partitions with them
)

// IsAccount reports whether a text is an account's number.
func IsAccount(text string) bool { return accountForm.MatchString(text) }

func (s Spec) nameChecks() []check {
	most := maxBalancerName - len(Spec{}.Balancer())
	return []check{
		{s.Cluster == "", "cluster", "required: it becomes part of every name"},
		{!clusterForm.MatchString(s.Cluster), "cluster", "invalid name " + usertext.Quote(s.Cluster) + ": use letters, digits and inner hyphens"},
		{len(s.Cluster) > most, "cluster", fmt.Sprintf("%s has %d characters; a load balancer's name has at most %d, elb-impala- takes %d, so %d remain", usertext.Quote(s.Cluster), len(s.Cluster), maxBalancerName, len(Spec{}.Balancer()), most)},
		{s.Kind != Classic && s.Kind != NetworkBalancer, "kind", fmt.Sprintf("invalid kind %s: expected classic or network", usertext.Quote(string(s.Kind)))},
		{s.Account != "" && !accountForm.MatchString(s.Account), "account", "an account has twelve digits, in quotes"},
		{s.Region != "" && !regionForm.MatchString(s.Region), "region", "invalid region " + usertext.Quote(s.Region) + ": expected a name such as eu-west-1"},
		{s.Scheme != Internal && s.Scheme != InternetFacing, "scheme", "invalid scheme " + usertext.Quote(string(s.Scheme)) + ": expected internal or internet-facing"},
		s.tagCheck(),
	}
}

func (s Spec) tagCheck() check {
	if len(s.Tags) > maxTags-reservedTags {
		return check{true, "tags", fmt.Sprintf("%d tags: a load balancer has at most %d, and %d are reserved", len(s.Tags), maxTags, reservedTags)}
	}
	for _, key := range slices.Sorted(maps.Keys(s.Tags)) {
		switch {
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return check{true, "tags", "invalid key " + usertext.Quote(key) + ": the prefix aws: is reserved by AWS"}
		case strings.HasPrefix(key, "impala-lbcheck:"):
			return check{true, "tags", "invalid key " + usertext.Quote(key) + ": the prefix impala-lbcheck: is reserved for ownership"}
		case len(key) > 128 || len(s.Tags[key]) > 256:
			return check{true, "tags", usertext.Quote(key) + ": a key has at most 128 characters, a value 256"}
		}
	}
	return check{}
}

func (s Spec) networkChecks() []check {
	claims := []check{
		s.pickCheck("network.vpc", s.Network.VPC, "vpc-"),
		{len(s.Network.VPC.IDs) > 1, "network.vpc", "a load balancer is in exactly one VPC"},
		s.pickCheck("network.subnets", s.Network.Subnets, "subnet-"),
		s.pickCheck("coordinators", Pick{s.Coordinators.IDs, s.Coordinators.Tags}, "i-"),
		{s.Coordinators.SecurityGroup != "" && !isID(s.Coordinators.SecurityGroup, "sg-"), "coordinators.security_group", "invalid id " + usertext.Quote(s.Coordinators.SecurityGroup) + ": expected one such as sg-0123abcd"},
		{len(s.Clients) == 0, "clients", "required: the networks that may connect, e.g. [10.0.0.0/8]"},
	}
	for _, c := range s.Clients {
		claims = append(claims, check{!c.IsValid(), "clients", "invalid network: expected e.g. 10.0.0.0/8"})
	}
	if len(netset.NearlyAll(s.Clients)) > 0 && !s.Anywhere {
		claims = append(claims, check{true, "clients", fmt.Sprintf("%v together allow every address, or nearly; list the networks, or confirm with \"anywhere: true\"", s.Clients)})
	}
	return claims
}

func (s Spec) pickCheck(key string, p Pick, prefix string) check {
	switch {
	case len(p.IDs) == 0 && len(p.Tags) == 0:
		return check{true, key, "required: ids or tags"}
	case len(p.IDs) > 0 && len(p.Tags) > 0:
		return check{true, key, "ids and tags exclude each other"}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Tags)) {
		if strings.ContainsAny(name+p.Tags[name], "*?") {
			return check{true, key, usertext.Quote(name+"="+p.Tags[name]) + " is a wildcard for AWS, and would match more: use ids, or another tag"}
		}
	}
	for i, id := range p.IDs {
		if !isID(id, prefix) {
			return check{true, key, fmt.Sprintf("invalid id %s: expected one such as %s0123abcd", usertext.Quote(id), prefix)}
		}
		if slices.Contains(p.IDs[:i], id) {
			return check{true, key, "duplicate id " + usertext.Quote(id)}
		}
	}
	return check{}
}

func isID(id, prefix string) bool {
	rest, ok := strings.CutPrefix(id, prefix)
	return ok && len(rest) >= 8 && len(rest) <= 17 && strings.Trim(rest, "0123456789abcdef") == ""
}

func (s Spec) listenerChecks() []check {
	claims := []check{
		{len(s.Listeners) == 0, "listeners", "required: a port; Impala's HiveServer2 port is 21050"},
		s.idleCheck(),
		{s.Draining.Seconds() > maxDraining, "draining", fmt.Sprintf("%s is out of range: 1s to %ds, or 0s for off", s.Draining, maxDraining)},
	}
	for i, p := range s.Listeners {
		claims = append(claims,
			check{p == 0, "listeners", "invalid port: expected 1 to 65535"},
			check{slices.Contains(s.Listeners[:i], p), "listeners", fmt.Sprintf("duplicate port %d", p)})
	}
	return claims
}

func (s Spec) healthChecks() []check {
	h := s.HealthCheck
	protocol, port, path, ok := splitTarget(h.Target)
	web := protocol == "HTTP" || protocol == "HTTPS"
	most := int32(60)
	if s.Kind == NetworkBalancer {
		most = 120
	}
	between := func(v Span, low, high int32) bool { return v.Seconds() >= low && v.Seconds() <= high }
	return []check{
		{!ok || port == 0, "health_check.target", "invalid target " + usertext.Quote(h.Target) + ": expected e.g. TCP:21050 or HTTP:25000/healthz"},
		{web && path == "", "health_check.target", usertext.Quote(h.Target) + " needs a path: HTTP:25000/healthz"},
		{!web && path != "", "health_check.target", usertext.Quote(h.Target) + ": only HTTP and HTTPS have a path"},
		{!between(h.Interval, 5, 300), "health_check.interval", fmt.Sprintf("%s is out of range: 5s to 300s", h.Interval)},
		{!between(h.Timeout, 2, most), "health_check.timeout", fmt.Sprintf("%s is out of range: 2s to %ds", h.Timeout, most)},
		{h.Timeout >= h.Interval, "health_check.timeout", fmt.Sprintf("%s must be less than the interval, %s", h.Timeout, h.Interval)},
		{h.Unhealthy < 2 || h.Unhealthy > 10, "health_check.unhealthy", "out of range: 2 to 10"},
		{h.Healthy < 2 || h.Healthy > 10, "health_check.healthy", "out of range: 2 to 10"},
	}
}

// splitTarget parses PROTOCOL:PORT/PATH.
func splitTarget(target string) (protocol string, port uint16, path string, ok bool) {
	protocol, rest, found := strings.Cut(target, ":")
	number, _, hasPath := strings.Cut(rest, "/")
	if hasPath {
		path = rest[len(number):]
	}
	n, err := strconv.ParseUint(number, 10, 16)
	known := slices.Contains([]string{"TCP", "SSL", "HTTP", "HTTPS"}, protocol)
	return protocol, uint16(n), path, found && known && err == nil
}

var bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func (s Spec) logChecks() []check {
	l := s.AccessLogs
	if l == nil {
		return nil
	}
	_, err := netip.ParseAddr(l.Bucket)
	return []check{
		{!bucketForm.MatchString(l.Bucket) || strings.Contains(l.Bucket, "..") || err == nil, "access_logs.bucket",
			"invalid bucket name " + usertext.Quote(l.Bucket) + ": 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends"},
		{strings.Contains(l.Prefix, "AWSLogs"), "access_logs.prefix", "AWS adds AWSLogs itself; remove it"},
		{strings.HasPrefix(l.Prefix, "/") || strings.HasSuffix(l.Prefix, "/"), "access_logs.prefix", "remove the slash at the beginning or end"},
		{!l.Managed() && (l.Create || l.Adopt), "access_logs.manage", "false excludes create and adopt, which change the bucket"},
		{s.Kind == NetworkBalancer && l.Every != networkLogs, "access_logs.every", "a network load balancer writes its access log every 5m, and no other interval can be set: remove it"},
		{l.Every.Seconds() != 300 && l.Every.Seconds() != 3600, "access_logs.every", fmt.Sprintf("invalid interval %s: expected 5m or 60m", l.Every)},
	}
}

// Policies lists the predefined security policies of Classic load balancers,
// newest first. None has TLS 1.3.
func Policies() []string {
	return []string{
		DefaultPolicy, "ELBSecurityPolicy-TLS-1-1-2017-01", "ELBSecurityPolicy-2016-08",
		"ELBSecurityPolicy-2015-05", "ELBSecurityPolicy-2015-03", "ELBSecurityPolicy-2015-02",
		"ELBSecurityPolicy-2014-10", "ELBSecurityPolicy-2014-01", "ELBSecurityPolicy-2011-08",
	}
}

var (
	domainForm = regexp.MustCompile(`^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	policyForm = regexp.MustCompile(`^ELBSecurityPolicy-[A-Za-z0-9-]{1,80}$`) // no list: plan asks AWS
	arnForm    = regexp.MustCompile(`^arn:aws[a-z-]*:(acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}|iam::[0-9]{12}:server-certificate/[\w+=,.@/-]+)$`)
)

// maxDomain is the longest domain that ACM accepts.
const maxDomain = 64

func (s Spec) tlsChecks() []check {
	t := s.TLS
	if t == nil {
		return nil
	}
	domain := strings.ToLower(strings.TrimSuffix(t.Domain, "."))
	return []check{
		{(t.Domain == "") == (t.Certificate == ""), "tls", "set either domain, to request a certificate, or certificate, the ARN of an existing one"},
		{domain == "amazonaws.com" || strings.HasSuffix(domain, ".amazonaws.com"), "tls.domain",
			usertext.Quote(t.Domain) + " belongs to Amazon: ACM issues no certificate for it. Use a name of your own, such as impala.example.com, as an alias of the load balancer's name"},
		{t.Domain != "" && !domainForm.MatchString(t.Domain), "tls.domain", "invalid domain " + usertext.Quote(t.Domain) + ": expected a lower-case name such as impala.example.com"},
		{t.Host != "" && (!domainForm.MatchString(t.Host) || IsWildcard(t.Host)), "tls.host", "invalid name " + usertext.Quote(t.Host) + ": expected the lower-case name that clients use, such as impala.example.com"},
		{IsWildcard(t.Domain) && t.Host == "", "tls.host", "required: tls.domain is a wildcard, and clients need one name, such as impala" + strings.TrimPrefix(t.Domain, "*")},
		{t.Domain != "" && t.Host != "" && !Covers(t.Domain, t.Host), "tls.host", usertext.Quote(t.Host) + " is not covered by a certificate for " + usertext.Quote(t.Domain)},
		{len(t.Domain) > maxDomain, "tls.domain", fmt.Sprintf("a domain has at most %d characters", maxDomain)},
		{t.Certificate != "" && !arnForm.MatchString(t.Certificate), "tls.certificate", "invalid ARN " + usertext.Quote(t.Certificate) + ": expected arn:aws:acm:REGION:ACCOUNT:certificate/ID"},
		{s.Kind == NetworkBalancer && !policyForm.MatchString(t.Policy), "tls.policy", "invalid policy " + usertext.Quote(t.Policy) + ": expected a name such as " + DefaultNetworkPolicy},
		{s.Kind != NetworkBalancer && !slices.Contains(Policies(), t.Policy), "tls.policy", fmt.Sprintf("invalid policy %s: expected one of %s", usertext.Quote(t.Policy), strings.Join(Policies(), ", "))},
		{t.Backend != Plain && t.Backend != Encrypted, "tls.backend", "invalid backend " + usertext.Quote(string(t.Backend)) + ": expected plain or tls"},
	}
}
