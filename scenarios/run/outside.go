package run

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// maxOutside bounds the nodes that the reason to stop names.
const maxOutside = 8

// stopOutside is why a run ends in which no session was good on any node: the failure
// that got furthest, which it returns too, says the most, and a rejected login more
// than any other.
func stopOutside(met []scenarios.Scout) (stop scenarios.Stop, furthest scenarios.Scout) {
	stop.By = scenarios.StopScout
	if len(met) == 0 {
		stop.Text = "no node was tried"
		return stop, furthest
	}
	furthest = slices.MaxFunc(met, func(a, b scenarios.Scout) int {
		return cmp.Or(rejections(a)-rejections(b), cmp.Compare(a.Class.Phase, b.Class.Phase))
	})
	stop.Class, stop.Text, stop.Hint = furthest.Class, furthest.Text, furthest.Hint
	if len(met) > 1 && !furthest.Class.IsFailedLogin() {
		stop.Text = fmt.Sprintf("no session worked on any of %d nodes (%s): %s", len(met), outsideText(met), furthest.Text)
	}
	return stop, furthest
}

func rejections(s scenarios.Scout) int {
	if s.Class.IsFailedLogin() {
		return 1
	}
	return 0
}

// outsideText is "all tcp.refused", or each node with its class.
func outsideText(met []scenarios.Scout) string {
	if !slices.ContainsFunc(met, func(s scenarios.Scout) bool { return s.Class != met[0].Class }) {
		return "all " + met[0].Class.String()
	}
	var texts []string
	for _, s := range met[:min(maxOutside, len(met))] {
		texts = append(texts, s.Address.String()+" "+s.Class.String())
	}
	if more := len(met) - maxOutside; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, ", ")
}
