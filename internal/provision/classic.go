package provision

import (
	"context"
	"slices"
	"strings"
	"time"

	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
)

// classic is a Classic load balancer.
type classic struct{ *state }

func (s classic) title() string { return "Classic load balancer" }

func (s classic) read(ctx context.Context) error { return s.readBalancer(ctx) }

func (s classic) found() found {
	b := s.balancer.description
	if b == nil {
		return found{}
	}
	f := found{
		exists: true, owned: s.ownsELB(s.balancer.tags), dns: text(b.DNSName), zone: text(b.CanonicalHostedZoneNameID),
		subnets: b.Subnets, groups: b.SecurityGroups,
	}
	for _, l := range s.listeners() {
		if arn := text(l.SSLCertificateId); arn != "" {
			f.certificates = append(f.certificates, arn)
		}
	}
	return f
}

// resources are in the order in which they are built: a Classic load balancer is
// created with TCP listeners, so that it serves before a certificate is issued.
func (s classic) resources(former []resource) []resource {
	balancer := &reader{s.readBalancer}
	list := []resource{
		{name: "load balancer", read: balancer, changes: s.balancerChanges},
		{name: "attributes", read: balancer, changes: s.attributeChanges},
		{name: "access log", read: balancer, changes: s.accessLogChanges},
		{name: "health check", read: balancer, changes: s.healthCheckChanges},
		{name: "registration", read: balancer, changes: s.registrationChanges},
	}
	list = append(list, former...)
	list = append(list, resource{name: "in service", read: balancer, changes: s.inServiceChanges})
	if s.spec.Secure() {
		list = append(list, s.certificateResource())
	}
	list = append(list, resource{name: "listeners", read: balancer, changes: s.listenerChanges, timeout: 5 * time.Minute})
	if s.spec.Secure() {
		list = append(list, resource{name: "TLS policy", read: balancer, changes: s.policyChanges})
	}
	return list
}

func (s classic) removals() []resource {
	return []resource{
		{name: "registration", read: &reader{s.readDeregistering}, changes: s.instanceRemovals, prerequisite: true},
		{name: "load balancer", read: &reader{s.readBalancer}, changes: s.balancerRemovals, prerequisite: true},
	}
}

func (s classic) obstacles() []Change { return nil }

func (s classic) foreign() []Leftover { return nil }

func (s classic) released() []resource { return nil }

func (s classic) matching() []uint16 { return s.matchingListeners() }

func (s classic) health() []InstanceHealth { return s.healths() }

func (s classic) verdicts() []Verdict { return nil }

func (s classic) hints(add func(bool, string, ...any)) {
	add(s.spec.Secure() && s.changesProtocol(), "A listener that changes its protocol is closed between two calls, one port after the other; open connections are cut.")
	add(s.spec.Draining == 0, "Draining is off: a coordinator that is deregistered loses its connections, and their queries, at once.")
	add(s.spec.IdleTimeout.Seconds() < 3600, "The idle timeout is %s: a query that is silent for longer is cut.", s.spec.IdleTimeout)
}

func (s classic) changesProtocol() bool {
	front, _ := s.spec.Protocols()
	for _, l := range s.listeners() {
		if !strings.EqualFold(text(l.Protocol), front) {
			return true
		}
	}
	return false
}

func (s classic) interfaceDescription() string { return "ELB " + s.spec.Balancer() }

// logBucket is the bucket of the balancer's access log; "": none.
func (s classic) logBucket(ctx context.Context) (string, error) {
	out, err := s.cloud.ELB.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerName: s.balancerName()})
	if err != nil {
		return "", err
	}
	if a := out.LoadBalancerAttributes; a != nil && a.AccessLog != nil && a.AccessLog.Enabled {
		return text(a.AccessLog.S3BucketName), nil
	}
	return "", nil
}

func (s classic) logStatements() []map[string]any { return []map[string]any{s.classicLogStatement()} }

func (s classic) writesTestFile() bool { return true }

func (s classic) refuses(k acmtypes.KeyAlgorithm) string {
	k = acmtypes.KeyAlgorithm(strings.ReplaceAll(string(k), "-", "_")) // DescribeCertificate spells RSA-2048
	if slices.Contains([]acmtypes.KeyAlgorithm{"", acmtypes.KeyAlgorithmRsa1024, acmtypes.KeyAlgorithmRsa2048}, k) {
		return "" // ACM did not report one, or one that is accepted
	}
	return "a Classic load balancer accepts RSA keys up to 2048 bits from ACM"
}

func (s classic) refusesEncryption(algorithm string) string {
	if strings.HasPrefix(algorithm, "aws:") {
		return "with which Elastic Load Balancing does not write access logs: set it to AES256 (SSE-S3)"
	}
	return ""
}

func (s classic) readLimits(ctx context.Context) error {
	out, err := s.cloud.ELB.DescribeAccountLimits(ctx, &elb.DescribeAccountLimitsInput{}, func(o *elb.Options) { o.RetryMaxAttempts = quotaAttempts })
	if err != nil {
		return err
	}
	for _, l := range out.Limits {
		s.quotas.note(text(l.Name), text(l.Max), classicLimits)
	}
	return EachPage(ctx, elb.NewDescribeLoadBalancersPaginator(s.cloud.ELB, &elb.DescribeLoadBalancersInput{}), func(page *elb.DescribeLoadBalancersOutput) {
		s.quotas.existing += len(page.LoadBalancerDescriptions)
	})
}

// classicLimits are the names of the limits of Classic load balancers.
var classicLimits = limitNames{balancers: "classic-load-balancers", listeners: "classic-listeners", targets: "classic-registered-instances"}

func (s classic) overQuota() []Change {
	return slices.Concat(
		exceeds("listeners of a Classic load balancer", len(s.spec.Listeners), s.quotas.listeners),
		exceeds("instances of a Classic load balancer", len(s.network.coordinators), s.quotas.targets),
	)
}
