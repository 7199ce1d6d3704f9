package provision

import (
	"fmt"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// TestLogStatement_IsForItsRegionsWriter: an account in older regions, of whatever
// partition, and a service in later ones.
func TestLogStatement_IsForItsRegionsWriter(t *testing.T) {
	t.Parallel()
	for region, tc := range map[string]struct{ partition, writer string }{
		"eu-west-1":      {"aws", "arn:aws:iam::156460612806:root"},
		"us-gov-west-1":  {"aws-us-gov", "arn:aws-us-gov:iam::048591011584:root"},
		"cn-north-1":     {"aws-cn", "arn:aws-cn:iam::638102146993:root"},
		"cn-northwest-1": {"aws-cn", "arn:aws-cn:iam::037604701340:root"},
		"eusc-de-east-1": {"aws-eusc", "logdelivery.elasticloadbalancing.amazonaws.com"},
	} {
		spec := lbfile.Spec{Cluster: "blue", AccessLogs: &lbfile.AccessLogs{Bucket: "logs"}}
		s := newState(Cloud{Region: region}, spec)
		s.identity = newIdentity("123456789012", "arn:"+tc.partition+":iam::123456789012:user/me", region, spec)
		statement := s.kind.logStatements()[0]
		if got := fmt.Sprint(statement["Principal"]); !strings.Contains(got, tc.writer) || !strings.HasPrefix(fmt.Sprint(statement["Resource"]), "arn:"+tc.partition+":s3:::logs/") {
			t.Errorf("%s: %v", region, statement)
		}
	}
}
