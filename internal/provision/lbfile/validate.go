package lbfile

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// check is one thing that must not be.
type check struct {
	wrong    bool
	key, msg string
}

// Validate reports the first setting that AWS would refuse, or that would do
// harm, as a [*scenarios.InvalidError]; nil where reading AWS makes sense.
func (s Spec) Validate() error {
	claims := slices.Concat(s.nameChecks(), s.networkChecks(), s.listenerChecks(), s.healthChecks(), s.logChecks(), s.tlsChecks())
	for _, c := range claims {
		if c.wrong {
			return &scenarios.InvalidError{Key: c.key, Msg: c.msg}
		}
	}
	return nil
}

// Bounds that AWS documents (Elastic Load Balancing API 2012-06-01, its guide
// for Classic Load Balancers, and the EC2 API).
const (
	maxBalancerName = 32
	maxTags         = 10 // of a load balancer
	reservedTags    = 2  // of them are ours
	maxIdleTimeout  = 4000
	maxDraining     = 3600
)

var (
	clusterForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)
	accountForm = regexp.MustCompile(`^[0-9]{12}$`)
	regionForm  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
)

func (s Spec) nameChecks() []check {
	most := maxBalancerName - len(Spec{}.Balancer())
	return []check{
		{s.Cluster == "", "cluster", "which cluster? Its name becomes part of every other name"},
		{!clusterForm.MatchString(s.Cluster), "cluster", clip(s.Cluster) + ": letters, digits and hyphens, none of them at either end: it becomes part of the load balancer's name"},
		{len(s.Cluster) > most, "cluster", fmt.Sprintf("%s has %d letters; a load balancer's name has at most %d, of which elb-impala- takes %d, so %d are left", clip(s.Cluster), len(s.Cluster), maxBalancerName, len(Spec{}.Balancer()), most)},
		{s.Kind != Classic, "kind", fmt.Sprintf("%s is none of classic", clip(string(s.Kind)))},
		{s.Account != "" && !accountForm.MatchString(s.Account), "account", "an account has twelve digits; put them in quotes"},
		{s.Region != "" && !regionForm.MatchString(s.Region), "region", clip(s.Region) + " is no region such as eu-west-1"},
		{s.Scheme != Internal && s.Scheme != InternetFacing, "scheme", clip(string(s.Scheme)) + " is none of internal, internet-facing"},
		s.tagCheck(),
	}
}

func (s Spec) tagCheck() check {
	if len(s.Tags) > maxTags-reservedTags {
		return check{true, "tags", fmt.Sprintf("%d tags; a load balancer has at most %d, and %d are ours", len(s.Tags), maxTags, reservedTags)}
	}
	for _, key := range slices.Sorted(maps.Keys(s.Tags)) {
		switch {
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return check{true, "tags", clip(key) + ": aws: is AWS's own"}
		case strings.HasPrefix(key, "impala-lbcheck:"):
			return check{true, "tags", clip(key) + ": impala-lbcheck: is for what says whose it is"}
		case len(key) > 128 || len(s.Tags[key]) > 256:
			return check{true, "tags", clip(key) + ": a key has at most 128 letters, a value 256"}
		}
	}
	return check{}
}

func (s Spec) networkChecks() []check {
	claims := []check{
		s.pickCheck("network.vpc", s.Network.VPC, "vpc-"),
		{len(s.Network.VPC.IDs) > 1, "network.vpc", "a load balancer stands in one VPC"},
		s.pickCheck("network.subnets", s.Network.Subnets, "subnet-"),
		s.pickCheck("coordinators", Pick{s.Coordinators.IDs, s.Coordinators.Tags}, "i-"),
		{s.Coordinators.SecurityGroup != "" && !isID(s.Coordinators.SecurityGroup, "sg-"), "coordinators.security_group", clip(s.Coordinators.SecurityGroup) + " is no id such as sg-0123abcd"},
		{len(s.Clients) == 0, "clients", "who may connect? Name the networks: [10.0.0.0/8]"},
	}
	for _, c := range s.Clients {
		open := c.Bits() == 0 && !s.Anywhere
		claims = append(claims,
			check{!c.IsValid(), "clients", "a network is written 10.0.0.0/8"},
			check{open, "clients", fmt.Sprintf("%s is everybody; name the networks, or say \"anywhere: true\" as well if you mean it", c)})
	}
	return claims
}

