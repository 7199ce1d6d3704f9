package main

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestKinds_AreAll(t *testing.T) {
	t.Parallel()
	for _, k := range scenarios.Kinds() {
		if r, ok := kinds[k]; !ok || r.demo == nil {
			t.Errorf("no rules for the kind %s", k)
		}
	}
	if len(kinds) != len(scenarios.Kinds()) {
		t.Errorf("rules for %d kinds, of which there are %d", len(kinds), len(scenarios.Kinds()))
	}
}
