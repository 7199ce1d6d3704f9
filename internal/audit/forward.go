package audit

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	v2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// forwardsTo are the names of a listener's target groups, sorted, and their weights as
// far as AWS says them.
func forwardsTo(l v2types.Listener, names map[string]string) (groups []string, weights map[string]int) {
	all, weights := map[string]bool{}, map[string]int{}
	for _, action := range l.DefaultActions {
		if name := names[aws.ToString(action.TargetGroupArn)]; name != "" {
			all[name] = true
		}
		if action.ForwardConfig == nil {
			continue
		}
		for _, g := range action.ForwardConfig.TargetGroups {
			name := names[aws.ToString(g.TargetGroupArn)]
			if name == "" {
				continue
			}
			all[name] = true
			if g.Weight != nil {
				weights[name] = count(g.Weight)
			}
		}
	}
	groups = slices.Sorted(maps.Keys(all))
	if len(groups) < 2 {
		return groups, nil // a weight is against that of another
	}
	return groups, weights
}
