package account

import (
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/awscheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// Named is the scenario of a run with the names of the coordinators that the account has,
// in place of their number, and with their weights; and what to know of that. Names are
// taken only if each coordinator that answered has one of them: Impala may call itself
// otherwise than AWS calls its machine.
func Named(m scenarios.Measured) (scenarios.Scenario, string) {
	s := m.Scenario
	seen := m.Pooled().Coordinators()
	if m.Audit == nil || s.Audit.Balancer == "" || len(s.Expect.Coordinators.Names) > 0 || len(seen) == 0 {
		return s, ""
	}
	b, why := behindListener(s, *m.Audit)
	if why != "" || len(b.machines) == 0 || len(b.machines) != s.Expect.Coordinators.Count {
		return s, ""
	}
	weights := b.weights()
	names := b.namesOf(seen)
	if names == nil {
		text := "The coordinators do not have the names or addresses that the account has, so their number alone is expected"
		if weights != nil {
			text += "; their shares ought to differ, and which is whose is not known"
		}
		return s, text
	}
	s.Expect.Coordinators = scenarios.ExpectCoordinators{Names: names}
	text := "The coordinators are expected by the names that the account has: " + phrase.List(names)
	if weights != nil && len(s.Expect.Balance.Weights) == 0 {
		s.Expect.Balance.Weights = weights
		text += "; with the weights " + weightsText(weights)
	}
	return s, text
}

func weightsText(weights []float64) string {
	var out []string
	for _, w := range weights {
		out = append(out, fmt.Sprintf("%.4g", w))
	}
	return strings.Join(out, ":")
}

// namesOf are the machines' names, private DNS names or else addresses, to which all that
// was seen belongs; nil where neither are.
func (b behind) namesOf(seen []string) []string {
	for _, of := range []func(machine) string{
		func(m machine) string { return m.dns },
		func(m machine) string { return m.address },
	} {
		var names []string
		for _, m := range b.machines {
			if name := of(m); name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if len(names) == len(b.machines) && len(batch.MatchNames(names, seen)) == len(seen) {
			return names
		}
	}
	return nil
}

// weights are the machines' shares of all connections, where they differ; nil where they
// are equal or not known. Without cross-zone balancing each zone with targets has an
// equal part, whatever number of them it has.
func (b behind) weights() []float64 {
	if len(b.groups) != 1 {
		return nil
	}
	g := b.groups[0]
	crosses, known := awscheck.Crosses(b.a, g)
	if !known {
		return nil
	}
	getting := slices.Clone(b.others) // connections; those to others fail, and are of their zone's part
	for _, m := range b.machines {
		getting = append(getting, m.targets...)
	}
	inZone := map[string]int{}
	for _, t := range getting {
		if t.Zone == "" && !crosses {
			return nil
		}
		inZone[t.Zone]++
	}
	weights := make([]float64, len(b.machines))
	for i, m := range b.machines {
		for _, t := range m.targets {
			if crosses {
				weights[i]++
			} else {
				weights[i] += 1 / float64(inZone[t.Zone])
			}
		}
	}
	if slices.Max(weights)-slices.Min(weights) < 1e-9 {
		return nil
	}
	return weights
}
