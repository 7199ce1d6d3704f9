package hdr

import (
	"encoding/base64"
	"math"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDecode(t *testing.T) {
	t.Parallel()
	h := New()
	if err := h.RecordValue(MaxMicros); err != nil {
		t.Fatal(err)
	}
	got, err := Decode(encoded(t, h))
	if err != nil || !got.Equals(h) {
		t.Errorf("Decode = %v, %v", got, err)
	}
}

func TestDecode_Errors(t *testing.T) {
	t.Parallel()
	many := New()
	if err := many.RecordValues(7, math.MaxInt64/2); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ hdr, want string }{
		"one that would take 48 MB":    {encoded(t, hdrhistogram.New(1, math.MaxInt64, 5)), "spans 1 to 9223372036854775807 with 5 digits"},
		"one of fewer digits":          {encoded(t, hdrhistogram.New(1, MaxMicros, 1)), "with 1 digits"},
		"one with too many samples":    {encoded(t, many), "samples"},
		"not base64":                   {"!", "illegal base64"},
		"too short":                    {base64.StdEncoding.EncodeToString([]byte{1, 2, 3}), "too short"},
		"not compressed":               {base64.StdEncoding.EncodeToString(make([]byte, 40)), "inflate"},
		"too long":                     {strings.Repeat("A", maxEncoded+1), "histogram of 1048577 bytes"},
		"empty":                        {"", "too short"},
		"one with a truncated payload": {encoded(t, New())[:24], "header"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Decode(c.hdr); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Decode fails with %v, want %q", err, c.want)
			}
		})
	}
}

func encoded(t *testing.T, h *hdrhistogram.Histogram) string {
	t.Helper()
	text, err := Encode(h)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
