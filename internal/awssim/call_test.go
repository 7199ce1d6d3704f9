package awssim_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

func TestCalls_AreRecorded(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	ctx := t.Context()
	_, _ = s.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	in := &ec2.CreateSecurityGroupInput{GroupName: aws.String("front"), Description: aws.String("x"), VpcId: &s.vpc, TagSpecifications: tagged("security-group", "owner")}
	_, _ = s.ec2.CreateSecurityGroup(ctx, in)
	_, _ = s.ec2.CreateSecurityGroup(ctx, in)
	in.DryRun = aws.Bool(true)
	_, _ = s.ec2.CreateSecurityGroup(ctx, in)
	_ = s.create(t, s.input("one"))
	_, _ = s.acm.RequestCertificate(ctx, request(domain))
	_, _ = s.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("logs")})
	want := []struct {
		name, needs, code string
		write             bool
	}{
		{"GetCallerIdentity", "", "", false},
		{"CreateSecurityGroup", "ec2:CreateSecurityGroup ec2:CreateTags", "", true},
		{"CreateSecurityGroup", "ec2:CreateSecurityGroup ec2:CreateTags", "InvalidGroup.Duplicate", true},
		{"CreateSecurityGroup", "ec2:CreateSecurityGroup ec2:CreateTags", "DryRunOperation", false},
		{"CreateLoadBalancer", "elasticloadbalancing:CreateLoadBalancer elasticloadbalancing:AddTags", "", true},
		{"RequestCertificate", "acm:RequestCertificate acm:AddTagsToCertificate", "", true},
		{"HeadBucket", "s3:ListBucket", "NoSuchBucket", false},
	}
	calls := s.Calls()
	if len(calls) != len(want) {
		t.Fatalf("%d calls, want %d", len(calls), len(want))
	}
	for i, w := range want {
		if c := calls[i]; c.Name != w.name || strings.Join(c.Needs, " ") != w.needs || c.Code != w.code || c.Write != w.write || c.Region != "us-east-1" {
			t.Errorf("call %d: %+v, want %+v", i, c, w)
		}
	}
	if got := calls[4].Params["Listeners.member.2.LoadBalancerPort"]; got != "21050" {
		t.Errorf("port %q", got)
	}
	if got := calls[5].Params["DomainName"]; got != `"`+domain+`"` {
		t.Errorf("domain %s", got)
	}
	if got := s.Writes(); got != 4 {
		t.Errorf("%d writes, want 4", got)
	}
}

func TestDeny_UsesEachServicesCode(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	ctx := t.Context()
	ask := map[string]func() error{
		"UnauthorizedOperation": func() error { _, err := s.ec2.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{}); return err },
		"AccessDenied":          func() error { return s.create(t, s.input("one")) },
		"AccessDeniedException": func() error { _, err := s.acm.ListCertificates(ctx, &acm.ListCertificatesInput{}); return err },
		"Forbidden": func() error {
			_, err := s.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("logs")})
			return err
		},
	}
	actions := []string{"ec2:DescribeVpcs", "elasticloadbalancing:AddTags", "acm:ListCertificates", "s3:ListBucket"}
	s.AddBucket(awssim.Bucket{Name: "logs"})
	s.Deny(actions...)
	for code, do := range ask {
		wantCode(t, do(), code)
	}
	if _, err := s.acm.ListCertificates(ctx, &acm.ListCertificatesInput{}); !is[*acmtypes.AccessDeniedException](err) {
		t.Errorf("ACM's type: %v", err)
	}
	s.Allow(actions...)
	for code, do := range ask {
		if err := do(); err != nil {
			t.Errorf("permitted, and still %s: %v", code, err)
		}
	}
}

func TestServe_RefusesWhatIsNotSimulated(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	_, err := s.ec2.DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{GroupNames: []string{"front"}})
	wantCode(t, err, "NotSimulated")
	_, err = s.ec2.DescribeKeyPairs(t.Context(), &ec2.DescribeKeyPairsInput{})
	wantCode(t, err, "InvalidAction")
	_, err = s.s3.GetBucketAcl(t.Context(), &s3.GetBucketAclInput{Bucket: aws.String("logs")})
	if err == nil {
		t.Error("GetBucketAcl was answered")
	}
	_, err = s.acm.GetCertificate(t.Context(), &acm.GetCertificateInput{CertificateArn: aws.String("arn:aws:acm:us-east-1:123456789012:certificate/1")})
	wantCode(t, err, "UnknownOperationException")
}

func TestServe_RefusesUnsignedRequests(t *testing.T) {
	t.Parallel()
	s := start(t, awssim.Config{})
	out := must[*http.Response](t)(s.config.HTTPClient.(*http.Client).Get(s.URL() + "/"))
	defer out.Body.Close()
	if out.StatusCode != http.StatusForbidden || len(s.Calls()) != 0 {
		t.Errorf("status %d, %d calls", out.StatusCode, len(s.Calls()))
	}
}

func TestSnapshots_AreCopies(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	wantCode(t, s.create(t, s.input("one")), "")
	b := s.LoadBalancers()[0]
	b.Tags["owner"], b.Subnets[0], b.Listeners[0].Port = "them", "x", 1
	now := s.LoadBalancers()[0]
	if now.Tags["owner"] != "us" || !slices.Equal(now.Subnets, s.subnets) || now.Listeners[0].Port != 21000 {
		t.Errorf("changed to %+v", now)
	}
}
