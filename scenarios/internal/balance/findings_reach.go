package balance

import (
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// reach says whether every node reaches every coordinator.
func (w findingWriter) reach() scenarios.Finding {
	f, said := w.start(reachRule)
	if said {
		return f
	}
	l := w.last(reachRule)
	if l.zoned {
		f.Observed, f.Limit = phrase.Num(l.zoneDeviation), phrase.Num(l.tolerance)
		f.Explain = "A coordinator's implied share is 1 / (nodes x coordinators of its node): " + w.zones(l)
	}
	switch {
	case f.Status == scenarios.StatusSkipped && l.policy == scenarios.PolicySource:
		f.Message = "one client address shows one coordinator under policy source"
	case l.n() < len(w.Slots):
		f.Status, f.Message = w.tooFew(l)
	case f.Status == scenarios.StatusSkipped:
		f.Message = "one node was dialled: there is no other to compare it with"
	case l.state[reachRule] == alarmed && f.Status != scenarios.StatusPass:
		f.Message = fmt.Sprintf("every node reaches only coordinators of its own, and unevenly: %s; an even split over the nodes gives shares up to %s off", w.zones(l), phrase.Percent(l.zoneDeviation))
		f.Fix = phrase.Try("switch cross-zone load balancing on", "register as many coordinators in every zone")
	case l.zoned:
		f.Message = "every node reaches only coordinators of its own, evenly enough"
		f.Note = phrase.Join(f.Note, fmt.Sprintf("Cross-zone load balancing seems to be off: %s. Losing a zone loses its node", w.zones(l)))
	default:
		f.Message = fmt.Sprintf("coordinators were reached from %s alike", phrase.Count(len(l.nodes), "node"))
	}
	return f
}

// zones says which node reaches which coordinators.
func (w findingWriter) zones(l lookStats) string {
	var parts []string
	for i, node := range l.nodes {
		var names []string
		for s := range w.Slots {
			if l.nodesOf[s][i] {
				names = append(names, w.Slots[s].Name)
			}
		}
		parts = append(parts, fmt.Sprintf("%s reaches %s", node, phrase.List(names)))
	}
	return strings.Join(parts, "; ")
}
