package scenarios

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Times is how long something took, many times over: a histogram of constant
// size. The zero value is empty and ready to use. A copy shares what it holds.
type Times struct {
	h *hdrhistogram.Histogram // microseconds; nil: nothing recorded
}

// Histograms span 1 microsecond to an hour with three digits.
const (
	highestMicros = int64(time.Hour / time.Microsecond)
	histDigits    = 3
)

// Record adds one time; what is shorter than a microsecond counts as one.
func (t *Times) Record(d time.Duration) {
	if t.h == nil {
		t.h = hdrhistogram.New(1, highestMicros, histDigits)
	}
	_ = t.h.RecordValue(min(max(d.Microseconds(), 1), highestMicros)) // clamped: cannot fail
}

// Merge adds all that other has recorded.
func (t *Times) Merge(other Times) {
	if other.h == nil {
		return
	}
	if t.h == nil {
		t.h = hdrhistogram.New(1, highestMicros, histDigits)
	}
	t.h.Merge(other.h)
}

// Clone returns a copy that shares nothing.
func (t Times) Clone() Times {
	var out Times
	out.Merge(t)
	return out
}

// Count is how many times were recorded.
func (t Times) Count() int {
	if t.h == nil {
		return 0
	}
	return int(t.h.TotalCount())
}

// Quantile is the time that a share q (0 to 1) did not exceed; 0 where nothing
// was recorded, which is not a measurement: see Count.
func (t Times) Quantile(q float64) time.Duration {
	if t.h == nil {
		return 0
	}
	return time.Duration(t.h.ValueAtQuantile(q*100)) * time.Microsecond
}

// Max is the longest time recorded; 0 where nothing was.
func (t Times) Max() time.Duration {
	if t.h == nil {
		return 0
	}
	return time.Duration(t.h.Max()) * time.Microsecond
}

// timesJSON is a histogram as the result file holds it; hdr is HdrHistogram's
// V2 encoding, base64, and alone is read back.
type timesJSON struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
	HDR   string  `json:"hdr"`
}

// MarshalJSON writes count, percentiles and the histogram; null where it is empty.
func (t Times) MarshalJSON() ([]byte, error) {
	if t.h == nil {
		return []byte("null"), nil
	}
	enc, err := t.h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return nil, fmt.Errorf("encode histogram: %w", err)
	}
	return json.Marshal(timesJSON{
		Count: t.Count(), P50: millis(t.Quantile(.5)), P95: millis(t.Quantile(.95)),
		P99: millis(t.Quantile(.99)), Max: millis(t.Max()), HDR: string(enc),
	})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Times) UnmarshalJSON(b []byte) error {
	var in *timesJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*t = Times{}
	if in == nil {
		return nil
	}
	h, err := decodeHDR(in.HDR)
	if err != nil {
		return err
	}
	t.h = h
	return nil
}

// Ranked is the time of the sample of a rank: 1 is the fastest.
func (t Times) Ranked(rank int) time.Duration {
	if n := t.Count(); rank < n {
		return t.Quantile((float64(rank) - .25) / float64(n))
	}
	return t.Max()
}
