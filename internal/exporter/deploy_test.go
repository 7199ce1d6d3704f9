package exporter_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/impala-lbcheck/impala-lbcheck/internal/exporter"
	"github.com/impala-lbcheck/impala-lbcheck/report"
)

const deploy = "../../deploy"

// exported are the metrics of stored runs of every kind and of the exporter itself: their
// labels, with the values of each.
type exported map[string]map[string]map[string]bool

func (e exported) add(t *testing.T, g prometheus.Gatherer) {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		names := []string{f.GetName()}
		if f.GetType() == dto.MetricType_HISTOGRAM {
			names = append(names, f.GetName()+"_bucket", f.GetName()+"_sum", f.GetName()+"_count")
		}
		for _, name := range names {
			e.addLabels(name, f.Metric)
		}
	}
}

func (e exported) addLabels(name string, metrics []*dto.Metric) {
	labels := e[name]
	if labels == nil {
		labels = map[string]map[string]bool{"target": {}, "job": {}, "instance": {}} // which Prometheus adds
		e[name] = labels
	}
	if strings.HasSuffix(name, "_bucket") {
		labels["le"] = map[string]bool{}
	}
	for _, m := range metrics {
		for _, l := range m.Label {
			if labels[l.GetName()] == nil {
				labels[l.GetName()] = map[string]bool{}
			}
			labels[l.GetName()][l.GetValue()] = true
		}
	}
}

// allExported are those that stored runs and an exporter with two targets have.
func allExported(t *testing.T) exported {
	t.Helper()
	all := exported{"up": {"job": {}, "instance": {}}}
	paths, err := filepath.Glob("../../testdata/runs/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no runs: %v", err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := report.Read(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(report.Metrics(r))
		all.add(t, registry)
	}
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, twoTargets)
		defer l.end()
		l.scrape("test")
		wait(runTime)
		for _, g := range exporter.Gatherers(l.e, "test") {
			all.add(t, g)
		}
	})
	return all
}

// Parts of a query.
var (
	selector = regexp.MustCompile(`\b(up|impala_lbcheck_[a-z0-9_]+)(?:\{([^}]*)\})?`)
	matcher  = regexp.MustCompile(`([a-z_]+)\s*(=~|!~|!=|=)\s*"([^"]*)"`)
	grouping = regexp.MustCompile(`\b(?:by|on|ignoring|without)\s*\(([^)]*)\)`)
	inLegend = regexp.MustCompile(`\{\{\s*(?:\$labels\.)?([a-z_]+)`)
)

// wrong says what of a query the exporter does not have.
func (e exported) wrong(query string) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	has := map[string]bool{"le": true}
	selectors := selector.FindAllStringSubmatch(query, -1)
	if len(selectors) == 0 {
		say("there is no metric in it")
	}
	for _, s := range selectors {
		labels, ok := e[s[1]]
		if !ok {
			say("there is no metric %s", s[1])
		}
		for name := range labels {
			has[name] = true
		}
		for _, m := range matcher.FindAllStringSubmatch(s[2], -1) {
			values, ok := labels[m[1]]
			if !ok {
				say("%s has no label %s", s[1], m[1])
			}
			for want := range strings.SplitSeq(m[3], "|") {
				if m[1] != "target" && m[1] != "job" && !values[want] {
					say("%s of %s is never %q", m[1], s[1], want)
				}
			}
		}
	}
	for _, g := range grouping.FindAllStringSubmatch(query, -1) {
		for label := range strings.SplitSeq(g[1], ",") {
			if !has[strings.TrimSpace(label)] {
				say("none of its metrics has the label %s", label)
			}
		}
	}
	return wrong
}

// check fails where a query asks for what there is not.
func (e exported) check(t *testing.T, query string) {
	t.Helper()
	for _, w := range e.wrong(query) {
		t.Errorf("%s: %s", query, w)
	}
}

