package threshold

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Metric is what a threshold looks at: sessions or a time of theirs, all of
// them together or by a tag. There are "session", which has no time;
// "session." and a phase; "session.login", from when a session was due until it
// was open; "session.lag", until it started; and "query", execute and fetch
// together. A tag's value is a coordinator as the scenario may name it, a node's
// address with or without its port, or "*".
type Metric struct {
	Name  string // "session", "session.open" or another phase, "session.login", "session.lag", "query"
	Tag   string // "coordinator" or "node"; "": all together
	Value string // which coordinator or node; "*": each that was seen. "" without a tag
}

// The metrics that are not a phase, and what a tag may be.
const (
	sessionMetric = "session" // sessions: no time
	loginMetric   = scenarios.MetricLogin
	lagMetric     = scenarios.MetricLag
	queryMetric   = scenarios.MetricQuery

	byCoordinator = scenarios.TagCoordinator
	byNode        = scenarios.TagNode
	each          = "*"
)

var metricForm = regexp.MustCompile(`^([a-z.]+)(?:\{\s*([a-z]+)\s*=\s*([^{}\s]+)\s*\})?$`)

// parseMetric reads "session.open" or "session.open{coordinator=*}". It fails
// on an unknown name or tag.
func parseMetric(text string) (Metric, error) {
	m := metricForm.FindStringSubmatch(text)
	if m == nil {
		return Metric{}, errors.New("not of the form session.open or session.open{coordinator=*}")
	}
	out := Metric{Name: m[1], Tag: m[2], Value: m[3]}
	switch {
	case out.Name != sessionMetric && len(out.phases()) == 0 && out.Name != lagMetric:
		return Metric{}, errors.New("no such metric; there are session, session.login, session.lag, query and session.PHASE, with a phase of tcp, tls, sasl, open, execute, fetch, close")
	case out.Tag != "" && out.Tag != byCoordinator && out.Tag != byNode:
		return Metric{}, fmt.Errorf("no such tag as %s; there are coordinator and node", out.Tag)
	}
	return out, nil
}

// String writes it as it is read.
func (m Metric) String() string {
	if m.Tag == "" {
		return m.Name
	}
	return m.Name + "{" + m.Tag + "=" + m.Value + "}"
}

// phases are the phases that the metric's time is spent in; none where it is no
// time, or the time before the first of them.
func (m Metric) phases() []scenarios.Phase {
	switch m.Name {
	case sessionMetric, lagMetric:
		return nil
	case loginMetric:
		return []scenarios.Phase{scenarios.PhaseTCP, scenarios.PhaseTLS, scenarios.PhaseSASL, scenarios.PhaseOpen}
	case queryMetric:
		return []scenarios.Phase{scenarios.PhaseExecute, scenarios.PhaseFetch}
	}
	var p scenarios.Phase
	name, ok := strings.CutPrefix(m.Name, scenarios.MetricPhase)
	if !ok || p.UnmarshalText([]byte(name)) != nil || p == scenarios.PhaseResolve {
		return nil // resolving is not a session's
	}
	return []scenarios.Phase{p}
}

// countsFailure reports whether a failure of this class is one of the metric.
func (m Metric) countsFailure(class scenarios.Class) bool {
	return m.Name == sessionMetric || slices.Contains(m.phases(), class.Phase)
}

// fromDue reports whether the time counts from when a session was due: then one
// that was due and never started has an endless one.
func (m Metric) fromDue() bool { return m.Name == loginMetric || m.Name == lagMetric }

// things is what the metric counts.
func (m Metric) things() string {
	if m.Name == queryMetric {
		return "run"
	}
	return "session"
}
