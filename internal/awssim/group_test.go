package awssim_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

func TestCreateSecurityGroup_Refuses(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change func(*fixture, *ec2.CreateSecurityGroupInput)
		code   string
	}{
		"name in use":                   {func(_ *fixture, in *ec2.CreateSecurityGroupInput) { in.GroupName = aws.String("c1 Impala FE") }, "InvalidGroup.Duplicate"},
		"name in use, in another case":  {func(_ *fixture, in *ec2.CreateSecurityGroupInput) { in.GroupName = aws.String("C1 impala fe") }, "InvalidGroup.Duplicate"},
		"name with the prefix of an id": {func(_ *fixture, in *ec2.CreateSecurityGroupInput) { in.GroupName = aws.String("sg-front") }, "InvalidParameterValue"},
		"name longer than 255": {func(_ *fixture, in *ec2.CreateSecurityGroupInput) {
			in.GroupName = aws.String(strings.Repeat("a", 256))
		}, "InvalidParameterValue"},
		"name with a letter that is not ASCII": {func(_ *fixture, in *ec2.CreateSecurityGroupInput) { in.GroupName = aws.String("Größe") }, "InvalidParameterValue"},
		"description with a forbidden letter":  {func(_ *fixture, in *ec2.CreateSecurityGroupInput) { in.Description = aws.String("it's ours") }, "InvalidParameterValue"},
		"in a VPC that is not there":           {func(_ *fixture, in *ec2.CreateSecurityGroupInput) { in.VpcId = aws.String("vpc-00000000") }, "InvalidVpcID.NotFound"},
		"with a tag of AWS's own": {func(_ *fixture, in *ec2.CreateSecurityGroupInput) {
			in.TagSpecifications = tagged("security-group", "aws:x")
		}, "InvalidParameterValue"},
		"with tags for something else": {func(_ *fixture, in *ec2.CreateSecurityGroupInput) { in.TagSpecifications = tagged("instance", "x") }, "InvalidParameterValue"},
		"with more than 50 tags": {func(_ *fixture, in *ec2.CreateSecurityGroupInput) {
			in.TagSpecifications = tagged("security-group", numbers(51)...)
		}, "TagLimitExceeded"},
		"when permission to create is missing": {func(s *fixture, _ *ec2.CreateSecurityGroupInput) { s.Deny("ec2:CreateSecurityGroup") }, "UnauthorizedOperation"},
		"when it has tags and may not be tagged": {func(s *fixture, in *ec2.CreateSecurityGroupInput) {
			in.TagSpecifications = tagged("security-group", "x")
			s.Deny("ec2:CreateTags")
		}, "UnauthorizedOperation"},
		"when it is only asked about": {func(_ *fixture, in *ec2.CreateSecurityGroupInput) { in.DryRun = aws.Bool(true) }, "DryRunOperation"},
		"when it is asked about and is not permitted": {func(s *fixture, in *ec2.CreateSecurityGroupInput) {
			in.DryRun = aws.Bool(true)
			s.Deny("ec2:CreateSecurityGroup")
		}, "UnauthorizedOperation"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := build(t, awssim.Config{})
			s.group(t, "c1 Impala FE")
			in := &ec2.CreateSecurityGroupInput{GroupName: aws.String("other"), Description: aws.String("for a test"), VpcId: &s.vpc}
			c.change(s, in)
			_, err := s.ec2.CreateSecurityGroup(t.Context(), in)
			wantCode(t, err, c.code)
			if got := len(s.Groups()); got != 2 { // with the default one
				t.Errorf("%d groups, want 2", got)
			}
		})
	}
}

func tagged(kind string, keys ...string) []ec2types.TagSpecification {
	spec := ec2types.TagSpecification{ResourceType: ec2types.ResourceType(kind)}
	for _, key := range keys {
		spec.Tags = append(spec.Tags, ec2types.Tag{Key: aws.String(key), Value: aws.String("v")})
	}
	return []ec2types.TagSpecification{spec}
}

func numbers(n int) []string {
	var out []string
	for i := range n {
		out = append(out, strconv.Itoa(i))
	}
	return out
}

func TestAuthorize_MasksNetworks(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	id := s.group(t, "front")
	if err := s.authorize(t, id, tcp(21050, "100.68.0.18/18")); err != nil {
		t.Fatal(err)
	}
	out := must[*ec2.DescribeSecurityGroupsOutput](t)(s.ec2.DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{GroupIds: []string{id}}))
	if got := *out.SecurityGroups[0].IpPermissions[0].IpRanges[0].CidrIp; got != "100.68.0.0/18" {
		t.Errorf("kept as %s", got)
	}
	wantCode(t, s.authorize(t, id, tcp(21050, "100.68.0.0/18")), "InvalidPermission.Duplicate")
}

