package watchstate

import (
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A long session that the service refused has the class of its error; one that was ended
// for its certificate has none.
func TestWatcher_LongOpened(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o    scenarios.Observation
		want string
	}{
		"it opened":                        {scenarios.Observation{}, ""},
		"it failed":                        {scenarios.Observation{Outcome: scenarios.OutcomeFailed, Class: vocabtest.Class("open.reset")}, "open.reset"},
		"it was ended for its certificate": {scenarios.Observation{Outcome: scenarios.OutcomeFailed, Refused: true, Class: vocabtest.Class("tls.unknown-ca")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := New(1, func() time.Duration { return 0 }, nil)
			w.LongOpened(0, c.o)
			var got string
			if class := w.Seen(0, time.Second).Long[0].Class; !class.IsZero() {
				got = class.String()
			}
			if got != c.want {
				t.Errorf("class %q, want %q", got, c.want)
			}
		})
	}
}
