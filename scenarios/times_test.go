package scenarios

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"
)

func TestPhaseStats_JSON(t *testing.T) {
	t.Parallel()
	var p PhaseStats
	for i := range 1000 {
		p.Record([NumPhases]time.Duration{PhaseOpen: time.Duration(i) * time.Millisecond, PhaseClose: time.Nanosecond})
	}
	p.Record([NumPhases]time.Duration{PhaseTLS: 100 * time.Hour})
	stored, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var read PhaseStats
	if err := json.Unmarshal(stored, &read); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(stored) {
		t.Errorf("written again it is\n%s\nnot\n%s", again, stored)
	}
	if n, q := read.Count(PhaseOpen), read.Quantile(PhaseOpen, .5); n != 999 || q < 499*time.Millisecond || q > 501*time.Millisecond {
		t.Errorf("open: count %d, median %v", n, q)
	}
}

func TestPhaseStats_UnmarshalJSON_Errors(t *testing.T) {
	t.Parallel()
	var p PhaseStats
	err := json.Unmarshal([]byte(`{"open": {"hdr": "!"}}`), &p)
	if err == nil || !strings.Contains(err.Error(), "phase open: illegal base64") {
		t.Errorf("fails with %v", err)
	}
}

func TestPhaseStats_UnmarshalJSON_UnknownPhase(t *testing.T) {
	t.Parallel()
	var p PhaseStats
	if err := json.Unmarshal([]byte(`{"warp": {"hdr": "?"}}`), &p); err != nil {
		t.Error(err)
	}
}

func TestTimes_ExtremesAreExact(t *testing.T) {
	t.Parallel()
	var all, more Times
	for _, d := range []time.Duration{1999900 * time.Microsecond, 1000100 * time.Microsecond} {
		all.Record(d)
	}
	more.Record(1500300 * time.Microsecond)
	more.Merge(all)
	for name, got := range map[string]Times{"recorded": all, "merged": more, "copied": more.Clone(), "read": reread(t, more)} {
		if got.Min() != 1000100*time.Microsecond || got.Max() != 1999900*time.Microsecond {
			t.Errorf("%s: %s to %s", name, got.Min(), got.Max())
		}
		if got.Ranked(1) != got.Min() || got.Ranked(got.Count()) != got.Max() || got.Quantile(1) != got.Max() || got.Quantile(0) < got.Min() {
			t.Errorf("%s: ranks %s to %s, quantiles %s to %s", name, got.Ranked(1), got.Ranked(got.Count()), got.Quantile(0), got.Quantile(1))
		}
	}
	if none := (Times{}); none.Min() != 0 || none.Max() != 0 {
		t.Errorf("nothing took %s to %s", none.Min(), none.Max())
	}
}

// Results of versions that did not hold the extremes are read; extremes that no time
// of the histogram can have had are refused.
func TestTimes_UnmarshalJSON_Extremes(t *testing.T) {
	t.Parallel()
	var all Times
	all.Record(1999900 * time.Microsecond)
	stored, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	var in map[string]any
	if err := json.Unmarshal(stored, &in); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		min, max any
		want     time.Duration // of the longest
		err      string
	}{
		"both":       {1999.9, 1999.9, 1999900 * time.Microsecond, ""},
		"neither":    {nil, nil, 2000895 * time.Microsecond, ""},
		"of before":  {nil, 2000.895, 2000895 * time.Microsecond, ""},
		"too long":   {1999.9, 2100, 0, "max_ms: 2100 is not"},
		"too short":  {0, 1999.9, 0, "min_ms: 0 is not"},
		"huge":       {1999.9, 1e300, 0, "max_ms: 1e+300 is not"},
		"below zero": {-1, 1999.9, 0, "min_ms: -1 is not"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			forged := maps.Clone(in)
			forged["min_ms"], forged["max_ms"] = tc.min, tc.max
			b, err := json.Marshal(forged)
			if err != nil {
				t.Fatal(err)
			}
			var read Times
			switch err := json.Unmarshal(b, &read); {
			case tc.err == "" && (err != nil || read.Max() != tc.want):
				t.Errorf("%v, the longest is %s", err, read.Max())
			case tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)):
				t.Errorf("%v, want %s", err, tc.err)
			}
		})
	}
}

func reread(t *testing.T, given Times) (out Times) {
	t.Helper()
	b, err := json.Marshal(given)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}
