package report

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// phaseBounds are the bounds of the buckets of phases: a millisecond times powers of
// two, at which the histograms of a result can be counted exactly.
var phaseBounds = func() []time.Duration {
	var out []time.Duration
	for d := 250 * time.Microsecond; d <= 66*time.Second; d *= 2 {
		out = append(out, d)
	}
	return out
}()

// addPhases adds a histogram for each phase that sessions had. A time that is a bucket's
// bound to the nanosecond counts in the next bucket.
func (m *metrics) addPhases(phases scenarios.PhaseStats) {
	d := m.describe("phase_duration_seconds", "How long the phases of the run's sessions took.", "phase")
	for p := range scenarios.NumPhases {
		n := phases.Count(p)
		if n == 0 {
			continue
		}
		shorter, sum := phases.Times(p).Buckets(phaseBounds)
		buckets := map[float64]uint64{}
		for i, bound := range phaseBounds {
			buckets[bound.Seconds()] = uint64(shorter[i])
		}
		m.fixed = append(m.fixed, histogram{
			classic: prometheus.MustNewConstHistogram(d, uint64(n), float64(sum), buckets, p.String()),
			native:  prometheus.MustNewConstNativeHistogram(d, uint64(n), float64(sum), phases.Times(p).Powers(nativePerDouble), nil, 0, nativeSchema, 0, time.Time{}, p.String()),
		})
	}
}
