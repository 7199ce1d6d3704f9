package scenarios

import (
	"strings"
	"testing"
)

func TestDecodeResultRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"what is no JSON":                {`<xml/>`, "invalid character"},
		"a file of another schema":       {`{"schema": "impala-lbcheck/result/2"}`, `schema is "impala-lbcheck/result/2", this version reads "impala-lbcheck/result/1"`},
		"a file without a schema":        {`{}`, `schema is ""`},
		"a status nobody knows":          {`{"schema": "` + Schema + `", "verdict": "fine"}`, `status "fine"`},
		"a count below zero":             {`{"schema": "` + Schema + `", "sessions": {"failed": -1}}`, "sessions: -1 is no count"},
		"a count beyond reason":          {`{"schema": "` + Schema + `", "nodes": [{"coordinators": {"a": 9007199254740993}}]}`, "nodes: 9007199254740993"},
		"a hostile cell of a look":       {`{"schema": "` + Schema + `", "looks": [{"tally": [{"ok": -5}]}]}`, "looks: -5"},
		"a hostile lag of an order":      {`{"schema": "` + Schema + `", "looks": [{"nodes": [{"lag_matches": [1, -2]}]}]}`, "looks: -2"},
		"a load with fewer than no late": {part(`"load": {"late": -1}`), "load: -1 is no count"},
		"a load on no number of cores":   {part(`"load": {"cores": -0.5}`), "load: -0.5 is no number of a run"},
		"a need beyond reason":           {part(`"load": {"needs": [{"name": "ports", "need": 9007199254740993}]}`), "load: 9007199254740993 is no count"},
		"a capacity below zero":          {part(`"capacity": {"held": 24, "nominal": -24}`), "capacity: -24 is no count"},
		"a holder of fewer than none":    {part(`"capacity": {"coordinators": [{"name": "a", "held": 1}, {"name": "b", "held": -8}]}`), "capacity: -8 is no count"},
		"a hold that ends before it":     {part(`"capacity": {"for_s": -600}`), "capacity: -600 s is no time of a run"},
		"a statement run -2 times":       {part(`"queries": [{"runs": -2}]`), "queries: -2 is no count"},
		"a statement that took -1 s":     {part(`"queries": [{"runs": 2, "times_s": [1, -1]}]`), "queries: -1 s is no time of a run"},
		"a ladder longer than any":       {part(`"idle": {"steps": [{}` + strings.Repeat(",{}", mostSteps) + `]}`), "idle: a list of 65, not of 64 at most"},
		"a step longer than a life":      {part(`"idle": {"steps": [{"after_s": 1e300}]}`), "idle: 1e+300 s is no time of a run"},
		"a ladder scaled below zero":     {part(`"idle": {"scale": -1}`), "idle: -1 is no number of a run"},
		"a watch of -1 sessions":         {part(`"watch": {"sessions": -1}`), "watch: -1 is no count"},
		"an event before the run":        {part(`"watch": {"event_s": -3}`), "watch: -3 s is no time of a run"},
		"a long session lost before it":  {part(`"watch": {"long": [{"at_s": -3}]}`), "watch: -3 s is no time of a run"},
		"a coordinator back before it":   {part(`"watch": {"appearances": [{"back_s": -3}]}`), "watch: -3 s is no time of a run"},
		"a share beyond reason":          {part(`"watch": {"appearances": [{"peak": 1e300}]}`), "watch: 1e+300 is no number of a run"},
		"a series longer than any":       {part(`"series": {"points": [{}` + strings.Repeat(",{}", MaxPoints) + `]}`), "series: a list of 601, not of 600 at most"},
		"a point of -1 sessions":         {part(`"series": {"points": [{"held": -1}]}`), "series: -1 is no count"},
		"a point that lagged -1 s":       {part(`"series": {"points": [{"lag_max_s": -1}]}`), "series: -1 s is no time of a run"},
		"a page with -1 in use":          {part(`"pages": [{"in_use": -1}]`), "pages: -1 is no count"},
		"a page read before the run":     {part(`"pages": [{"at_s": -1}]`), "pages: -1 s is no time of a run"},
		"more tags than any run":         {part(`"tags": [{}` + strings.Repeat(",{}", maxTags) + `]`), "tags: 1025 are more than 1024"},
		"more tags under another case":   {part(`"TAGS": [{}` + strings.Repeat(",{}", maxTags) + `]`), "tags: 1025 are more than 1024"},
		"tags that hide behind a second": {part(`"tags": [{}` + strings.Repeat(",{}", maxTags) + `], "tags": []`), "tags: 1025 are more than 1024"},
		"a histogram that is none":       {part(`"load": {"lag": {"hdr": "HISTEwAAAAA="}}`), "inflate histogram"},
		"more values than any run":       {`{"findings": [{}` + strings.Repeat(",{}", maxValues+1) + `]}`, "more than 262144 values"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := DecodeResult([]byte(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("DecodeResult fails with %v, want %q", err, c.want)
			}
		})
	}
}

// part is a result file that holds one thing.
func part(json string) string { return `{"schema": "` + Schema + `", ` + json + `}` }

func TestDecodeResultKeepsTags(t *testing.T) {
	t.Parallel()
	r, err := DecodeResult([]byte(part(`"tags": [{"metric": "session.open", "tag": "node", "value": "a"}]`)))
	if err != nil || len(r.Tags) != 1 || r.Tags[0].Value != "a" {
		t.Errorf("DecodeResult = %+v, %v", r.Tags, err)
	}
}

func TestDecodeResultIgnoresKeysItDoesNotKnow(t *testing.T) {
	t.Parallel()
	r, err := DecodeResult([]byte(`{"schema": "` + Schema + `", "verdict": "pass", "capacity": {"held": 24}, "findings": [{"id": "a", "later": [1]}]}`))
	if err != nil || r.Verdict != Pass || len(r.Findings) != 1 || r.Findings[0].ID != "a" {
		t.Errorf("DecodeResult = %+v, %v", r, err)
	}
}
