package account

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/awscheck"
)

// sharesKnown reports whether the shares of machines in several target groups can be
// told: by the groups' weights, if each node reaches every target. Of one group they are
// equal unless [behind.weights] knows better.
func (b behind) sharesKnown() bool {
	if len(b.groups) < 2 {
		return true
	}
	for _, g := range b.groups {
		if on, known := awscheck.Crosses(b.a, g); !on || !known || awscheck.Weight(b.listener, g.Name) == 0 || b.receivers[g.Name] == 0 {
			return false
		}
	}
	return true
}

// weights are the machines' shares of all connections, where they differ; nil where they
// are equal or not known. Without cross-zone balancing each zone with targets has an
// equal part, whatever number of them it has; each of several target groups has a part by
// its weight.
func (b behind) weights() []float64 {
	if len(b.groups) == 0 {
		return nil
	}
	crosses, known := awscheck.Crosses(b.a, b.groups[0])
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
		for j, t := range m.targets {
			switch {
			case len(b.groups) > 1:
				weights[i] += b.partOf(m.groups[j])
			case crosses:
				weights[i]++
			default:
				weights[i] += 1 / float64(inZone[t.Zone])
			}
		}
	}
	if slices.Max(weights)-slices.Min(weights) < 1e-9 {
		return nil
	}
	return weights
}

// partOf is the part of each target of one of several target groups.
func (b behind) partOf(g scenarios.AuditTargets) float64 {
	return float64(awscheck.Weight(b.listener, g.Name)) / float64(b.receivers[g.Name])
}
