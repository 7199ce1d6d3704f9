package main

import (
	"errors"
	"io"
	"net/http"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// nativePhases asks as a Prometheus does that takes native histograms, and returns the
// phases of which it gets one.
func nativePhases(t *testing.T, address string) (phases []string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.8,text/plain;version=0.0.4;q=0.5")
	r, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer r.Body.Close()
	d := expfmt.NewDecoder(r.Body, expfmt.ResponseFormat(r.Header))
	for {
		var f dto.MetricFamily
		if err := d.Decode(&f); errors.Is(err, io.EOF) {
			return phases
		} else if err != nil {
			t.Fatal(err)
		}
		if f.GetName() != "impala_lbcheck_phase_duration_seconds" {
			continue
		}
		for _, m := range f.Metric {
			for _, l := range m.Label {
				if l.GetName() == "phase" && len(m.Histogram.GetPositiveDelta()) > 0 && len(m.Histogram.Bucket) > 0 {
					phases = append(phases, l.GetValue())
				}
			}
		}
	}
}
