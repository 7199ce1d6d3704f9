package provision

import (
	"context"
	"strings"

	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// kind is what differs between a Classic and a network load balancer. They share the
// VPC, the groups, the bucket and the certificate, and the way in which all of it is
// compared, built and removed.
type kind interface {
	title() string              // "Classic load balancer"
	read(context.Context) error // the load balancer, with what only it has
	found() found               // as it was read last
	// resources are from the load balancer on, in the order in which they are built.
	// former is what is taken from coordinators and groups that are no longer lb.yaml's,
	// once the load balancer does not need it.
	resources(former []resource) []resource
	removals() []resource // the load balancer's, until its interfaces are gone
	foreign() []Leftover  // what has a name of ours and not our tag, besides what all kinds have
	obstacles() []Change  // what prevents its removal, besides dependents
	released() []resource // that can be removed once its interfaces are gone

	matching() []uint16       // ports of lb.yaml that have the listener it describes
	health() []InstanceHealth // of every coordinator, and of everything else that is registered
	verdicts() []Verdict      // checks of this kind alone
	hints(add func(when bool, format string, args ...any))

	readLimits(context.Context) error // into quotas
	overQuota() []Change              // more than the quotas allow

	interfaceDescription() string // of its network interfaces, with * at the end for any text
	logBucket(context.Context) (string, error)
	logStatements() []map[string]any // that let its access log be written
	writesTestFile() bool            // with which AWS tries the bucket
	refuses(acmtypes.KeyAlgorithm) string
	refusesEncryption(algorithm string) string // of the bucket, by default
}

// found is a load balancer as it was read.
type found struct {
	exists, owned bool
	kept          string   // why destroy keeps it although it carries our tag
	dns, zone     string   // its name, and the zone of it in Route 53
	subnets       []string // ids
	groups        []string // ids of its security groups
	certificates  []string // ARNs, of its listeners
	uses          []string // what else of ours it uses: "our target group impala-lb-..."
}

func newKind(s *state) kind {
	if s.spec.Kind == lbfile.NetworkBalancer {
		return netKind{s}
	}
	return classic{s}
}

// ownsBalancer reports whether the balancer is there and carries our tag.
func (s *state) ownsBalancer() bool { return s.kind.found().owned }

// describes reports whether a description is that of a network interface of our
// balancer.
func describes(description, pattern string) bool {
	if prefix, wild := strings.CutSuffix(pattern, "*"); wild {
		return strings.HasPrefix(description, prefix)
	}
	return description == pattern
}
