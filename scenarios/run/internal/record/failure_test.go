package record

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestCutOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		class string
		asked bool
		want  scenarios.Cut
	}{
		"an end in good order while idle":         {class: "execute.eof", asked: false, want: scenarios.CutFIN},
		"an end that the first word met":          {class: "execute.eof", asked: true, want: scenarios.CutFIN},
		"a reset while idle":                      {class: "execute.reset", asked: false, want: scenarios.CutRST},
		"a reset as the answer":                   {class: "execute.reset", asked: true, want: scenarios.CutRST},
		"no answer until our own deadline":        {class: "execute.timeout", asked: true, want: scenarios.CutSilent},
		"a timeout of the kernel's while idle":    {class: "execute.timeout", asked: false, want: scenarios.CutOther},
		"a session that the server has forgotten": {class: "execute.invalid-session", asked: true, want: scenarios.CutOther},
		"unexpected words":                        {class: "execute.garbage", asked: false, want: scenarios.CutOther},
		"no class":                                {class: "", asked: true, want: scenarios.CutOther},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := CutOf(vocabtest.Class(c.class), c.asked); got != c.want {
				t.Errorf("CutOf(%q, %v) = %q, want %q", c.class, c.asked, got, c.want)
			}
		})
	}
}
