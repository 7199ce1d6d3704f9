package merge_test

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// Shards of one load balancer keep what AWS said of it; of two they have no sum.
func TestMerge_Audits(t *testing.T) {
	t.Parallel()
	shards := twoShards(scenarios.KindLooks)
	shards[1].Audit = &scenarios.Audited{Name: "impala-prod", Region: "eu-west-1", Type: scenarios.BalancerNetwork}
	sum, err := merge.Merge(shards, merge.Options{})
	if err != nil || sum.Audit == nil || sum.Audit.Name != "impala-prod" {
		t.Errorf("audit %+v, %v", sum.Audit, err)
	}
	shards[0].Audit = &scenarios.Audited{Name: "impala-test", Region: "eu-west-1", Type: scenarios.BalancerNetwork}
	if _, err := merge.Merge(shards, merge.Options{}); err == nil || !strings.Contains(err.Error(), "it audits the load balancer impala-prod in eu-west-1, and") {
		t.Errorf("two load balancers: %v", err)
	}
}
