package main

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// What shows a run is told of each session; where it asks for none, none is shown.
func TestOutputs_ShowEachSession(t *testing.T) {
	t.Parallel()
	var shown []int
	o := outputs{progress: progress{observe: func(obs scenarios.Observation) { shown = append(shown, obs.Seq) }}}
	o.observe(scenarios.Observation{Seq: 7})
	o.observe(scenarios.Observation{Seq: 8})
	(&outputs{}).observe(scenarios.Observation{Seq: 9})
	if len(shown) != 2 || shown[0] != 7 || shown[1] != 8 {
		t.Errorf("shown: %v", shown)
	}
}
