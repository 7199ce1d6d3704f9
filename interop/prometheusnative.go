//go:build linux

package main

import (
	"context"
	"fmt"
	"time"
)

// takeNative has Prometheus scrape native histograms, and returns how many it keeps: one
// for each phase of both targets. The dashboard must do with them.
func (r *exporterRun) takeNative(ctx context.Context) (histograms int, err error) {
	server, err := r.startPrometheus(ctx, "--enable-feature=native-histograms")
	if err != nil {
		return 0, err
	}
	defer server.stop()
	err = server.await(ctx, 20*time.Second, func(ctx context.Context) error {
		counts, err := r.query(ctx, `histogram_count(impala_lbcheck_phase_duration_seconds) > 0`)
		if err != nil {
			return err
		}
		if histograms = len(counts); histograms < 12 {
			return fmt.Errorf("there are %d native histograms", histograms)
		}
		_, err = r.askDashboard(ctx)
		return err
	})
	return histograms, err
}
