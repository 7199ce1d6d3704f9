package merge_test

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// What a result was held against is not dropped in silence: the sum would pass by what
// was no longer asked.
func TestMerge_Baselines(t *testing.T) {
	t.Parallel()
	held := func(n int, before string, limits ...string) scenarios.Result {
		r := repeated(scenarios.KindStages, n)
		if before == "" {
			return r
		}
		r.Baseline = &scenarios.Baseline{Run: before, Started: began}
		for _, l := range limits {
			r.Baseline.Figures = append(r.Baseline.Figures, scenarios.BaselineFigure{Limit: l, Count: 1000, Value: new(float64)})
		}
		return judge.Rejudge(r)
	}
	const rate, open = "session: error_rate +50%", "session.open: med +1h"
	for name, c := range map[string]struct {
		in   []scenarios.Result
		want string
	}{
		"the second has none": {[]scenarios.Result{held(0, "old", rate), held(1, "")}, `result 2: it is held against no earlier run, and result 1 against the run "old"`},
		"the first has none":  {[]scenarios.Result{held(0, ""), held(1, "old", rate)}, `result 2: it is held against the run "old", and result 1 against no earlier run`},
		"another run":         {[]scenarios.Result{held(0, "old", rate), held(1, "older", rate)}, `result 2: it is held against the run "older", and result 1 against the run "old"`},
		"other limits":        {[]scenarios.Result{held(0, "old", rate), held(1, "old", open)}, `result 2: it and result 1 are held against the run "old" by different limits`},
		"the same":            {[]scenarios.Result{held(0, "old", rate, open), held(1, "old", rate, open)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := merge.Merge(c.in, merge.Options{})
			switch {
			case c.want == "" && (err != nil || r.Baseline == nil || len(r.Baseline.Figures) != 2):
				t.Errorf("fails with %v; %+v", err, r.Baseline)
			case c.want != "" && (err == nil || err.Error() != c.want):
				t.Errorf("fails with %v, want %q", err, c.want)
			}
			if r, err := merge.Merge(c.in, merge.Options{DropBaselines: true}); err != nil || r.Baseline != nil {
				t.Errorf("without baselines: %v, %+v", err, r.Baseline)
			}
		})
	}
}
