package scenarios

import (
	"encoding"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/exactjson"
)

func TestDecodeResult_Errors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"what is no JSON":                {`<xml/>`, "invalid character"},
		"a file of another schema":       {`{"schema": "impala-lbcheck/result/2"}`, `schema is "impala-lbcheck/result/2", this version reads "impala-lbcheck/result/1"`},
		"a file without a schema":        {`{}`, `schema is ""`},
		"a status nobody knows":          {`{"schema": "` + Schema + `", "verdict": "fine"}`, `status "fine"`},
		"a count below zero":             {`{"schema": "` + Schema + `", "sessions": {"failed": -1}}`, "sessions.failed: invalid count -1"},
		"a count beyond reason":          {`{"schema": "` + Schema + `", "nodes": [{"coordinators": {"a": 9007199254740993}}]}`, `nodes[0].coordinators["a"]: invalid count 9007199254740993`},
		"a hostile cell of a look":       {`{"schema": "` + Schema + `", "looks": [{"tally": [{"ok": -5}]}]}`, "looks[0].tally[0].ok: invalid count -5"},
		"a load with fewer than no late": {part(`"load": {"late": -1}`), "load.late: invalid count -1"},
		"a load on no number of cores":   {part(`"load": {"cores": -0.5}`), "load.cores: invalid number -0.5"},
		"a need beyond reason":           {part(`"load": {"needs": [{"name": "ports", "need": 9007199254740993}]}`), "load.needs[0].need: invalid count 9007199254740993"},
		"a capacity below zero":          {part(`"capacity": {"held": 24, "nominal": -24}`), "capacity.nominal: invalid count -24"},
		"a holder of fewer than none":    {part(`"capacity": {"coordinators": [{"name": "a", "held": 1}, {"name": "b", "held": -8}]}`), "capacity.coordinators[1].held: invalid count -8"},
		"a hold that ends before it":     {part(`"capacity": {"for_s": -600}`), "capacity.for_s: invalid time -600 s"},
		"a statement run -2 times":       {part(`"queries": [{"runs": -2}]`), "queries[0].runs: invalid count -2"},
		"a statement that took -1 s":     {part(`"queries": [{"runs": 2, "times_s": [1, -1]}]`), "queries[0].times_s[1]: invalid time -1 s"},
		"a ladder longer than any":       {part(`"idle": {"steps": [{}` + strings.Repeat(",{}", maxSteps) + `]}`), "idle.steps: list of 65; the limit is 64"},
		"a step longer than a life":      {part(`"idle": {"steps": [{"after_s": 1e300}]}`), "idle.steps[0].after_s: invalid time 1e+300 s"},
		"a ladder scaled below zero":     {part(`"idle": {"scale": -1}`), "idle.scale: invalid number -1"},
		"a watch of -1 sessions":         {part(`"watch": {"sessions": -1}`), "watch.sessions: invalid count -1"},
		"an event before the run":        {part(`"watch": {"event_s": -3}`), "watch.event_s: invalid time -3 s"},
		"a long session lost before it":  {part(`"watch": {"long": [{"at_s": -3}]}`), "watch.long[0].at_s: invalid time -3 s"},
		"a coordinator back before it":   {part(`"watch": {"appearances": [{"back_s": -3}]}`), "watch.appearances[0].back_s: invalid time -3 s"},
		"a share beyond reason":          {part(`"watch": {"appearances": [{"peak": 1e300}]}`), "watch.appearances[0].peak: invalid number 1e+300"},
		"a series longer than any":       {part(`"series": {"points": [{}` + strings.Repeat(",{}", MaxPoints) + `]}`), "series.points: list of 601; the limit is 600"},
		"a point of -1 sessions":         {part(`"series": {"points": [{"held": -1}]}`), "series.points[0].held: invalid count -1"},
		"a point that lagged -1 s":       {part(`"series": {"points": [{"lag_max_s": -1}]}`), "series.points[0].lag_max_s: invalid time -1 s"},
		"a page with -1 in use":          {part(`"pages": [{"in_use": -1}]`), "pages[0].in_use: invalid count -1"},
		"a page read before the run":     {part(`"pages": [{"at_s": -1}]`), "pages[0].at_s: invalid time -1 s"},
		"more tags than any run":         {part(`"tags": [{}` + strings.Repeat(",{}", MaxTags) + `]`), "tags: list of 1025; the limit is 1024"},
		"tags that hide behind a second": {part(`"tags": [{}` + strings.Repeat(",{}", MaxTags) + `], "tags": []`), `key "tags" is repeated`},
		"more failures than any look":    {part(`"looks": [{"failures": [{}` + strings.Repeat(",{}", maxLookGroups) + `]}]`), "looks[0].failures: list of"},
		"more successes than any look":   {part(`"looks": [{"successes": [{}` + strings.Repeat(",{}", maxLookGroups) + `]}]`), "looks[0].successes: list of"},
		"a group of -1 good sessions":    {part(`"looks": [{"successes": [{"count": -1}]}]`), "looks[0].successes[0].count: invalid count -1"},
		"a group that heard -1 times":    {part(`"looks": [{"failures": [{"count": 1, "heard": -1}]}]`), "looks[0].failures[0].heard: invalid count -1"},
		"a coordinator of -1 closes":     {part(`"closes": [{"closes": -1}]`), "closes[0].closes: invalid count -1"},
		"a scout of -1 attempts":         {part(`"scouts": [{"attempts": -1}]`), "scouts[0].attempts: invalid count -1"},
		"a handle that went to -1":       {part(`"handles": [{"reached": -1}]`), "handles[0].reached: invalid count -1"},
		"a shard of -1 sessions":         {part(`"sources": [{"sessions": -1}]`), "sources[0].sessions: invalid count -1"},
		"a baseline of -1 sessions":      {part(`"baseline": {"figures": [{"count": -1}]}`), "baseline.figures[0].count: invalid count -1"},
		"a listener on port -1":          {part(`"audit": {"listeners": [{"port": -1}]}`), "audit.listeners[0].port: invalid count -1"},
		"a count beside its histogram":   {part(`"phases": {"open": {"count": 2, "hdr": "HISTFAAAACZ42pJpmSzMwMDAzAABMJoRRFybvITB/gNE4Dw/EyAAAP//YWgFag=="}}`), "phase open: count is 2, but the histogram has 1"},
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

