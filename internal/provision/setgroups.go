package provision

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// groupBatch reads the groups of several network interfaces in one call, right before
// they are changed.
type groupBatch struct {
	describe func(context.Context, *ec2.DescribeNetworkInterfacesInput) ([]networkInterface, error)
	ids      []string // to be changed, in order
	read     []networkInterface
}

// maxBatch bounds how old a reading can be when it is used.
const maxBatch = 10

// groupsOf returns an interface's groups, and forgets them: a second attempt reads
// them again.
func (b *groupBatch) groupsOf(ctx context.Context, id string) ([]string, error) {
	find := func() int { return slices.IndexFunc(b.read, func(n networkInterface) bool { return n.id == id }) }
	if find() < 0 {
		next := b.ids[slices.Index(b.ids, id):]
		read, err := b.describe(ctx, &ec2.DescribeNetworkInterfacesInput{NetworkInterfaceIds: slices.Clone(next[:min(len(next), maxBatch)])})
		if err != nil {
			return nil, err
		}
		b.read = read
	}
	i := find()
	if i < 0 || len(b.read[i].groups) == 0 {
		return nil, fmt.Errorf("network interface %s: its security groups could not be read; they were not changed", id)
	}
	groups := b.read[i].groups
	b.read = slices.Delete(b.read, i, i+1)
	return groups, nil
}

// setGroups replaces an interface's groups: EC2 has no call to add or remove one.
// They are read again right before, so that groups added meanwhile are kept; one
// added between the two calls is lost, which no API prevents.
func (s *state) setGroups(c Change, n networkInterface, now *groupBatch, edit func([]string) []string) Change {
	now.ids = append(now.ids, n.id)
	c.batch = true
	if c.Action == NoOp {
		c.Action = Update
	}
	after := edit(n.groups)
	c.After = commaList(after)
	in := ec2.ModifyNetworkInterfaceAttributeInput{NetworkInterfaceId: aws.String(n.id), Groups: after}
	c = writes(c, s.cloud.EC2.ModifyNetworkInterfaceAttribute, &in)
	dryRun := in
	dryRun.Groups = n.groups // unchanged: a group that does not exist yet cannot be named
	c = withDryRun(c, s.cloud.EC2.ModifyNetworkInterfaceAttribute, dryRun, func(in *ec2.ModifyNetworkInterfaceAttributeInput) { in.DryRun = aws.Bool(true) })
	c.apply = func(ctx context.Context) error {
		is, err := now.groupsOf(ctx, n.id)
		if err != nil {
			return err
		}
		next := edit(is)
		slices.Sort(next)
		next = slices.Compact(next)
		if len(next) == 0 {
			return fmt.Errorf("network interface %s would have no security group left; it was not changed", n.id)
		}
		_, err = s.cloud.EC2.ModifyNetworkInterfaceAttribute(ctx, &ec2.ModifyNetworkInterfaceAttributeInput{NetworkInterfaceId: aws.String(n.id), Groups: next})
		return err
	}
	return c
}