func TestAuthorize_Refuses(t *testing.T) {
	t.Parallel()
	backwards := tcp(2, "10.0.0.0/8")
	backwards.ToPort = aws.Int32(1)
	noPorts := ec2types.IpPermission{IpProtocol: aws.String("tcp"), IpRanges: tcp(1, "10.0.0.0/8").IpRanges}
	cases := map[string]struct {
		rules []ec2types.IpPermission
		code  string
	}{
		"one that is there, and the new one beside it with it": {[]ec2types.IpPermission{tcp(28000, "10.0.0.0/8"), tcp(21050, "10.0.0.0/8")}, "InvalidPermission.Duplicate"},
		"two that are the same":                                {[]ec2types.IpPermission{tcp(28000, "10.0.0.1/8"), tcp(28000, "10.0.0.2/8")}, "InvalidParameterValue"},
		"from a network that is none":                          {[]ec2types.IpPermission{tcp(28000, "10.0.0.0/33")}, "InvalidParameterValue"},
		"from a group that is not there":                       {[]ec2types.IpPermission{from(28000, "sg-00000000")}, "InvalidGroup.NotFound"},
		"from nowhere":                                         {[]ec2types.IpPermission{tcp(28000)}, "InvalidParameterValue"},
		"for ports in the wrong order":                         {[]ec2types.IpPermission{backwards}, "InvalidParameterValue"},
		"for no ports":                                         {[]ec2types.IpPermission{noPorts}, "MissingParameter"},
		"beyond 60":                                            {sixty(), "RulesPerSecurityGroupLimitExceeded"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := build(t, awssim.Config{})
			id := s.group(t, "front")
			if err := s.authorize(t, id, tcp(21050, "10.0.0.0/8")); err != nil {
				t.Fatal(err)
			}
			wantCode(t, s.authorize(t, id, c.rules...), c.code)
			if got := len(s.Groups()[1].Rules); got != 1 {
				t.Errorf("%d rules, want 1", got)
			}
		})
	}
}

func sixty() []ec2types.IpPermission {
	var out []ec2types.IpPermission
	for port := range int32(60) {
		out = append(out, tcp(port, "10.0.0.0/8"))
	}
	return out
}

func TestRevoke_Once(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	front, back := s.group(t, "front"), s.group(t, "back")
	if err := s.authorize(t, back, from(21050, front), from(25000, front)); err != nil {
		t.Fatal(err)
	}
	revoke := func() error {
		_, err := s.ec2.RevokeSecurityGroupIngress(t.Context(), &ec2.RevokeSecurityGroupIngressInput{GroupId: &back, IpPermissions: []ec2types.IpPermission{from(21050, front)}})
		return err
	}
	wantCode(t, revoke(), "")
	wantCode(t, revoke(), "InvalidPermission.NotFound")
	left := s.Groups()[2].Rules
	if len(left) != 1 || left[0].From != 25000 {
		t.Fatalf("left: %+v", left)
	}
	byID := &ec2.RevokeSecurityGroupIngressInput{GroupId: &back, SecurityGroupRuleIds: []string{left[0].ID}}
	must[*ec2.RevokeSecurityGroupIngressOutput](t)(s.ec2.RevokeSecurityGroupIngress(t.Context(), byID))
	_, err := s.ec2.RevokeSecurityGroupIngress(t.Context(), byID)
	wantCode(t, err, "InvalidSecurityGroupRuleId.NotFound")
}

func TestDeleteSecurityGroup_RefusesOneInUse(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		use  func(*testing.T, *fixture, string)
		code string
	}{
		"by nothing":           {func(*testing.T, *fixture, string) {}, ""},
		"by a rule of its own": {func(t *testing.T, s *fixture, id string) { wantCode(t, s.authorize(t, id, from(1, id)), "") }, ""},
		"by another group's rule": {func(t *testing.T, s *fixture, id string) {
			wantCode(t, s.authorize(t, s.group(t, "back"), from(1, id)), "")
		}, "DependencyViolation"},
		"by an instance's interface": {func(_ *testing.T, s *fixture, id string) { s.SetInterfaceGroups(s.ENIs()[0].ID, id) }, "DependencyViolation"},
		"by a load balancer":         {func(t *testing.T, s *fixture, id string) { wantCode(t, s.create(t, s.input("one", id)), "") }, "DependencyViolation"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := build(t, awssim.Config{})
			id := s.group(t, "front")
			c.use(t, s, id)
			wantCode(t, s.remove(t, id), c.code)
		})
	}
}

func (s *fixture) remove(t *testing.T, group string) error {
	_, err := s.ec2.DeleteSecurityGroup(t.Context(), &ec2.DeleteSecurityGroupInput{GroupId: &group})
	return err
}

func TestDeleteSecurityGroup_NotFound(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	id := s.group(t, "front")
	wantCode(t, s.remove(t, id), "")
	wantCode(t, s.remove(t, id), "InvalidGroup.NotFound")
	wantCode(t, s.authorize(t, id, tcp(1, "10.0.0.0/8")), "InvalidGroup.NotFound")
	_, err := s.ec2.DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{GroupIds: []string{id}})
	wantCode(t, err, "InvalidGroup.NotFound")
	wantCode(t, s.remove(t, s.Groups()[0].ID), "CannotDelete") // the default one
}

func TestModifyNetworkInterface_Refuses(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	elsewhere := s.AddGroup(awssim.Group{Name: "x", VPC: s.AddVPC(awssim.VPC{})})
	var six []string
	for _, name := range numbers(6) {
		six = append(six, s.group(t, name))
	}
	set := func(card string, groups ...string) error {
		_, err := s.ec2.ModifyNetworkInterfaceAttribute(t.Context(), &ec2.ModifyNetworkInterfaceAttributeInput{NetworkInterfaceId: &card, Groups: groups})
		return err
	}
	wantCode(t, s.create(t, s.input("one", six[0])), "")
	cards := s.ENIs()
	wantCode(t, set(cards[0].ID, six[:5]...), "")
	wantCode(t, set(cards[0].ID, six...), "SecurityGroupsPerInterfaceLimitExceeded")
	wantCode(t, set(cards[0].ID, "sg-00000000"), "InvalidGroup.NotFound")
	wantCode(t, set(cards[0].ID, elsewhere), "InvalidParameterValue")
	wantCode(t, set("eni-00000000", six[0]), "InvalidNetworkInterfaceID.NotFound")
	wantCode(t, set(cards[len(cards)-1].ID, six[0]), "AuthFailure") // the balancer's
	if got := s.ENIs()[0].Groups; !slices.Equal(got, six[:5]) {
		t.Errorf("groups %v, want %v", got, six[:5])
	}
}
