package scenarios

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// PhaseStats is how long each phase took, over the sessions that finished it.
// The zero value is empty and ready to use. Memory does not grow with sessions.
type PhaseStats struct {
	h [NumPhases]*hdrhistogram.Histogram // microseconds; nil: nothing recorded
}

// Histograms span 1 microsecond to an hour with three digits.
const (
	highestMicros = int64(time.Hour / time.Microsecond)
	histDigits    = 3
)

// Record adds the phases of a session that it went through: a time of 0 is a
// phase that it did not have or did not finish.
func (p *PhaseStats) Record(phases [NumPhases]time.Duration) {
	for i, d := range phases {
		if d <= 0 {
			continue
		}
		if p.h[i] == nil {
			p.h[i] = hdrhistogram.New(1, highestMicros, histDigits)
		}
		_ = p.h[i].RecordValue(min(max(d.Microseconds(), 1), highestMicros)) // clamped: cannot fail
	}
}

// Merge adds all that other has recorded.
func (p *PhaseStats) Merge(other PhaseStats) {
	for i, h := range other.h {
		if h == nil {
			continue
		}
		if p.h[i] == nil {
			p.h[i] = hdrhistogram.New(1, highestMicros, histDigits)
		}
		p.h[i].Merge(h)
	}
}

// Count is how many sessions finished the phase.
func (p PhaseStats) Count(phase Phase) int {
	if p.h[phase] == nil {
		return 0
	}
	return int(p.h[phase].TotalCount())
}

// Quantile is the time that a share q (0 to 1) of the sessions did not exceed;
// 0 where nothing was recorded, which is not a measurement: see Count.
func (p PhaseStats) Quantile(phase Phase, q float64) time.Duration {
	if p.h[phase] == nil {
		return 0
	}
	return time.Duration(p.h[phase].ValueAtQuantile(q*100)) * time.Microsecond
}

// Max is the longest time recorded; 0 where nothing was.
func (p PhaseStats) Max(phase Phase) time.Duration {
	if p.h[phase] == nil {
		return 0
	}
	return time.Duration(p.h[phase].Max()) * time.Microsecond
}

// phaseJSON is one phase as the result file holds it; hdr is HdrHistogram's V2
// encoding, base64, and alone is read back.
type phaseJSON struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
	HDR   string  `json:"hdr"`
}

// MarshalJSON writes an object by phase name, without the phases that nobody had.
func (p PhaseStats) MarshalJSON() ([]byte, error) {
	out := map[string]phaseJSON{}
	for i := range NumPhases {
		if p.Count(i) == 0 {
			continue
		}
		enc, err := p.h[i].Encode(hdrhistogram.V2CompressedEncodingCookieBase)
		if err != nil {
			return nil, fmt.Errorf("encode %s histogram: %w", i, err)
		}
		out[i.String()] = phaseJSON{
			Count: p.Count(i), P50: millis(p.Quantile(i, .5)), P95: millis(p.Quantile(i, .95)),
			P99: millis(p.Quantile(i, .99)), Max: millis(p.Max(i)), HDR: string(enc),
		}
	}
	return json.Marshal(out)
}

// maxHDR bounds an encoded histogram: one of ours fits in a few kilobytes.
const maxHDR = 1 << 20

// UnmarshalJSON reads what MarshalJSON wrote; phases it does not know are left out.
func (p *PhaseStats) UnmarshalJSON(b []byte) error {
	var in map[string]phaseJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*p = PhaseStats{}
	for name, v := range in {
		var phase Phase
		if phase.UnmarshalText([]byte(name)) != nil {
			continue
		}
		if len(v.HDR) > maxHDR {
			return fmt.Errorf("phase %s: histogram of %d bytes", name, len(v.HDR))
		}
		if _, err := base64.StdEncoding.DecodeString(v.HDR); err != nil {
			return fmt.Errorf("phase %s: %w", name, err)
		}
		h, err := hdrhistogram.Decode([]byte(v.HDR))
		if err != nil {
			return fmt.Errorf("phase %s: %w", name, err)
		}
		p.h[phase] = h
	}
	return nil
}

func millis(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Microsecond)) / 1000
}
