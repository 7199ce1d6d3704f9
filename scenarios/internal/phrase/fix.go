package phrase

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Try are things to do that are no setting of ours.
func Try(whys ...string) scenarios.Fixes {
	var out scenarios.Fixes
	for _, why := range whys {
		out = append(out, vocab.Fix{Why: why})
	}
	return out
}

// Set is a setting of the scenario to change; value and why may be "".
func Set(setting, value, why string) scenarios.Fixes {
	return scenarios.Fixes{{Setting: setting, Value: value, Why: why}}
}
