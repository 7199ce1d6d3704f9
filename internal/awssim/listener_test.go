package awssim_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

func (s *fixture) listen(t *testing.T, listeners ...elbtypes.Listener) error {
	_, err := s.elb.CreateLoadBalancerListeners(t.Context(), &elb.CreateLoadBalancerListenersInput{LoadBalancerName: aws.String("one"), Listeners: listeners})
	return err
}

func (s *fixture) unlisten(t *testing.T, ports ...int32) error {
	_, err := s.elb.DeleteLoadBalancerListeners(t.Context(), &elb.DeleteLoadBalancerListenersInput{LoadBalancerName: aws.String("one"), LoadBalancerPorts: ports})
	return err
}

func TestCreateListeners_NeverOverwrites(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	arn := s.AddCertificate(awssim.Certificate{Domain: "impala.example.com"})
	wantCode(t, s.create(t, s.input("one")), "")
	wantCode(t, s.listen(t, plain(21050)), "") // as it is
	if err := s.listen(t, plain(28000), ssl(21050, arn)); !is[*elbtypes.DuplicateListenerException](err) {
		t.Errorf("another on the same port: %v", err)
	}
	if got := len(s.LoadBalancers()[0].Listeners); got != 2 {
		t.Errorf("%d listeners, want 2: a refused call adds none", got)
	}
	wantCode(t, s.unlisten(t, 21000, 21050, 1), "")
	wantCode(t, s.listen(t, ssl(21050, arn)), "")
	l := s.LoadBalancers()[0].Listeners
	if len(l) != 1 || l[0].Protocol != "SSL" || l[0].InstanceProtocol != "TCP" || l[0].Certificate != arn || l[0].Policies[0] != "ELBSecurityPolicy-2016-08" {
		t.Errorf("listeners %+v", l)
	}
	encrypted := ssl(28000, arn)
	encrypted.InstancePort, encrypted.InstanceProtocol = aws.Int32(21050), aws.String("SSL")
	if err := s.listen(t, encrypted); !is[*elbtypes.InvalidConfigurationRequestException](err) {
		t.Errorf("secure and plain on one instance port: %v", err)
	}
}

func TestSetListenerCertificate_Replaces(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	first, second := s.AddCertificate(awssim.Certificate{Domain: "a.example.com"}), s.AddCertificate(awssim.Certificate{Domain: "b.example.com"})
	elliptic := s.AddCertificate(awssim.Certificate{Domain: "c.example.com", Key: "EC_prime256v1"})
	in := s.input("one")
	in.Listeners = []elbtypes.Listener{plain(21000), ssl(21050, first)}
	wantCode(t, s.create(t, in), "")
	swap := func(port int32, arn string) error {
		_, err := s.elb.SetLoadBalancerListenerSSLCertificate(t.Context(), &elb.SetLoadBalancerListenerSSLCertificateInput{LoadBalancerName: aws.String("one"), LoadBalancerPort: port, SSLCertificateId: &arn})
		return err
	}
	wantCode(t, swap(21050, second), "")
	if got := s.LoadBalancers()[0].Listeners[1].Certificate; got != second {
		t.Errorf("certificate %s", got)
	}
	for name, c := range map[string]struct {
		err error
		is  func(error) bool
	}{
		"without a listener":          {swap(1, second), is[*elbtypes.ListenerNotFoundException]},
		"of a plain listener":         {swap(21000, second), is[*elbtypes.InvalidConfigurationRequestException]},
		"to one that is not there":    {swap(21050, second+"0"), is[*elbtypes.CertificateNotFoundException]},
		"to one with an elliptic key": {swap(21050, elliptic), is[*elbtypes.InvalidConfigurationRequestException]},
	} {
		if !c.is(c.err) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}

func TestPolicy_IsCreatedOnceAndSetPerListener(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	in := s.input("one")
	in.Listeners = []elbtypes.Listener{plain(21000), ssl(21050, s.AddCertificate(awssim.Certificate{Domain: "a.example.com"}))}
	wantCode(t, s.create(t, in), "")
	create := func(name, kind, reference string) error {
		_, err := s.elb.CreateLoadBalancerPolicy(t.Context(), &elb.CreateLoadBalancerPolicyInput{
			LoadBalancerName: aws.String("one"), PolicyName: &name, PolicyTypeName: &kind,
			PolicyAttributes: []elbtypes.PolicyAttribute{{AttributeName: aws.String("Reference-Security-Policy"), AttributeValue: &reference}},
		})
		return err
	}
	set := func(port int32, names ...string) error {
		_, err := s.elb.SetLoadBalancerPoliciesOfListener(t.Context(), &elb.SetLoadBalancerPoliciesOfListenerInput{LoadBalancerName: aws.String("one"), LoadBalancerPort: port, PolicyNames: names})
		return err
	}
	const ours, kind, reference = "impala-TLS-1-2", "SSLNegotiationPolicyType", "ELBSecurityPolicy-TLS-1-2-2017-01"
	wantCode(t, create(ours, kind, reference), "")
	wantCode(t, set(21050, ours), "")
	if got := s.LoadBalancers()[0].Listeners[1].Policies; !slices.Equal(got, []string{ours}) {
		t.Errorf("policies %v", got)
	}
	for name, c := range map[string]struct {
		err error
		is  func(error) bool
	}{
		"a second of the name":    {create(ours, kind, reference), is[*elbtypes.DuplicatePolicyNameException]},
		"of a type that is none":  {create("x", "PolicyType", reference), is[*elbtypes.PolicyTypeNotFoundException]},
		"of an unknown reference": {create("x", kind, "TLS13"), is[*elbtypes.InvalidConfigurationRequestException]},
		"of a name of AWS's own":  {create(reference, kind, reference), invalid("ValidationError")},
		"set without a listener":  {set(1, ours), is[*elbtypes.ListenerNotFoundException]},
		"set and not there":       {set(21050, "x"), is[*elbtypes.PolicyNotFoundException]},
		"set on a plain listener": {set(21000, ours), is[*elbtypes.InvalidConfigurationRequestException]},
	} {
		if c.err == nil || !c.is(c.err) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	out := must[*elb.DescribeLoadBalancerPoliciesOutput](t)(s.elb.DescribeLoadBalancerPolicies(t.Context(), &elb.DescribeLoadBalancerPoliciesInput{LoadBalancerName: aws.String("one"), PolicyNames: []string{ours}}))
	if got := out.PolicyDescriptions; len(got) != 1 || *got[0].PolicyAttributeDescriptions[0].AttributeValue != reference {
		t.Errorf("described as %+v", got)
	}
	_, err := s.elb.DescribeLoadBalancerPolicies(t.Context(), &elb.DescribeLoadBalancerPoliciesInput{LoadBalancerName: aws.String("one"), PolicyNames: []string{"x"}})
	if !is[*elbtypes.PolicyNotFoundException](err) {
		t.Errorf("one that is not there: %v", err)
	}
}
