package awssim_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

const domain = "impala.example.com"

func request(domain string) *acm.RequestCertificateInput {
	return &acm.RequestCertificateInput{
		DomainName: &domain, ValidationMethod: acmtypes.ValidationMethodDns, IdempotencyToken: aws.String("token1"),
		KeyAlgorithm: acmtypes.KeyAlgorithmRsa2048, Tags: []acmtypes.Tag{{Key: aws.String("owner"), Value: aws.String("us")}},
	}
}

func (c *clients) request(t *testing.T, in *acm.RequestCertificateInput) string {
	t.Helper()
	return *must[*acm.RequestCertificateOutput](t)(c.acm.RequestCertificate(t.Context(), in)).CertificateArn
}

func (c *clients) describe(t *testing.T, arn string) *acmtypes.CertificateDetail {
	t.Helper()
	return must[*acm.DescribeCertificateOutput](t)(c.acm.DescribeCertificate(t.Context(), &acm.DescribeCertificateInput{CertificateArn: &arn})).Certificate
}

func TestCertificate_IsIssuedAfterItsRecordWasShown(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{DetailsLag: 1, IssueAfter: 2, CertificateLag: 2})
	arn := s.request(t, request(domain))
	if c := s.describe(t, arn); c.DomainValidationOptions[0].ResourceRecord != nil || c.Status != acmtypes.CertificateStatusPendingValidation {
		t.Errorf("at first %+v", c)
	}
	record := s.describe(t, arn).DomainValidationOptions[0].ResourceRecord
	if record == nil || !strings.HasSuffix(*record.Name, "."+domain+".") || record.Type != acmtypes.RecordTypeCname || !strings.HasSuffix(*record.Value, ".acm-validations.aws.") {
		t.Fatalf("record %+v", record)
	}
	wantCode(t, s.create(t, s.input("one")), "")
	wantCode(t, s.unlisten(t, 21050), "")
	if err := s.listen(t, ssl(21050, arn)); !is[*elbtypes.CertificateNotFoundException](err) {
		t.Errorf("used while pending: %v", err)
	}
	s.describe(t, arn)
	c := s.describe(t, arn)
	if c.Status != acmtypes.CertificateStatusIssued || c.NotAfter == nil || c.DomainValidationOptions[0].ValidationStatus != acmtypes.DomainStatusSuccess {
		t.Fatalf("not issued: %+v", c)
	}
	for range 2 {
		if err := s.listen(t, ssl(21050, arn)); !is[*elbtypes.CertificateNotFoundException](err) {
			t.Errorf("used too early: %v", err)
		}
	}
	wantCode(t, s.listen(t, ssl(21050, arn)), "")
}

func TestDeleteCertificate_RefusesOneInUse(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{UseLag: 1})
	arn := s.AddCertificate(awssim.Certificate{Domain: domain})
	in := s.input("one")
	in.Listeners = []elbtypes.Listener{ssl(21050, arn)}
	wantCode(t, s.create(t, in), "")
	remove := func() error {
		_, err := s.acm.DeleteCertificate(t.Context(), &acm.DeleteCertificateInput{CertificateArn: &arn})
		return err
	}
	if err := remove(); !is[*acmtypes.ResourceInUseException](err) {
		t.Errorf("in use: %v", err)
	}
	if got := s.describe(t, arn).InUseBy; len(got) != 1 || got[0] != "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/one" {
		t.Errorf("in use by %v", got)
	}
	_, err := s.elb.DeleteLoadBalancer(t.Context(), &elb.DeleteLoadBalancerInput{LoadBalancerName: aws.String("one")})
	wantCode(t, err, "")
	if err := remove(); !is[*acmtypes.ResourceInUseException](err) {
		t.Errorf("just released: %v", err)
	}
	wantCode(t, remove(), "")
	if err := remove(); !is[*acmtypes.ResourceNotFoundException](err) {
		t.Errorf("gone: %v", err)
	}
}

