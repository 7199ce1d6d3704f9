package report

import (
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// The buckets of native histograms: each is longer by an eighth root of two than the one
// before, which is what Prometheus' libraries choose for a factor of 1.1.
const (
	nativeSchema    = 3
	nativePerDouble = 1 << nativeSchema
)

// histogram has its classic buckets, and beside them native ones. Prometheus asks for
// these over protobuf where it is told to; text has no place for them.
type histogram struct{ classic, native prometheus.Metric }

// Desc is what the histogram is of.
func (h histogram) Desc() *prometheus.Desc { return h.classic.Desc() }

// Write writes both kinds of buckets.
func (h histogram) Write(out *dto.Metric) error {
	var native dto.Metric
	if err := h.native.Write(&native); err != nil {
		return err
	}
	if err := h.classic.Write(out); err != nil {
		return err
	}
	from, into := native.Histogram, out.Histogram
	into.Schema, into.ZeroThreshold, into.ZeroCount = from.Schema, from.ZeroThreshold, from.ZeroCount
	into.PositiveSpan, into.PositiveDelta = from.PositiveSpan, from.PositiveDelta
	return nil
}
