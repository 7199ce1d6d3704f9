package scenarios

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFixes_UnmarshalJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Fixes{
		`[{"setting":"tls.enabled","value":"true","why":"it speaks TLS"},{"why":"wait"}]`: {{Setting: "tls.enabled", Value: "true", Why: "it speaks TLS"}, {Why: "wait"}},
		`"read the log"`: {{Why: "read the log"}}, // results of earlier versions
		`""`:             nil,
		`null`:           nil,
		`[]`:             {},
	} {
		var got Fixes
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	for _, text := range []string{`{"why":"wait"}`, `7`, `["wait"]`} {
		if err := json.Unmarshal([]byte(text), new(Fixes)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}
