package provision

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// wholeNetwork drives every command through what it can meet with a network load
// balancer.
func wholeNetwork(t *testing.T) needed {
	t.Helper()
	n := needed{}
	c, spec := newCluster(t, awssim.Config{}), networkTLSFile(t)
	spec.AccessLogs.Adopt = true
	spec.TLS.Domain, spec.TLS.Certificate = "", c.AddCertificate(awssim.Certificate{Domain: "other.example.com"})
	c.AddBucket(awssim.Bucket{Name: "blue-logs", Policy: `{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::blue-logs"}]}`, Tags: map[string]string{"team": "data"}})
	n.apply(t, c, spec)
	n.destroy(t, c, spec)

	c, spec = newCluster(t, awssim.Config{IssueAfter: 1}), networkTLSFile(t)
	n.apply(t, c, spec)

	// Others change this and that, and lb.yaml changes too.
	other := c.anyGroup()
	for _, hand := range []handChange{
		handOnNetwork(func(b *awssim.NetworkBalancer) {
			b.Groups, b.Subnets, b.Listeners = other, b.Subnets[:1], b.Listeners[:1]
			b.Listeners[0].Policy = "ELBSecurityPolicy-2016-08"
		}),
		handOnTargets(func(g *awssim.TargetGroup) { g.Check.Interval = 300 }),
	} {
		hand(c, &spec)
	}
	c.SetInterfaceGroups(c.ENIs()[0].ID, c.ENIs()[0].Groups[0])
	c.SetGroup(c.group(spec.FrontGroup()).ID, func(g *awssim.Group) { g.Egress = nil })
	spec.Clients, spec.Tags = parsePrefixes("172.16.0.0/12"), map[string]string{"team": "data"}
	n.apply(t, c, spec)
	spec.Coordinators, spec.Listeners = lbfile.Coordinators{IDs: c.instances[1:]}, []uint16{21050}
	n.apply(t, c, spec)
	n.destroy(t, c, spec)

	c, spec = newCluster(t, awssim.Config{}), networkFile(t)
	spec.Scheme = lbfile.InternetFacing
	n.apply(t, c, spec)
	n.destroy(t, c, spec)

	// The coordinators' own group is named, and later it is not.
	c, spec = newCluster(t, awssim.Config{}), networkFile(t)
	n.apply(t, c, spec)
	c.SetGroup(c.group(spec.FrontGroup()).ID, func(g *awssim.Group) { g.Egress = nil })
	n.apply(t, c, spec)
	spec.Coordinators.SecurityGroup = c.shareGroup("workers")
	n.apply(t, c, spec)
	spec.Coordinators.SecurityGroup = ""
	n.apply(t, c, spec)
	spec.Coordinators.SecurityGroup = c.shareGroup("others")
	n.apply(t, c, spec)
	spec.Coordinators.SecurityGroup = ""
	n.during(c, "destroy", func() {
		if _, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{}); err != nil {
			t.Error(err)
		}
	})
	return n
}