func TestDecodeResult_Tags(t *testing.T) {
	t.Parallel()
	r, err := DecodeResult([]byte(part(`"tags": [{"metric": "session.open", "tag": "node", "value": "a"}]`)))
	if err != nil || len(r.Tags) != 1 || r.Tags[0].Value != "a" {
		t.Errorf("DecodeResult = %+v, %v", r.Tags, err)
	}
}

func TestDecodeResult_UnknownKeys(t *testing.T) {
	t.Parallel()
	r, err := DecodeResult([]byte(`{"schema": "` + Schema + `", "verdict": "fail", "capacity": {"later": 24}, "findings": [{"id": "a", "status": "fail", "later": [1]}]}`))
	if err != nil || r.Verdict != StatusFail || len(r.Findings) != 1 || r.Findings[0].ID != "a" {
		t.Errorf("DecodeResult = %+v, %v", r, err)
	}
}

// sound is a result whose parts agree; each case below spoils it in one place.
const sound = `"verdict": "pass", "exit": 0, "complete": true, "findings": [{"id": "errors.rate", "status": "pass"}],
	"sessions": {"attempted": 5, "ok": 3, "failed": 1, "unknown": 1},
	"looks": [{"tally": [{"node": "192.0.2.1:1", "coordinator": "c", "ok": 2, "failed": 1}], "burst": [{"node": "192.0.2.2:1", "coordinator": "", "ok": 1, "unknown": 1}],
		"errors": [{"class": "open.eof", "count": 1}]}],
	"errors": [{"class": "open.eof", "count": 1}],
	"nodes": [{"address": "192.0.2.1:1", "sessions": 3, "failed": 1, "coordinators": {"c": 3}}, {"address": "192.0.2.2:1", "sessions": 2, "unattributed": 2}],
	"coordinators": [{"name": "c", "sessions": 3, "failed": 1, "share": 1}, {"name": "silent"}]`

