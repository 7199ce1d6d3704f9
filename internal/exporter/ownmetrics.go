package exporter

import (
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// ownMetrics are those of the exporter itself.
type ownMetrics struct {
	registry   *prometheus.Registry
	runs       *prometheus.CounterVec
	noResult   *prometheus.CounterVec
	unknown    prometheus.Counter
	reloadGood prometheus.Gauge
	reloads    prometheus.Counter
}

// newOwnMetrics returns metrics that ask counts for what goes on.
func newOwnMetrics(version string, counts func() (targets, running int)) *ownMetrics {
	const prefix = "impala_lbcheck_exporter_"
	m := &ownMetrics{
		registry: prometheus.NewRegistry(),
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + "runs_total",
			Help: "Runs that ended, by target and verdict."}, []string{"target", "verdict"}),
		noResult: prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + "runs_without_result_total",
			Help: "Tries to run that have no result, by target and reason."}, []string{"target", "reason"}),
		unknown: prometheus.NewCounter(prometheus.CounterOpts{Name: prefix + "unknown_targets_total",
			Help: "Scrapes of targets that the file does not name."}),
		reloadGood: prometheus.NewGauge(prometheus.GaugeOpts{Name: prefix + "config_last_reload_successful",
			Help: "1 if the configuration in use is the one in the files."}),
		reloads: prometheus.NewCounter(prometheus.CounterOpts{Name: prefix + "config_reloads_total",
			Help: "Changes of the configuration that were seen, also of those with an error."}),
	}
	m.reloadGood.Set(1)
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: prefix + "build_info",
		Help:        "The version of the exporter and of Go. The value is always 1.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()}})
	info.Set(1)
	m.registry.MustRegister(m.runs, m.noResult, m.unknown, m.reloadGood, m.reloads, info,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: prefix + "targets", Help: "Targets that the file names."},
			func() float64 { targets, _ := counts(); return float64(targets) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: prefix + "runs_in_progress", Help: "Runs that go on."},
			func() float64 { _, running := counts(); return float64(running) }),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// prepare makes the counters of a target 0, so that a first run shows as an increase.
func (m *ownMetrics) prepare(target string) {
	for _, s := range []scenarios.Status{scenarios.StatusPass, scenarios.StatusFail, scenarios.StatusInconclusive} {
		m.runs.WithLabelValues(target, s.String())
	}
	for _, reason := range []outcome{withheld, notStarted, faulted} {
		m.noResult.WithLabelValues(target, string(reason))
	}
}

// count counts an attempt.
func (m *ownMetrics) count(target string, a attempt) {
	if a.outcome == ran {
		m.runs.WithLabelValues(target, a.verdict.String()).Inc()
		return
	}
	m.noResult.WithLabelValues(target, string(a.outcome)).Inc()
}

// forget drops the counters of a target that is no longer in the file.
func (m *ownMetrics) forget(target string) {
	m.runs.DeletePartialMatch(prometheus.Labels{"target": target})
	m.noResult.DeletePartialMatch(prometheus.Labels{"target": target})
}

// reloaded notes whether a changed configuration could be used.
func (m *ownMetrics) reloaded(good bool) {
	m.reloads.Inc()
	m.reloadGood.Set(stats.Indicator(good))
}
