package scenarios_test

import (
	"errors"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// FuzzSetting gives arbitrary text to each setting, as a flag or a variable does: an error
// of its own type, or a value whose text gives the same value.
func FuzzSetting(f *testing.F) {
	all := scenarios.Settings()
	for i, st := range all {
		for _, text := range []string{"", "1", "true", "10s", "a:1,b:2", "p(99) < 2s", "K=V", "-1", "1e308"} {
			f.Add(uint16(i), text)
		}
		if len(st.Values) > 0 {
			f.Add(uint16(i), st.Values[0])
		}
	}
	f.Fuzz(func(t *testing.T, which uint16, text string) {
		st := all[int(which)%len(all)]
		var s scenarios.Scenario
		if err := st.Set(&s, text); err != nil {
			if _, ok := errors.AsType[*scenarios.InvalidError](err); !ok {
				t.Fatalf("%s: %v is of type %T", st.Key, err, err)
			}
			return
		}
		_ = s.Validate()
		shown := st.Text(&s)
		if shown == "" {
			return
		}
		var again scenarios.Scenario
		if err := st.Set(&again, shown); err != nil || st.Text(&again) != shown {
			t.Fatalf("%s: %q is shown as %q, and that as %q (%v)", st.Key, text, shown, st.Text(&again), err)
		}
	})
}
