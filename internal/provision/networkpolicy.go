package provision

import (
	"context"
	"slices"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// sslPolicies is what AWS says of tls.policy.
type sslPolicies struct {
	exists    bool
	protocols []string // "TLSv1.2", ...
}

// readPolicy asks for what a policy's name means, which no list of ours could tell.
func (s netKind) readPolicy(ctx context.Context) error {
	s.policies = sslPolicies{}
	out, err := s.cloud.ELBv2.DescribeSSLPolicies(ctx, &elbv2.DescribeSSLPoliciesInput{Names: []string{s.spec.TLS.Policy}})
	if code(err) == "SSLPolicyNotFound" || err == nil && len(out.SslPolicies) == 0 {
		return nil
	} else if err != nil {
		return err
	}
	s.policies = sslPolicies{true, slices.Clone(out.SslPolicies[0].SslProtocols)}
	return nil
}

func (s netKind) policyChanges() []Change {
	c := noChange("TLS policy", s.spec.TLS.Policy, commaList(s.policies.protocols))
	if !s.policies.exists {
		return []Change{blocked(c, "AWS has no policy of this name for a network load balancer in %s; aws elbv2 describe-ssl-policies lists them", s.cloud.Region)}
	}
	return []Change{c}
}
