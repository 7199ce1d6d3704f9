package run

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestHowAConnectionWasCutIsReadFromItsClass(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		class string
		asked bool
		want  scenarios.Cut
	}{
		"an end in good order while idle":         {"execute.eof", false, scenarios.CutFIN},
		"an end that the first word met":          {"execute.eof", true, scenarios.CutFIN},
		"a reset while idle":                      {"execute.reset", false, scenarios.CutRST},
		"a reset as the answer":                   {"execute.reset", true, scenarios.CutRST},
		"no answer until our own deadline":        {"execute.timeout", true, scenarios.CutSilent},
		"a timeout of the kernel's while idle":    {"execute.timeout", false, scenarios.CutOther},
		"a session that the server has forgotten": {"execute.invalid-session", true, scenarios.CutOther},
		"words that nobody asked for":             {"execute.garbage", false, scenarios.CutOther},
		"no class":                                {"", true, scenarios.CutOther},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := cutOf(vocabtest.Class(c.class), c.asked); got != c.want {
				t.Errorf("cutOf(%q, %v) = %q, want %q", c.class, c.asked, got, c.want)
			}
		})
	}
}
