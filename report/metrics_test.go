package report_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// metricsOf are the metrics of a result by name, read back from the text.
func metricsOf(t *testing.T, r scenarios.Result) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	text := string(render(t, report.FormatPrometheus, r, report.Style{}))
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return families
}

// labelsOf are a metric's labels but the two that all have.
func labelsOf(m *dto.Metric) string {
	var out []string
	for _, l := range m.Label {
		if n := l.GetName(); n != "scenario" && n != "endpoint" {
			out = append(out, l.GetValue())
		}
	}
	return strings.Join(out, " ")
}

// valuesOf are the values of a gauge by label.
func valuesOf(f *dto.MetricFamily) map[string]float64 {
	out := map[string]float64{}
	for _, m := range f.GetMetric() {
		out[labelsOf(m)] = m.GetGauge().GetValue()
	}
	return out
}

// Whatever a run is, and whatever a stranger forged, it has metrics that can be read.
func TestMetrics_OfEveryRun(t *testing.T) {
	each(t, func(t *testing.T, _ string, r scenarios.Result) {
		families := metricsOf(t, r)
		verdicts := valuesOf(families["impala_lbcheck_verdict"])
		if len(verdicts) != 3 || verdicts[r.Verdict.String()] != 1 || verdicts["pass"]+verdicts["fail"]+verdicts["inconclusive"] != 1 {
			t.Errorf("verdicts %v, want %v", verdicts, r.Verdict)
		}
		sessions, total := 0.0, 0
		for _, n := range valuesOf(families["impala_lbcheck_sessions"]) {
			sessions += n
		}
		if total, _, _, _ = r.Pooled().Total(); sessions != float64(total) {
			t.Errorf("%v sessions, want %d", sessions, total)
		}
		for name, f := range families {
			for _, m := range f.Metric {
				for _, l := range m.Label {
					if !utf8.ValidString(l.GetValue()) || utf8.RuneCountInString(l.GetValue()) > 120 {
						t.Errorf("%s: label %q", name, l.GetValue())
					}
				}
			}
		}
	}, runs, forged)
}

// manyNames is a run with more coordinators, nodes and classes than labels show.
func manyNames() scenarios.Result {
	r := aRun()
	r.Coords = nil
	var look scenarios.Look
	for i := range 200 {
		c := fmt.Sprintf("c%d:25000", i)
		share := 1.0 / 200
		r.Coords = append(r.Coords, scenarios.CoordTally{Name: c, Sessions: 100, Share: share})
		if i%10 == 0 { // expected, and not reached
			r.Coords[i].Sessions, r.Coords[i].Expected = 0, &share
		}
		for j := range 40 {
			node := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(j)}), 21050)
			look.Tally.Add(node, c, scenarios.OutcomeOK)
		}
		r.Findings = append(r.Findings, scenarios.Finding{ID: fmt.Sprintf("threshold.%d", i), Status: scenarios.StatusFail})
	}
	for k := range 60 {
		class := vocab.Class{}
		if err := class.UnmarshalText([]byte(fmt.Sprintf("open.later-%d", k))); err != nil {
			panic(err)
		}
		r.Errors = append(r.Errors, scenarios.ErrorGroup{Class: class, Coordinator: "", Count: k + 1})
	}
	r.Looks = []scenarios.Look{look}
	return r
}

func TestMetrics_LabelsAreBounded(t *testing.T) {
	t.Parallel()
	families := metricsOf(t, manyNames())
	series := 0
	for _, f := range families {
		series += len(f.Metric)
	}
	if series > 65*17*3+65*4+65*33+65*4+300 {
		t.Errorf("%d series", series)
	}
	omitted := valuesOf(families["impala_lbcheck_label_values_omitted"])
	for label, want := range map[string]float64{"coordinator": 200 - 64, "node": 40 - 16, "class": 60 - 32, "id": 201 - 64} {
		if omitted[label] != want {
			t.Errorf("%v values of %s are omitted, want %v", omitted[label], label, want)
		}
	}
	coordinators := valuesOf(families["impala_lbcheck_coordinator_sessions"])
	if n, ok := coordinators["c190:25000"]; !ok || n != 0 || coordinators["other"] != float64(100*(200-64)) {
		t.Errorf("an expected coordinator is not shown, or the rest is not counted: %v", coordinators)
	}
	failures := 0.0
	for _, n := range valuesOf(families["impala_lbcheck_session_failures"]) {
		failures += n
	}
	if failures != 60*61/2 {
		t.Errorf("%v failures, want %d", failures, 60*61/2)
	}
}

