package record

import (
	"net/netip"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// tagTimes is the times by coordinator or node that thresholds ask for. The zero
// value has none.
type tagTimes struct {
	metrics []metric
	times   map[tagKey]*scenarios.Times
}

// metric is one metric by one tag.
type metric struct {
	name, tag string
	of        func(scenarios.Observation) (time.Duration, bool) // false: the session has no such time
}

// tagKey is one of the metrics, and the tag's value.
type tagKey struct {
	metric      int
	coordinator string
	node        netip.AddrPort
}

// maxTagTimes bounds the values of all tags, since coordinators name themselves
// and each value takes a histogram; what is beyond has no times, and a
// threshold without times cannot pass.
const maxTagTimes = 256

// newTagTimes is ready for the metrics of want; those that do not exist are left out.
func newTagTimes(want []scenarios.TagTimes) tagTimes {
	t := tagTimes{times: map[tagKey]*scenarios.Times{}}
	for _, w := range want {
		if of := measureOf(w.Metric); of != nil {
			t.metrics = append(t.metrics, metric{w.Metric, w.Tag, of})
		}
	}
	return t
}

// measureOf returns what reads a metric off a session; nil where there is no such metric.
func measureOf(metric string) func(scenarios.Observation) (time.Duration, bool) {
	switch metric {
	case scenarios.MetricLogin:
		return func(o scenarios.Observation) (time.Duration, bool) { return o.Login(), o.LoggedIn() }
	case scenarios.MetricLag:
		return func(o scenarios.Observation) (time.Duration, bool) { return o.Lag(), !o.Unpaced }
	case scenarios.MetricQuery:
		return func(o scenarios.Observation) (time.Duration, bool) {
			d := o.Phases[scenarios.PhaseExecute] + o.Phases[scenarios.PhaseFetch]
			return d, d > 0 && o.Outcome == scenarios.OutcomeOK
		}
	}
	name, _ := strings.CutPrefix(metric, scenarios.MetricPhase)
	var phase scenarios.Phase
	if phase.UnmarshalText([]byte(name)) != nil {
		return nil
	}
	return func(o scenarios.Observation) (time.Duration, bool) {
		return o.Phases[phase], o.Phases[phase] > 0 && o.Outcome == scenarios.OutcomeOK
	}
}

// add records a session under each of its tags.
func (t *tagTimes) add(o scenarios.Observation) {
	for i, w := range t.metrics {
		d, ok := w.of(o)
		key := tagKey{metric: i}
		switch w.tag {
		case scenarios.TagCoordinator:
			key.coordinator = o.Who.Coordinator
			ok = ok && key.coordinator != ""
		case scenarios.TagNode:
			key.node = o.Node
		}
		if ok {
			t.record(key, d)
		}
	}
}

func (t *tagTimes) record(key tagKey, d time.Duration) {
	if times := t.at(key); times != nil {
		times.Record(d)
	}
}

// at is the times of a key, made where they are missing; nil where there are too many.
func (t *tagTimes) at(key tagKey) *scenarios.Times {
	times := t.times[key]
	if times == nil && len(t.times) < maxTagTimes {
		times = &scenarios.Times{}
		t.times[key] = times
	}
	return times
}

// merge adds what other recorded, which has the same metrics.
func (t *tagTimes) merge(other tagTimes) {
	for key, times := range other.times {
		if into := t.at(key); into != nil {
			into.Merge(*times)
		}
	}
}

// list is all of it, sorted by metric, tag and value.
func (t *tagTimes) list() []scenarios.TagTimes {
	var out []scenarios.TagTimes
	for key, times := range t.times {
		w := t.metrics[key.metric]
		value := key.coordinator
		if w.tag == scenarios.TagNode {
			value = key.node.String()
		}
		out = append(out, scenarios.TagTimes{Metric: w.name, Tag: w.tag, Value: value, Times: *times})
	}
	scenarios.SortTags(out)
	return out
}