// checkText says which labels of a text no metric of its query has.
func (e exported) checkText(t *testing.T, query, text string) {
	t.Helper()
	for _, m := range inLegend.FindAllStringSubmatch(text, -1) {
		has := slices.ContainsFunc(selector.FindAllStringSubmatch(query, -1), func(s []string) bool { return e[s[1]][m[1]] != nil })
		if !has {
			t.Errorf("%s: no metric of %s has the label %s", text, query, m[1])
		}
	}
}

func TestDeploy_AlertsAskForWhatThereIs(t *testing.T) {
	t.Parallel()
	all := allExported(t)
	b, err := os.ReadFile(filepath.Join(deploy, "prometheus", "alerts.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert       string            `yaml:"alert"`
				Expr        string            `yaml:"expr"`
				Annotations map[string]string `yaml:"annotations"`
			} `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.Unmarshal(b, &rules); err != nil || len(rules.Groups) != 1 || len(rules.Groups[0].Rules) < 5 {
		t.Fatalf("%d groups: %v", len(rules.Groups), err)
	}
	for _, r := range rules.Groups[0].Rules {
		all.check(t, r.Expr)
		for _, text := range r.Annotations {
			all.checkText(t, r.Expr, strings.ReplaceAll(text, "$value", ""))
		}
	}
}

func TestDeploy_DashboardAsksForWhatThereIs(t *testing.T) {
	t.Parallel()
	all := allExported(t)
	b, err := os.ReadFile(filepath.Join(deploy, "grafana", "dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string `json:"title"`
			Targets []struct {
				Expr   string `json:"expr"`
				Legend string `json:"legendFormat"`
			} `json:"targets"`
		} `json:"panels"`
		Templating struct {
			List []struct {
				Definition string `json:"definition"`
			} `json:"list"`
		} `json:"templating"`
	}
	if err := json.Unmarshal(b, &dashboard); err != nil || len(dashboard.Panels) < 5 {
		t.Fatalf("%d panels: %v", len(dashboard.Panels), err)
	}
	for _, p := range dashboard.Panels {
		for _, q := range p.Targets {
			all.check(t, q.Expr)
			all.checkText(t, q.Expr, q.Legend)
		}
	}
	for _, v := range dashboard.Templating.List {
		if v.Definition != "" {
			all.check(t, v.Definition)
		}
	}
}

// What checks the queries finds what is wrong with one.
func TestDeploy_QueriesAreChecked(t *testing.T) {
	t.Parallel()
	all := allExported(t)
	for _, query := range []string{
		`impala_lbcheck_verdicts == 1`, `impala_lbcheck_verdict{verdct="fail"}`, `impala_lbcheck_verdict{verdict="failed"}`,
		`sum by (nodes) (impala_lbcheck_sessions)`, `vector(1)`,
	} {
		if all.wrong(query) == nil {
			t.Errorf("%s passes", query)
		}
	}
}

// docs/exporter.md names every metric, and no other.
func TestDeploy_DocumentsNameEveryMetric(t *testing.T) {
	t.Parallel()
	all := allExported(t)
	named := map[string]bool{}
	for _, doc := range []string{"exporter.md"} {
		b, err := os.ReadFile(filepath.Join("../../docs", doc))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile("impala_lbcheck_[a-z0-9_]+").FindAllString(string(b), -1) {
			named[m] = true
			if all[m] == nil && !strings.HasSuffix(m, "_") {
				t.Errorf("docs/%s names %s, and there is no such metric", doc, m)
			}
		}
	}
	for _, m := range slices.Sorted(maps.Keys(all)) {
		part := strings.HasSuffix(m, "_bucket") || strings.HasSuffix(m, "_sum") || strings.HasSuffix(m, "_count")
		if strings.HasPrefix(m, "impala_lbcheck_") && !part && !named[m] {
			t.Errorf("docs/exporter.md does not name %s", m)
		}
	}
}
