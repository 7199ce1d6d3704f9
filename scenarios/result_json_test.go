package scenarios

import (
	"strings"
	"testing"
)

func TestDecodeResultRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"what is no JSON":           {`<xml/>`, "invalid character"},
		"a file of another schema":  {`{"schema": "impala-lbcheck/result/2"}`, `schema is "impala-lbcheck/result/2", this version reads "impala-lbcheck/result/1"`},
		"a file without a schema":   {`{}`, `schema is ""`},
		"a status nobody knows":     {`{"schema": "` + Schema + `", "verdict": "fine"}`, `status "fine"`},
		"a count below zero":        {`{"schema": "` + Schema + `", "sessions": {"failed": -1}}`, "sessions: -1 is no count"},
		"a count beyond reason":     {`{"schema": "` + Schema + `", "nodes": [{"coordinators": {"a": 9007199254740993}}]}`, "nodes: 9007199254740993"},
		"a hostile cell of a look":  {`{"schema": "` + Schema + `", "looks": [{"tally": [{"ok": -5}]}]}`, "looks: -5"},
		"a hostile lag of an order": {`{"schema": "` + Schema + `", "looks": [{"nodes": [{"lag_matches": [1, -2]}]}]}`, "looks: -2"},
		"a hostile load":            {`{"schema": "` + Schema + `", "load": {"dropped": -3}}`, "load: -3"},
		"a hostile need":            {`{"schema": "` + Schema + `", "load": {"needs": [{"have": -4}]}}`, "load: -4"},
		"a hostile series":          {`{"schema": "` + Schema + `", "series": {"points": [{"held": -6}]}}`, "series: -6"},
		"more values than any run":  {`{"findings": [{}` + strings.Repeat(",{}", maxValues+1) + `]}`, "more than 262144 values"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := DecodeResult([]byte(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("DecodeResult fails with %v, want %q", err, c.want)
			}
		})
	}
}

func TestDecodeResultIgnoresKeysItDoesNotKnow(t *testing.T) {
	t.Parallel()
	r, err := DecodeResult([]byte(`{"schema": "` + Schema + `", "verdict": "pass", "capacity": {"held": 24}, "findings": [{"id": "a", "later": [1]}]}`))
	if err != nil || r.Verdict != Pass || len(r.Findings) != 1 || r.Findings[0].ID != "a" {
		t.Errorf("DecodeResult = %+v, %v", r, err)
	}
}
