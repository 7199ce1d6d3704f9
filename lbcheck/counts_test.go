package lbcheck

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// alone are the numbers of a result that no other one is held against, by where they stand,
// and why. Those whose keys end with _s or _ms are times.
var alone = map[string]string{
	"seed":                         "of all random choices",
	"coordinators.*.pids.*":        "what a server said of itself",
	"looks.*.seen.*.pids.*":        "what a server said of itself",
	"watch.appearances.*.pids.*":   "what a server said of itself",
	"tls.*.path.*.key_bits":        "what a certificate says",
	"tls.*.sent.*.key_bits":        "what a certificate says",
	"tls.*.sent_count":             "how many certificates came, of which some may be left out",
	"looks.*.planned":              "a plan",
	"capacity.target":              "a plan",
	"detectable.sessions":          "a plan",
	"load.needs.*.need":            "of this machine",
	"load.needs.*.have":            "of this machine",
	"load.of_cores":                "of this machine",
	"load.dropped":                 "sessions that were never attempted",
	"load.late":                    "how many lags were beyond a limit; they are kept to three digits",
	"series.points.*.held":         "how many were open at one time",
	"series.points.*.open":         "how many were open at one time",
	"looks.*.successes.*.min_open": "how many were open at one time",
	"looks.*.successes.*.max_open": "how many were open at one time",
	"looks.*.successes.*.first":    "the number of a session among all, with those before the first look",
	"looks.*.successes.*.last":     "the number of a session among all, with those before the first look",
	"looks.*.blocks.width":         "how many starts a block has",
	"looks.*.blocks.from":          "where the first block begins",
	"idle.scale":                   "what times were multiplied by",
	"sessions.scout":               "of kind certificates there is no list of scouts",
	"capacity.threads":             "what a server said, or a setting",
	"capacity.nominal":             "a judgement, which a finding has",
	"capacity.n_minus_1":           "a judgement, which a finding has",
	"capacity.safe":                "a judgement, which a finding has",
	"capacity.safe_n_minus_1":      "a judgement, which a finding has",
	"detectable.dead":              "a chance, which is 0 or 1 where there is none",
	"detectable.half":              "a chance, which is 0 or 1 where there is none",
	"detectable.hot2x":             "a chance, which is 0 or 1 where there is none",
	"detectable.hot3x":             "a chance, which is 0 or 1 where there is none",
}

// standsAlone reports whether nothing else says what stands at a place.
func standsAlone(place string) bool {
	return alone[place] != "" || strings.HasSuffix(place, "_s") || strings.HasSuffix(place, "_ms")
}

// heldTogether changes each whole number of a result by one. Where the result can still be
// read, the number has to be one of those that stand alone.
func heldTogether(t *testing.T, r scenarios.Result) {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scenarios.DecodeResult(b); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	free := map[string]bool{}
	changeEach(doc, "", func(place string) {
		changed, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := scenarios.DecodeResult(changed); err == nil {
			free[place] = true
		}
	})
	for _, place := range slices.Sorted(maps.Keys(free)) {
		if !standsAlone(place) {
			t.Errorf("%s can be changed by one, and the result is read", place)
		}
	}
}

// changeEach calls try with each whole number in v one higher, but for those of a scenario
// and of findings; place is where it stands, without the places in lists.
func changeEach(v any, place string, try func(place string)) {
	visit := func(key string, value any, set func(any)) {
		at := strings.TrimPrefix(place+"."+key, ".")
		if at == "scenario" || at == "findings" {
			return
		}
		n, ok := value.(float64)
		if !ok {
			changeEach(value, at, try)
			return
		}
		if n == float64(int(n)) {
			set(n + 1)
			try(at)
			set(n)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			visit(key, value, func(changed any) { v[key] = changed })
		}
	case []any:
		for i, value := range v {
			visit("*", value, func(changed any) { v[i] = changed })
		}
	}
}