func TestDecodeResult_Contradictions(t *testing.T) {
	t.Parallel()
	if _, err := DecodeResult([]byte(part(sound))); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"a pass with a failed finding":        {`"status": "pass"`, `"status": "fail"`, "the verdict is pass, but the findings give fail"},
		"a failure that nothing shows":        {`"verdict": "pass"`, `"verdict": "fail"`, "the verdict is fail, but the findings give pass"},
		"a pass without a finding":            {`{"id": "errors.rate", "status": "pass"}`, ``, "the verdict is pass, but there are no findings"},
		"a pass that all findings skipped":    {`"status": "pass"`, `"status": "skipped"`, "the findings give inconclusive"},
		"a pass with an exit code of others":  {`"exit": 0`, `"exit": 3`, "the exit code is 3, but the verdict pass has exit code 0"},
		"an exit code that wraps":             {`"exit": 0`, `"exit": 256`, "invalid exit code 256"},
		"an exit code below zero":             {`"exit": 0`, `"exit": -1`, "invalid exit code -1"},
		"a signal that stopped nothing":       {`"exit": 0`, `"exit": 130`, "the exit code is 130"},
		"a pass of a run that did not end":    {`"complete": true`, `"complete": false`, "the verdict is pass, but the run is not complete"},
		"a complete run that was stopped":     {`"complete": true`, `"complete": true, "stopped": {"by": "stalled"}`, `complete is true, but the run was stopped ("stalled")`},
		"more attempts than ends":             {`"attempted": 5`, `"attempted": 1000000000`, "sessions: 1000000000 attempted, but 3 ok, 1 failed and 1 unknown"},
		"a session that no cell has":          {`"attempted": 5, "ok": 3`, `"attempted": 6, "ok": 4`, "sessions: 4 ok, 1 failed and 1 unknown, but the looks have 3 ok"},
		"a look's failure without an error":   {`"errors": [{"class": "open.eof", "count": 1}]}],`, `"errors": []}],`, "looks[0]: its errors add up to 0, but 1 sessions failed"},
		"a failure without an error":          {"\t" + `"errors": [{"class": "open.eof", "count": 1}],` + "\n", "", "errors: they add up to 0, but 1 sessions failed"},
		"a node's session of nowhere":         {`"sessions": 3, "failed": 1, "coordinators"`, `"sessions": 4, "failed": 1, "coordinators"`, "nodes: 192.0.2.1:1 has 4 sessions (1 failed, 0 unidentified), but 3 (1, 0) in the looks"},
		"a node's coordinator of nowhere":     {`{"c": 3}`, `{"c": 2, "d": 1}`, "nodes: 192.0.2.1:1 has"},
		"a node's coordinator that is lost":   {`{"c": 3}`, `{}`, `nodes: 192.0.2.1:1 has no sessions on "c"`},
		"a node that is lost":                 {`, {"address": "192.0.2.2:1", "sessions": 2, "unattributed": 2}`, ``, "nodes: 192.0.2.2:1 is missing"},
		"a node twice":                        {`"nodes": [`, `"nodes": [{"address": "192.0.2.1:1", "sessions": 3, "failed": 1, "coordinators": {"c": 3}}, `, "nodes: 192.0.2.1:1 has 3 sessions"},
		"a coordinator's session of nowhere":  {`{"name": "silent"}`, `{"name": "silent", "sessions": 1}`, `coordinators: "silent" has 1 sessions (0 failed), but 0 (0) in the looks`},
		"a coordinator that is lost":          {`{"name": "c", "sessions": 3, "failed": 1, "share": 1}, `, ``, `coordinators: "c" is missing`},
		"a group's session of nowhere":        {`"errors": [{"class": "open.eof", "count": 1}]}],`, `"errors": [{"class": "open.eof", "count": 1}], "successes": [{"count": 9, "last": 9}]}],`, "looks[0]: its groups have 9 ok and 0 failed, but the cells 3 and 1"},
		"a group that ends before it began":   {`"errors": [{"class": "open.eof", "count": 1}]}],`, `"errors": [{"class": "open.eof", "count": 1}], "failures": [{"count": 1, "first": 2, "last": 1}]}],`, "looks[0].failures[0]: 1 sessions from 2 to 1"},
		"a group that heard more than it had": {`"errors": [{"class": "open.eof", "count": 1}]}],`, `"errors": [{"class": "open.eof", "count": 1}], "failures": [{"count": 1, "heard": 2}]}],`, "looks[0]: failures:"},
		"more failed closes than closes":      {`"exit": 0`, `"exit": 0, "closes": [{"coordinator": "c", "closes": 1, "failed": 2}]`, `closes: 2 of 1 failed on "c"`},
		"a pass without its kind's part":      {`"exit": 0`, `"exit": 0, "scenario": {"kind": "capacity"}`, `the verdict is pass, but there is no "capacity"`},
		"a pass with another kind's part":     {`"exit": 0`, `"exit": 0, "capacity": {}`, `there is "capacity", but the scenario is of kind looks`},
		"a key twice":                         {`"exit": 0`, `"exit": 0, "exit": 0`, `key "exit" is repeated`},
		"a key twice far within":              {`{"c": 3}`, `{"c": 3, "c": 3}`, `key "c" is repeated`},
		"something after it":                  {`{"name": "silent"}]`, `{"name": "silent"}]} {`, "there is more after the JSON value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spoilt := strings.Replace(sound, c.from, c.to, 1)
			if spoilt == sound {
				t.Fatalf("%q is nowhere in it", c.from)
			}
			if _, err := DecodeResult([]byte(part(spoilt))); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("DecodeResult fails with %v, want one line with %q", err, c.want)
			}
		})
	}
}

