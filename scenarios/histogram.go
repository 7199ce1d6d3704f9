package scenarios

import (
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
