package scenarios

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

func TestPhaseStatsSurviveJSON(t *testing.T) {
	t.Parallel()
	var p PhaseStats
	for i := range 1000 {
		p.Record([NumPhases]time.Duration{Open: time.Duration(i) * time.Millisecond, Close: time.Nanosecond})
	}
	p.Record([NumPhases]time.Duration{TLS: 100 * time.Hour})
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
	if n, q := read.Count(Open), read.Quantile(Open, .5); n != 999 || q < 499*time.Millisecond || q > 501*time.Millisecond {
		t.Errorf("open: count %d, median %v", n, q)
	}
}

func TestHostileHistogramsAreRefused(t *testing.T) {
	t.Parallel()
	encoded := func(h *hdrhistogram.Histogram) string {
		b, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	many := hdrhistogram.New(1, highestMicros, histDigits)
	if err := many.RecordValues(7, math.MaxInt64/2); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ hdr, want string }{
		"one that would take 48 MB":    {encoded(hdrhistogram.New(1, math.MaxInt64, 5)), "spans 1 to 9223372036854775807 with 5 digits"},
		"one of coarser digits":        {encoded(hdrhistogram.New(1, highestMicros, 1)), "with 1 digits"},
		"one with more samples":        {encoded(many), "samples"},
		"what is no base64":            {"!", "illegal base64"},
		"what is too short":            {base64.StdEncoding.EncodeToString([]byte{1, 2, 3}), "too short"},
		"what does not inflate":        {base64.StdEncoding.EncodeToString(make([]byte, 40)), "inflate"},
		"what is longer than any":      {strings.Repeat("A", maxHDR+1), "histogram of 1048577 bytes"},
		"what is empty":                {"", "too short"},
		"one whose payload is cut off": {encoded(hdrhistogram.New(1, highestMicros, histDigits))[:24], "head"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p PhaseStats
			err := json.Unmarshal(fmt.Appendf(nil, `{"open": {"hdr": %q}}`, c.hdr), &p)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "phase open") {
				t.Errorf("fails with %v, want %q", err, c.want)
			}
		})
	}
}

func TestPhasesOfALaterVersionAreLeftOut(t *testing.T) {
	t.Parallel()
	var p PhaseStats
	if err := json.Unmarshal([]byte(`{"warp": {"hdr": "?"}}`), &p); err != nil {
		t.Error(err)
	}
}