func TestRequestCertificate_TokenMakesOne(t *testing.T) {
	t.Parallel()
	c := start(t, awssim.Config{})
	first := c.request(t, request(domain))
	if again := c.request(t, request(domain)); again != first {
		t.Error("the same token made another")
	}
	c.ForgetTokens()
	if later := c.request(t, request(domain)); later == first {
		t.Error("an hour later the token still counts")
	}
	list := must[*acm.ListCertificatesOutput](t)(c.acm.ListCertificates(t.Context(), &acm.ListCertificatesInput{CertificateStatuses: []acmtypes.CertificateStatus{acmtypes.CertificateStatusPendingValidation}}))
	if len(list.CertificateSummaryList) != 2 || *list.CertificateSummaryList[0].DomainName != domain {
		t.Errorf("list %+v", list.CertificateSummaryList)
	}
	tags := must[*acm.ListTagsForCertificateOutput](t)(c.acm.ListTagsForCertificate(t.Context(), &acm.ListTagsForCertificateInput{CertificateArn: &first}))
	if len(tags.Tags) != 1 || *tags.Tags[0].Key != "owner" {
		t.Errorf("tags %+v", tags.Tags)
	}
}

func TestEndValidation_SetsTheStatus(t *testing.T) {
	t.Parallel()
	c := start(t, awssim.Config{})
	if d := c.describe(t, c.request(t, request("elb.us-east-1.amazonaws.com"))); d.Status != acmtypes.CertificateStatusFailed || d.FailureReason == "" {
		t.Errorf("a name of Amazon's: %+v", d)
	}
	arn := c.request(t, request(domain))
	c.EndValidation(domain, "VALIDATION_TIMED_OUT", "")
	if d := c.describe(t, arn); d.Status != acmtypes.CertificateStatusValidationTimedOut {
		t.Errorf("timed out: %+v", d)
	}
	c.CompleteValidation(domain) // too late
	if d := c.describe(t, arn); d.Status == acmtypes.CertificateStatusIssued {
		t.Error("issued after all")
	}
}

func TestRequestCertificate_Refuses(t *testing.T) {
	t.Parallel()
	c := start(t, awssim.Config{})
	cases := map[string]struct {
		change func(*acm.RequestCertificateInput)
		code   string
	}{
		"for a name that is none": {func(in *acm.RequestCertificateInput) { in.DomainName = aws.String("impala") }, "ValidationException"},
		"for a name over 64 letters": {func(in *acm.RequestCertificateInput) {
			in.DomainName = aws.String(strings.Repeat("a", 60) + ".example.com")
		}, "ValidationException"},
		"for more than ten names":     {func(in *acm.RequestCertificateInput) { in.SubjectAlternativeNames = subdomains(10) }, "LimitExceededException"},
		"with a token that is none":   {func(in *acm.RequestCertificateInput) { in.IdempotencyToken = aws.String("to-ken") }, "ValidationException"},
		"with a tag of AWS's own":     {func(in *acm.RequestCertificateInput) { in.Tags[0].Key = aws.String("aws:x") }, "InvalidTagException"},
		"with a key that is imported": {func(in *acm.RequestCertificateInput) { in.KeyAlgorithm = acmtypes.KeyAlgorithmRsa4096 }, "ValidationException"},
		"with validation by mail":     {func(in *acm.RequestCertificateInput) { in.ValidationMethod = acmtypes.ValidationMethodEmail }, "NotSimulated"},
		"with what is not known here": {func(in *acm.RequestCertificateInput) { in.CertificateAuthorityArn = aws.String("arn:aws:acm-pca:x") }, "NotSimulated"},
	}
	for name, k := range cases {
		in := request(domain)
		k.change(in)
		_, err := c.acm.RequestCertificate(t.Context(), in)
		if got := codeOf(t, err); got != k.code {
			t.Errorf("%s: code %q, want %q", name, got, k.code)
		}
	}
	if got := c.Certificates(); len(got) != 0 {
		t.Errorf("made %+v", got)
	}
}

func subdomains(n int) []string {
	var out []string
	for _, label := range numbers(n) {
		out = append(out, "n"+label+".example.com")
	}
	return out
}
