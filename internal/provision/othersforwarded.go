package provision

import (
	"fmt"
	"slices"
	"strings"
)

// othersForwarded are conflicts: listeners of our load balancer that forward to target
// groups of others, which would no longer be forwarded to. A group with a name of ours
// that lost its tag is kept and listed instead.
func (s netKind) othersForwarded() []Change {
	if !s.ownsBalancer() {
		return nil
	}
	var changes []Change
	for _, l := range s.net.listeners {
		others := slices.DeleteFunc(l.forwardsTo(), func(arn string) bool {
			return slices.ContainsFunc(s.targetGroups, func(g targetGroup) bool { return g.arn() == arn && (s.ownedBy(g.tags) || s.hasOurName(g)) })
		})
		if len(others) > 0 {
			changes = append(changes, Change{
				Resource: "listener", Name: fmt.Sprint(l.port()), Action: Conflict, Before: text(l.ListenerArn),
				Why: fmt.Sprintf("it forwards to target group %s, which is not ours and would get no more connections from it: let another load balancer forward to it, and delete this listener or run apply, which makes the listeners as lb.yaml has them", commaList(mapSlice(others, nameInARN))),
			})
		}
	}
	return changes
}

// nameInARN is the name in a target group's ARN: "...:targetgroup/NAME/ID".
func nameInARN(arn string) string {
	if parts := strings.Split(arn, "/"); len(parts) == 3 {
		return parts[1]
	}
	return arn
}