// What a server calls itself is shown as text, and cannot take another one's place.
func TestMetrics_NamesOfServers(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"c1\" } 1\nimpala_lbcheck_exit_code 0": `c1" } 1 impala_lbcheck_exit_code 0`, "\xff\x00": `\xff\x00`, "\u202ec1": `\u202ec1`,
		"": "(unidentified)", " ": "(unidentified)", "other": "other", strings.Repeat("x", 1<<20): strings.Repeat("x", 119) + "…",
	} {
		r := aRun()
		r.Coords = []scenarios.CoordTally{{Name: name, Sessions: 3}, {Name: "c2", Sessions: 4}}
		got := valuesOf(metricsOf(t, r)["impala_lbcheck_coordinator_sessions"])
		if len(got) != 2 || got[want] != 3 || got["c2"] != 4 {
			t.Errorf("%.40q: %v, want %.40q", name, got, want)
		}
	}
}

func TestMetrics_NamesThatLookAlikeAreCountedTogether(t *testing.T) {
	t.Parallel()
	r := aRun()
	r.Coords = []scenarios.CoordTally{{Name: "c\x00", Sessions: 3}, {Name: `c\x00`, Sessions: 4}}
	if got := valuesOf(metricsOf(t, r)["impala_lbcheck_coordinator_sessions"]); len(got) != 1 || got[`c\x00`] != 7 {
		t.Errorf("%v", got)
	}
}

func TestMetrics_Phases(t *testing.T) {
	t.Parallel()
	r := aRun()
	for _, d := range []time.Duration{300 * time.Microsecond, 3 * time.Millisecond, 4*time.Millisecond - time.Microsecond, 4 * time.Millisecond, 2 * time.Minute} {
		var phases [scenarios.NumPhases]time.Duration
		phases[scenarios.PhaseOpen] = d
		r.Phases.Record(phases)
	}
	f := metricsOf(t, r)["impala_lbcheck_phase_duration_seconds"]
	if len(f.GetMetric()) != 1 || labelsOf(f.Metric[0]) != "open" {
		t.Fatalf("%v", f)
	}
	h := f.Metric[0].Histogram
	counts := map[float64]uint64{}
	for _, b := range h.Bucket {
		counts[b.GetUpperBound()] = b.GetCumulativeCount()
	}
	for bound, want := range map[float64]uint64{.00025: 0, .0005: 1, .002: 1, .004: 3, .008: 4, 65.536: 4} {
		if counts[bound] != want {
			t.Errorf("%d up to %v s, want %d", counts[bound], bound, want)
		}
	}
	if h.GetSampleCount() != 5 || h.GetSampleSum() < 119.9 || h.GetSampleSum() > 120.2 {
		t.Errorf("count %d, sum %v", h.GetSampleCount(), h.GetSampleSum())
	}
}

func TestMetrics_Certificates(t *testing.T) {
	t.Parallel()
	r := aRun()
	node, soon, late := netip.MustParseAddrPort("192.0.2.1:21050"), time.Unix(1_800_000_000, 0), time.Unix(1_900_000_000, 0)
	r.TLS = []scenarios.Cert{
		{Node: node, NotAfter: late, Chain: scenarios.ChainOK, HostOK: true},
		{Node: node, NotAfter: late, Path: []scenarios.Certificate{{NotAfter: late}, {NotAfter: soon}}, Chain: scenarios.ChainOK},
	}
	families := metricsOf(t, r)
	if got := valuesOf(families["impala_lbcheck_certificate_expiry_timestamp_seconds"])[node.String()]; got != 1_800_000_000 {
		t.Errorf("it expires at %v", got)
	}
	if got, ok := valuesOf(families["impala_lbcheck_certificate_trusted"])[node.String()]; !ok || got != 0 {
		t.Errorf("trusted: %v, although one of two is for another host", got)
	}
}
