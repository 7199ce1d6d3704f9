package exporter

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// The metrics that a scrape of a target has beside those of its last result.
var (
	descAvailable = prometheus.NewDesc("impala_lbcheck_exporter_result_available", "1 if the target has had a run with a result since the exporter started.", nil, nil)
	descAge       = prometheus.NewDesc("impala_lbcheck_exporter_result_age_seconds", "How long ago the run of the result ended.", nil, nil)
	descEvery     = prometheus.NewDesc("impala_lbcheck_exporter_every_seconds", "How old a result may be before a scrape starts a run.", nil, nil)
	descRunning   = prometheus.NewDesc("impala_lbcheck_exporter_run_in_progress", "1 if a run of the target goes on.", nil, nil)
	descWaiting   = prometheus.NewDesc("impala_lbcheck_exporter_run_waiting", "1 if a run is due, and as many runs go on as may.", nil, nil)
	descWithheld  = prometheus.NewDesc("impala_lbcheck_exporter_login_withheld", "1 if the login was rejected: it is not sent again until the secret changes.", nil, nil)
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
func (t *target) collector(running, waiting bool) prometheus.Collector {
	m := targetMetrics{result: t.result, every: t.Every, running: running, waiting: waiting, latest: t.latest}
	if t.result != nil {
		m.age = time.Since(t.ended)
	}
	return m
}

// Describe sends the descriptions.
func (m targetMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descAvailable, descAge, descEvery, descRunning, descWaiting, descWithheld, descFailed} {
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
	send(descAvailable, truth(m.result != nil))
	send(descEvery, m.every.Seconds())
	send(descRunning, truth(m.running))
	send(descWaiting, truth(m.waiting))
	send(descWithheld, truth(m.latest.rejected != fingerprint{}))
	send(descFailed, truth(m.latest.outcome == notStarted))
	if m.result != nil {
		send(descAge, m.age.Seconds())
		m.result.Collect(ch)
	}
}

// truth is 1 for what holds, and 0 for what does not.
func truth(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
