package provision

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// otherOwner is another owner's tag.
var otherOwner = map[string]string{ownerTag: "123456789012/us-east-1/green"}

func TestApply_StopsBeforeTheFirstWrite(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		there func(*cluster)
		file  func(*lbfile.Spec)
		says  string // of the change that stops
	}{
		"a load balancer of that name": {
			there: func(c *cluster) {
				c.AddBalancer(awssim.Balancer{Name: "elb-impala-blue", Subnets: c.subnets[:1], Groups: c.anyGroup(), Tags: otherOwner})
			},
			says: "conflict load balancer elb-impala-blue",
		},
		"a load balancer of that name without tags": {
			there: func(c *cluster) {
				c.AddBalancer(awssim.Balancer{Name: "elb-impala-blue", Subnets: c.subnets[:1], Groups: c.anyGroup()})
			},
			says: "conflict load balancer elb-impala-blue",
		},
		"a group of that name in other letters": {
			there: func(c *cluster) { c.AddGroup(awssim.Group{Name: "Blue IMPALA fe", VPC: c.vpc, Tags: otherOwner}) },
			says:  "conflict security group blue Impala FE",
		},
		"a back-end group of that name": {
			there: func(c *cluster) { c.AddGroup(awssim.Group{Name: "blue Impala BE", VPC: c.vpc}) },
			says:  "conflict security group blue Impala BE",
		},
		"a certificate for that domain": {
			there: func(c *cluster) { c.AddCertificate(awssim.Certificate{Domain: "impala.blue.example.com"}) },
			says:  "conflict certificate impala.blue.example.com",
		},
		"two VPCs": {
			there: func(c *cluster) { c.AddVPC(awssim.VPC{Tags: map[string]string{"Name": "blue VPC"}}) },
			says:  "blocked VPC Name=blue VPC",
		},
		"two subnets in a zone": {
			there: func(c *cluster) {
				c.AddSubnet(awssim.Subnet{VPC: c.vpc, Zone: "us-east-1a", Tags: map[string]string{"Name": "blue Private subnet 0"}})
			},
			says: "blocked subnets Name=blue Private subnet 0",
		},
		"a coordinator in a zone without a subnet": {
			there: func(c *cluster) {
				far := c.AddSubnet(awssim.Subnet{VPC: c.vpc, Zone: "us-east-1c"})
				c.AddInstance(awssim.Instance{Subnet: far, Tags: map[string]string{"env": "blue", "type": "worker"}})
			},
			says: "blocked coordinators env=blue, type=worker",
		},
		"no coordinator that runs": {
			there: func(c *cluster) {
				for _, id := range c.instances {
					c.SetInstanceState(id, "stopped")
				}
			},
			says: "blocked coordinators env=blue, type=worker",
		},
		"coordinators with five groups": {
			there: func(c *cluster) {
				for _, n := range c.ENIs() {
					c.SetInterfaceGroups(n.ID, "sg-1", "sg-2", "sg-3", "sg-4", "sg-5")
				}
			},
			says: "blocked coordinator's group",
		},
		"a bucket of another account": {
			there: func(c *cluster) { c.AddBucket(awssim.Bucket{Name: "blue-logs", Owner: "999999999999"}) },
			says:  "blocked bucket blue-logs",
		},
		"a bucket in another region": {
			there: func(c *cluster) { c.AddBucket(awssim.Bucket{Name: "blue-logs", Region: "eu-west-1"}) },
			says:  "blocked bucket blue-logs",
		},
		"a bucket that is not there and must not be made": {
			file: func(s *lbfile.Spec) { s.AccessLogs.Create = false },
			says: "blocked bucket blue-logs",
		},
		"no permission to make groups": {
			there: func(c *cluster) { c.Deny("ec2:CreateSecurityGroup") },
			says:  "blocked security group blue Impala FE",
		},
		"no permission to change network interfaces": {
			there: func(c *cluster) { c.Deny("ec2:ModifyNetworkInterfaceAttribute") },
			says:  "blocked coordinator's group",
		},
		"a group for the coordinators that is not there": {
			file: func(s *lbfile.Spec) { s.Coordinators.SecurityGroup = "sg-0123abcd" },
			says: "blocked security group sg-0123abcd",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{}), tlsFile(t)
			if tc.there != nil {
				tc.there(c)
			}
			if tc.file != nil {
				tc.file(&spec)
			}
			p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
			if err != nil || !slices.ContainsFunc(actions(p.Stops()), func(a string) bool { return strings.HasPrefix(a, tc.says) }) {
				t.Errorf("plan stops for %q, %v", actions(p.Stops()), err)
			}
			_, err = Apply(t.Context(), c.cloudHere(t), spec, Options{})
			if _, ok := errors.AsType[*StoppedError](err); !ok {
				t.Errorf("apply: %v", err)
			}
			if n := c.Writes(); n != 0 {
				t.Errorf("apply wrote %d times", n)
			}
		})
	}
}

func TestReadIdentity_RefusesAnotherAccountOrRegion(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]func(*lbfile.Spec){
		"account": func(s *lbfile.Spec) { s.Account = "999999999999" },
		"region":  func(s *lbfile.Spec) { s.Region = "eu-west-1" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{}), plainFile(t)
			file(&spec)
			_, err := Apply(t.Context(), c.cloudHere(t), spec, Options{})
			_, err2 := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{})
			for _, err := range []error{err, err2} {
				if _, ok := errors.AsType[*RefusedError](err); !ok {
					t.Errorf("%v", err)
				}
			}
			for _, call := range c.Calls() {
				if call.Name != "GetCallerIdentity" {
					t.Errorf("it asked for %s", call.Name)
				}
			}
		})
	}
}

func TestDestroy_LeavesWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	c := newCluster(t, awssim.Config{})
	c.AddBalancer(awssim.Balancer{Name: "elb-impala-blue", Subnets: c.subnets[:1], Groups: c.anyGroup(), Tags: otherOwner, Instances: c.instances})
	c.AddGroup(awssim.Group{Name: "blue Impala FE", VPC: c.vpc, Tags: otherOwner})
	c.AddCertificate(awssim.Certificate{Domain: "impala.blue.example.com", Tags: otherOwner})
	c.AddBucket(awssim.Bucket{Name: "blue-logs", Tags: otherOwner})
	report, err := Destroy(t.Context(), c.cloudHere(t), tlsFile(t), DestroyOptions{PurgeLogs: true})
	if err != nil || c.Writes() != 0 {
		t.Errorf("%d writes, %v: %q", c.Writes(), err, c.writesSince(0))
	}
	kept := mapSlice(report.Left, func(l Leftover) string { return fmt.Sprint(l.Resource, " ", l.Kept) })
	if !slices.Equal(kept, []string{"load balancer true", "security group true", "certificate true", "bucket true"}) {
		t.Errorf("left %+v", report.Left)
	}
}

func TestCallError_NamesThePermissionAndNoAccount(t *testing.T) {
	t.Parallel()
	for _, action := range []string{
		"elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:AddTags", "acm:RequestCertificate", "s3:PutBucketPolicy",
		"ec2:DescribeInstances", "acm:ListCertificates", "ec2:CreateTags", "elasticloadbalancing:SetLoadBalancerPoliciesOfListener",
	} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, awssim.Config{IssueAfter: 1})
			c.Deny(action)
			_, err := Apply(t.Context(), c.cloudHere(t), tlsFile(t), Options{})
			if err == nil || !strings.Contains(fmt.Sprint(err), action) || strings.Contains(err.Error(), awssim.Account) {
				t.Errorf("%v", err)
			}
		})
	}
}