// One session that is lost counts as much as many.
func TestDecodeResult_OneSessionIsLost(t *testing.T) {
	t.Parallel()
	const one = `"sessions": {"attempted": 1, "ok": 1}, "looks": [{"tally": [{"node": "192.0.2.1:1", "coordinator": "c", "ok": 1}]}],
		"nodes": [{"address": "192.0.2.1:1", "sessions": 1, "coordinators": {"c": 1}}], "coordinators": [{"name": "c", "sessions": 1}], "verdict": "inconclusive", "exit": 3`
	if _, err := DecodeResult([]byte(part(one))); err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		`{"c": 1}`: `nodes: 192.0.2.1:1 has no sessions on "c", but 1 in the looks`,
		`{"address": "192.0.2.1:1", "sessions": 1, "coordinators": {"c": 1}}`: "nodes: 192.0.2.1:1 is missing, but has 1 sessions in the looks",
		`{"name": "c", "sessions": 1}`:                                        `coordinators: "c" is missing`,
	} {
		to := ""
		if from == `{"c": 1}` {
			to = "{}"
		}
		if _, err := DecodeResult([]byte(part(strings.Replace(one, from, to, 1)))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %s: %v, want %q", from, err, want)
		}
	}
}

func TestDecodeResult_KeysInAnotherCase(t *testing.T) {
	t.Parallel()
	r, err := DecodeResult([]byte(part(strings.Replace(sound, `"exit": 0,`, `"Exit": 3, "VERDICT": "fail", "Findings": [], "\u017fessions": {"attempted": 9},`, 1) +
		`, "phases": {"open": {"HDR": "none", "hdr": ""}}, "TLS": [{}]`)))
	if err == nil || !strings.Contains(err.Error(), "histogram is too short") {
		t.Errorf("DecodeResult = %v, want the empty histogram refused, not the other", err)
	}
	r, err = DecodeResult([]byte(part(strings.Replace(sound, `"exit": 0,`, `"Exit": 3, "VERDICT": "fail", "Findings": [], "\u017fessions": {"attempted": 9},`, 1) +
		`, "TLS": [{}]`)))
	if err != nil || r.Exit != 0 || r.Verdict != StatusPass || r.Sessions.Attempted != 5 || len(r.TLS) != 0 {
		t.Errorf("DecodeResult = %+v, %v", r, err)
	}
}

