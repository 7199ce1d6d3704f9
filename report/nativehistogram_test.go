package report_test

import (
	"math"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// nativeCounts are the counts of the native buckets by their number, as Prometheus reads
// them.
func nativeCounts(h *dto.Histogram) map[int]int64 {
	out := map[int]int64{}
	i, n := 0, int64(0)
	deltas := h.GetPositiveDelta()
	for _, s := range h.GetPositiveSpan() {
		i += int(s.GetOffset())
		for range s.GetLength() {
			n += deltas[0]
			deltas = deltas[1:]
			if n > 0 {
				out[i] = n
			}
			i++
		}
	}
	return out
}

func TestMetrics_NativeBuckets(t *testing.T) {
	t.Parallel()
	r := aRun()
	for _, d := range []time.Duration{time.Millisecond, 3 * time.Millisecond, 2900 * time.Microsecond, 2 * time.Minute} {
		var phases [scenarios.NumPhases]time.Duration
		phases[scenarios.PhaseOpen] = d
		r.Phases.Record(phases)
	}
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(report.Metrics(r))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "impala_lbcheck_phase_duration_seconds" {
			continue
		}
		h := f.Metric[0].Histogram
		got, bucket := nativeCounts(h), func(s float64) int { return int(math.Ceil(8 * math.Log2(s))) }
		if len(got) != 3 || got[bucket(.001)] != 1 || got[bucket(.003)] != 2 || got[bucket(120)] != 1 || h.GetSchema() != 3 || h.GetZeroCount() != 0 {
			t.Errorf("%v, schema %d", got, h.GetSchema())
		}
		if len(h.Bucket) == 0 || h.GetSampleCount() != 4 {
			t.Errorf("%d classic buckets of %d", len(h.Bucket), h.GetSampleCount())
		}
		return
	}
	t.Error("there is no histogram")
}

// Each run has as many times in native buckets as in the others.
func TestMetrics_NativeBucketsOfEveryRun(t *testing.T) {
	each(t, func(t *testing.T, _ string, r scenarios.Result) {
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(report.Metrics(r))
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			for _, m := range f.Metric {
				sum := int64(0)
				for _, n := range nativeCounts(m.GetHistogram()) {
					sum += n
				}
				if m.Histogram != nil && uint64(sum) != m.Histogram.GetSampleCount() {
					t.Errorf("%s: %d of %d", labelsOf(m), sum, m.Histogram.GetSampleCount())
				}
			}
		}
	}, runs, forged)
}
