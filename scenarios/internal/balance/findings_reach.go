package balance

import (
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// reach says whether every node reaches every coordinator.
func (v findingWriter) reach() scenarios.Finding {
	f, said := v.start(reachRule)
	if said {
		return f
	}
	o := v.last(reachRule)
	if o.zoned {
		f.Observed, f.Limit = phrase.Num(o.zoneDeviation), phrase.Num(o.tolerance)
		f.Explain = "A coordinator's implied share is 1 / (nodes x coordinators of its node): " + v.zones(o)
	}
	switch {
	case f.Status == scenarios.Skipped && o.policy == scenarios.SourcePolicy:
		f.Message = "one client address shows one coordinator under policy source"
	case o.n() < len(v.Slots):
		f.Status, f.Message = v.tooFew(o)
	case f.Status == scenarios.Skipped:
		f.Message = "one node was dialled: there is no other to compare it with"
	case o.state[reachRule] == alarmed && f.Status != scenarios.Pass:
		f.Message = fmt.Sprintf("every node reaches only coordinators of its own, and unevenly: %s; an even split over the nodes gives shares up to %s off", v.zones(o), phrase.Percent(o.zoneDeviation))
		f.Fix = phrase.Try("switch cross-zone load balancing on", "register as many coordinators in every zone")
	case o.zoned:
		f.Message = "every node reaches only coordinators of its own, evenly enough"
		f.Note = phrase.Join(f.Note, fmt.Sprintf("Cross-zone load balancing seems to be off: %s. Losing a zone loses its node", v.zones(o)))
	default:
		f.Message = fmt.Sprintf("coordinators were reached from %s alike", phrase.Count(len(o.nodes), "node"))
	}
	return f
}

// zones says which node reaches whom.
func (v findingWriter) zones(o lookStats) string {
	var parts []string
	for i, node := range o.nodes {
		var names []string
		for s := range v.Slots {
			if o.nodesOf[s][i] {
				names = append(names, v.Slots[s].Name)
			}
		}
		parts = append(parts, fmt.Sprintf("%s reaches %s", node, phrase.List(names)))
	}
	return strings.Join(parts, "; ")
}
