package report

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// metricPrefix begins the name of every metric.
const metricPrefix = "impala_lbcheck_"

// Metrics returns a result as metrics of Prometheus, whose values do not change any
// more; of the result itself nothing is kept. docs/exporter.md lists them. Every metric
// has the scenario's name and its endpoints as labels, so that the files of several runs
// can lie side by side. The values of the other labels are bounded in number and in
// length; what is beyond that is counted under "other".
func Metrics(r scenarios.Result) prometheus.Collector {
	m := &metrics{common: prometheus.Labels{
		"scenario": name(r.Scenario.Name),
		"endpoint": name(strings.Join(r.Scenario.Target.Endpoints, ",")),
	}}
	for _, label := range []string{"scenario", "endpoint"} {
		m.common[label] = orDash(m.common[label]) // a label without a value would not be there
	}
	l := labelsOf(r)
	for _, row := range metricRows {
		v := newValues()
		row.fill(v, r, l)
		m.add(row, v)
	}
	m.addPhases(r.Phases)
	return m
}

// metrics is a fixed set of metrics.
type metrics struct {
	common prometheus.Labels
	descs  []*prometheus.Desc
	fixed  []prometheus.Metric
}

// Describe sends the descriptions.
func (m *metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range m.descs {
		ch <- d
	}
}

// Collect sends the metrics.
func (m *metrics) Collect(ch chan<- prometheus.Metric) {
	for _, f := range m.fixed {
		ch <- f
	}
}

// describe adds a description.
func (m *metrics) describe(name, help string, labels ...string) *prometheus.Desc {
	d := prometheus.NewDesc(metricPrefix+name, help, labels, m.common)
	m.descs = append(m.descs, d)
	return d
}

// add adds the values of one row.
func (m *metrics) add(row metricRow, v *values) {
	d := m.describe(row.name, row.help, row.labels...)
	for _, s := range v.samples {
		m.fixed = append(m.fixed, prometheus.MustNewConstMetric(d, prometheus.GaugeValue, s.value, s.labels...))
	}
}

// values are the samples of one metric, in the order in which they came.
type values struct {
	samples []*sample
	at      map[string]*sample
}

type sample struct {
	labels []string
	value  float64
}

func newValues() *values { return &values{at: map[string]*sample{}} }

// add adds to the sample with these labels: those that share a label, such as "other",
// are counted together.
func (v *values) add(n float64, labels ...string) {
	s, _ := v.sample(labels)
	s.value += n
}

// least keeps the smallest value of those that share their labels.
func (v *values) least(n float64, labels ...string) {
	if s, found := v.sample(labels); !found || n < s.value {
		s.value = n
	}
}

// set adds a sample for each of all states: 1 for the one that holds, otherwise 0.
func (v *values) set(holds string, all []string) {
	for _, state := range all {
		v.add(stats.Indicator(state == holds), state)
	}
}

func (v *values) sample(labels []string) (s *sample, found bool) {
	key := strings.Join(labels, "\x00") // labels were neutralized, and hold none
	if s, found = v.at[key]; !found {
		s = &sample{labels: labels}
		v.at[key] = s
		v.samples = append(v.samples, s)
	}
	return s, found
}
