package provision

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// Tags of every resource of ours.
const (
	ownerTag   = "impala-lbcheck:owner"
	versionTag = "impala-lbcheck:version"
)

// layoutVersion is the value of versionTag: the version of the layout, not of the
// program.
const layoutVersion = "1"

// identity is the caller's account, and the value of ownerTag.
type identity struct {
	account, partition, owner string // owner: ACCOUNT/REGION/CLUSTER
}

// readIdentity asks STS, which needs no permission.
func (s *state) readIdentity(ctx context.Context) error {
	if s.cloud.Region == "" {
		return &RefusedError{Reason: "no region: give it in lb.yaml or in AWS_REGION"}
	}
	if s.spec.Region != "" && s.spec.Region != s.cloud.Region {
		return &RefusedError{Reason: fmt.Sprintf("the clients are set to %s, and lb.yaml says %s", s.cloud.Region, s.spec.Region)}
	}
	out, err := s.cloud.STS.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return err
	}
	if account := text(out.Account); !lbfile.IsAccount(account) {
		return &RefusedError{Reason: fmt.Sprintf("sts:GetCallerIdentity: the account is %.40q, and not twelve digits", account)}
	}
	s.identity = newIdentity(text(out.Account), text(out.Arn), s.cloud.Region, s.spec)
	if want := s.spec.Account; want != "" && want != s.identity.account {
		return &RefusedError{Reason: fmt.Sprintf("the credentials belong to account %s; expected account %s", s.identity.account, want)}
	}
	return nil
}

func newIdentity(account, arn, region string, spec lbfile.Spec) identity {
	who := identity{account: account, partition: "aws", owner: account + "/" + region + "/" + spec.Cluster}
	if parts := strings.Split(arn, ":"); len(parts) > 1 && parts[1] != "" {
		who.partition = parts[1]
	}
	return who
}
