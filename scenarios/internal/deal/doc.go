// Package deal says which node of a load balancer each of some sessions goes to: those
// of a run, and those of its simulation, which measures the rule that judges them.
package deal