func (s Spec) pickCheck(key string, p Pick, prefix string) check {
	switch {
	case len(p.IDs) == 0 && len(p.Tags) == 0:
		return check{true, key, "by which ids or tags is it found?"}
	case len(p.IDs) > 0 && len(p.Tags) > 0:
		return check{true, key, "ids and tags are given; give one of the two"}
	}
	for i, id := range p.IDs {
		if !isID(id, prefix) {
			return check{true, key, fmt.Sprintf("%s is no id such as %s0123abcd", clip(id), prefix)}
		}
		if slices.Contains(p.IDs[:i], id) {
			return check{true, key, clip(id) + " is there twice"}
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
		{len(s.Listeners) == 0, "listeners", "none given; Impala's HiveServer2 port is 21050"},
		{s.IdleTimeout.Seconds() < 1 || s.IdleTimeout.Seconds() > maxIdleTimeout, "idle_timeout", fmt.Sprintf("%s is not from 1s to %ds", s.IdleTimeout, maxIdleTimeout)},
		{s.Draining.Seconds() > maxDraining, "draining", fmt.Sprintf("%s is not from 1s to %ds; 0s is off", s.Draining, maxDraining)},
	}
	for i, p := range s.Listeners {
		claims = append(claims,
			check{p == 0, "listeners", "a port lies between 1 and 65535"},
			check{slices.Contains(s.Listeners[:i], p), "listeners", fmt.Sprintf("%d is there twice", p)})
	}
	return claims
}

func (s Spec) healthChecks() []check {
	h := s.HealthCheck
	protocol, port, path, ok := splitTarget(h.Target)
	web := protocol == "HTTP" || protocol == "HTTPS"
	between := func(v Span, low, high int32) bool { return v.Seconds() >= low && v.Seconds() <= high }
	return []check{
		{!ok || port == 0, "health_check.target", clip(h.Target) + " is no target such as TCP:21050 or HTTP:25000/healthz"},
		{web && path == "", "health_check.target", clip(h.Target) + " needs a path: HTTP:25000/healthz"},
		{!web && path != "", "health_check.target", clip(h.Target) + ": only HTTP and HTTPS have a path"},
		{!between(h.Interval, 5, 300), "health_check.interval", fmt.Sprintf("%s is not from 5s to 300s", h.Interval)},
		{!between(h.Timeout, 2, 60), "health_check.timeout", fmt.Sprintf("%s is not from 2s to 60s", h.Timeout)},
		{h.Timeout >= h.Interval, "health_check.timeout", fmt.Sprintf("%s is not less than the interval, %s", h.Timeout, h.Interval)},
		{h.Unhealthy < 2 || h.Unhealthy > 10, "health_check.unhealthy", "it is a number from 2 to 10"},
		{h.Healthy < 2 || h.Healthy > 10, "health_check.healthy", "it is a number from 2 to 10"},
	}
}

// splitTarget takes PROTOCOL:PORT/PATH apart.
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
			clip(l.Bucket) + " is no bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens, none but letters and digits at the ends"},
		{strings.Contains(l.Prefix, "AWSLogs"), "access_logs.prefix", "AWSLogs is the part that AWS adds itself"},
		{strings.HasPrefix(l.Prefix, "/") || strings.HasSuffix(l.Prefix, "/"), "access_logs.prefix", "leave the slash at the ends out"},
		{l.Every.Seconds() != 300 && l.Every.Seconds() != 3600, "access_logs.every", fmt.Sprintf("%s is neither 5m nor 60m, which are all there is", l.Every)},
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
	arnForm    = regexp.MustCompile(`^arn:aws[a-z-]*:(acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}|iam::[0-9]{12}:server-certificate/[\w+=,.@/-]+)$`)
)

// maxDomain is the longest domain that ACM takes.
const maxDomain = 64

func (s Spec) tlsChecks() []check {
	t := s.TLS
	if t == nil {
		return nil
	}
	domain := strings.ToLower(strings.TrimSuffix(t.Domain, "."))
	return []check{
		{(t.Domain == "") == (t.Certificate == ""), "tls", "give the domain that a certificate is requested for, or the ARN of one that is there"},
		{domain == "amazonaws.com" || strings.HasSuffix(domain, ".amazonaws.com"), "tls.domain",
			clip(t.Domain) + " is Amazon's own: ACM gives no certificate for it. Take a name of yours, such as impala.example.com, and make it an alias of the load balancer's"},
		{t.Domain != "" && !domainForm.MatchString(t.Domain), "tls.domain", clip(t.Domain) + " is no domain such as impala.example.com, in lower case"},
		{len(t.Domain) > maxDomain, "tls.domain", fmt.Sprintf("a domain has at most %d letters", maxDomain)},
		{t.Certificate != "" && !arnForm.MatchString(t.Certificate), "tls.certificate", clip(t.Certificate) + " is no certificate's ARN (arn:aws:acm:REGION:ACCOUNT:certificate/ID)"},
		{!slices.Contains(Policies(), t.Policy), "tls.policy", fmt.Sprintf("%s is none of %s", clip(t.Policy), strings.Join(Policies(), ", "))},
		{t.Backend != Plain && t.Backend != Encrypted, "tls.backend", clip(string(t.Backend)) + " is none of plain, tls"},
	}
}

// clip quotes a value, shortened, for a message of one line.
func clip(text string) string {
	const most = 64
	if len(text) > most {
		text = text[:most] + "..."
	}
	return strconv.Quote(text)
}
