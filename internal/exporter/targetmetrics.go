package exporter

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
)

// The metrics that a scrape of a target has beside those of its last result.
var (
	descAvailable = prometheus.NewDesc("impala_lbcheck_exporter_result_available", "1 if the target has had a run with a result since the exporter started.", nil, nil)
	descAge       = prometheus.NewDesc("impala_lbcheck_exporter_result_age_seconds", "How long ago the run of the result ended.", nil, nil)
	descEvery     = prometheus.NewDesc("impala_lbcheck_exporter_every_seconds", "How old a result may be before a scrape starts a run.", nil, nil)
	descRunning   = prometheus.NewDesc("impala_lbcheck_exporter_run_in_progress", "1 if a run of the target goes on.", nil, nil)
	descWaiting   = prometheus.NewDesc("impala_lbcheck_exporter_run_waiting", "1 if a run is due, and as many runs go on as may.", nil, nil)
	descWithheld  = prometheus.NewDesc("impala_lbcheck_exporter_login_withheld", "1 if the login was rejected: it is not sent again until the secret changes.", nil, nil)
	descPages     = prometheus.NewDesc("impala_lbcheck_exporter_pages_login_withheld", "1 if the coordinators' web pages rejected their login: they are read without one until the secret changes.", nil, nil)
	descFaulted   = prometheus.NewDesc("impala_lbcheck_exporter_run_internal_error", "1 if a fault of the exporter ended the last run, whatever it had sent; the exporter's log has it.", nil, nil)
	descFailed    = prometheus.NewDesc("impala_lbcheck_exporter_run_failed_to_start", "1 if the last try to run the scenario sent nothing; the exporter's log says why.", nil, nil)
)

// targetMetrics is what a scrape of one target gets: a state of one moment.
type targetMetrics struct {
	result  prometheus.Collector // nil: there is none
	age     time.Duration
	every   time.Duration
	running bool
	waiting bool
	latest  attempt
}

// collector is the target as it is now.
func (t *targetState) collector(running, waiting bool) prometheus.Collector {
	m := targetMetrics{result: t.result, every: t.Every, running: running, waiting: waiting, latest: t.latest}
	if t.result != nil {
		m.age = time.Since(t.ended)
	}
	return m
}

// Describe sends the descriptions.
func (m targetMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descAvailable, descAge, descEvery, descRunning, descWaiting, descWithheld, descPages, descFailed, descFaulted} {
		ch <- d
	}
	if m.result != nil {
		m.result.Describe(ch)
	}
}

// Collect sends the metrics.
func (m targetMetrics) Collect(ch chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, v float64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
	}
	send(descAvailable, stats.Indicator(m.result != nil))
	send(descEvery, m.every.Seconds())
	send(descRunning, stats.Indicator(m.running))
	send(descWaiting, stats.Indicator(m.waiting))
	send(descWithheld, stats.Indicator(m.latest.rejected))
	send(descPages, stats.Indicator(m.latest.pagesRejected))
	send(descFailed, stats.Indicator(m.latest.outcome == notStarted))
	send(descFaulted, stats.Indicator(m.latest.outcome == faulted))
	if m.result != nil {
		send(descAge, m.age.Seconds())
		m.result.Collect(ch)
	}
}