func TestDecodeResult_ExitCode(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want int
	}{
		"a failure":                     {`"verdict": "fail", "findings": [{"status": "fail"}]`, ExitFail},
		"nothing proven":                {`"verdict": "inconclusive"`, ExitInconclusive},
		"nothing proven, taken to pass": {`"scenario": {"inconclusive": "pass"}`, ExitPass},
		"nothing proven, taken to fail": {`"scenario": {"inconclusive": "fail"}`, ExitFail},
		"nobody in":                     {`"stopped": {"by": "scout"}, "scenario": {"inconclusive": "pass"}`, ExitUnmeasured},
		"a bad certificate, nobody in":  {`"stopped": {"by": "scout"}, "verdict": "fail", "findings": [{"status": "fail"}]`, ExitFail},
		"a guard":                       {`"stopped": {"by": "guard"}`, ExitUsage},
		"a signal, which is kept":       {`"stopped": {"by": "interrupted"}, "exit": 143`, 143},
		"a signal that is not said":     {`"stopped": {"by": "interrupted"}`, ExitInconclusive},
		"an interruption is no pass":    {`"stopped": {"by": "interrupted"}, "scenario": {"inconclusive": "pass"}`, ExitInconclusive},
	} {
		r, err := DecodeResult([]byte(part(c.in)))
		if err != nil || r.Exit != c.want {
			t.Errorf("%s: exit is %d, %v, want %d", name, r.Exit, err, c.want)
		}
	}
}

// Every key that a result may have is one that the reader knows.
// The exit codes of signals are 129 to 192, of a run that was interrupted.
func TestResult_Signalled(t *testing.T) {
	t.Parallel()
	for exit, want := range map[int]bool{0: false, ExitInconclusive: false, 128: false, 129: true, 143: true, 192: true, 193: false} {
		r := Result{Exit: exit, Measured: Measured{Stopped: &Stop{By: StopInterrupted}}}
		if got := r.Signalled(); got != want {
			t.Errorf("exit code %d: %v", exit, got)
		}
		r.Stopped.By = StopStalled
		if r.Signalled() || (Result{Exit: exit}).Signalled() {
			t.Errorf("exit code %d of a run that nobody interrupted", exit)
		}
	}
}

func TestResult_EveryFieldHasAKey(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	var visit func(where string, of reflect.Type)
	visit = func(where string, of reflect.Type) {
		if shape, ok := jsonShapes[of]; ok {
			of = shape
		}
		if reflect.PointerTo(of).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
			return // a text has no keys
		}
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			visit(where, of.Elem())
			return
		case reflect.Struct:
		default:
			return
		}
		if seen[of] {
			return
		}
		seen[of] = true
		if reflect.PointerTo(of).Implements(reflect.TypeFor[json.Unmarshaler]()) {
			t.Errorf("%s reads its own JSON, and jsonShapes does not say as what", where)
		}
		for f := range of.Fields() {
			if f.IsExported() && !f.Anonymous && f.Tag.Get("json") == "" {
				t.Errorf("%s.%s has no key", where, f.Name)
			}
			visit(where+"."+f.Name, f.Type)
		}
	}
	visit("Result", reflect.TypeFor[Result]())
}

func TestResult_KeysAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/results.md")
	if err != nil {
		t.Fatal(err)
	}
	for key := range exactjson.Keys(reflect.TypeFor[Result]()) {
		if !strings.Contains(string(page), "`"+key+"`") {
			t.Errorf("docs/results.md does not have %s", key)
		}
	}
}
