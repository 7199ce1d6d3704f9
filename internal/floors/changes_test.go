package floors

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var changes = []change{
	{row: "a fault", works: faultWorks, edits: []edit{
		{"internal/simcluster/faultlist.go", "var faultSpecs = []faultSpec{\n", `var faultSpecs = []faultSpec{
	coordinatorFault("absent", "", "closes each connection at once",
		func(c *coordinatorPlan, _ string) error { c.absent = true; return nil }),
`},
		{"internal/simcluster/plan.go", "type coordinatorPlan struct {\n", "type coordinatorPlan struct {\n\tabsent bool\n"},
		{"internal/simcluster/coordinator.go", "\tif c.plan.hung {\n", `	if c.plan.absent {
		l.closeGracefully()
		return
	}
	if c.plan.hung {
`},
	}},
	{row: "a finding", works: findingWorks, edits: []edit{
		{"scenarios/finding.go", "\tThresholdPrefix ", "\tSessionsEven = \"sessions.even\"\n\tThresholdPrefix "},
		{"scenarios/judge/even.go", "", `package judge

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

func evenJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	return []scenarios.Finding{{ID: scenarios.SessionsEven, Status: scenarios.StatusPass, Message: "looks are counted"}}, scenarios.NextLook{}
}
`},
		{"scenarios/judge/kinds.go", "[]judgeFunc{errorsJudge, ", "[]judgeFunc{evenJudge, errorsJudge, "},
	}},
	{row: "a flag", works: flagWorks, edits: []edit{
		{"scenarios/scenario.go", "type Scenario struct {\n", "type Scenario struct {\n\tLabel string `yaml:\"label,omitempty\" json:\"label,omitempty\"`\n"},
		{"scenarios/settings.go", "var targetSettings = []Setting{\n", `var targetSettings = []Setting{
	{Key: "label", Name: "label", Arg: "TEXT", Group: GroupTarget, Help: "text that the result repeats", Unset: "none"},
`},
	}},
	{row: "a kind of scenario", works: kindWorks, edits: []edit{
		{"scenarios/kind.go", "\n// Kinds lists", "\n// KindOnce has one session on each node.\nconst KindOnce Kind = \"once\"\n\n// Kinds lists"},
		{"scenarios/kind.go", "KindHandleReuse, KindAudit}", "KindHandleReuse, KindAudit, KindOnce}"},
		{"scenarios/validate.go", "var kinds = map[Kind]kindRules{\n", `var kinds = map[Kind]kindRules{
	KindOnce: {true, func(s Scenario) []claim { return []claim{{s.Load.WarmUp > 0, "load.warm_up", "once has nothing to warm up", nil}} }},
`},
		{"cmd/impala-lbcheck/kinds.go", "var kinds = map[scenarios.Kind]kindRules{\n", "var kinds = map[scenarios.Kind]kindRules{\n\tscenarios.KindOnce: {login: true, ratePolite: true, demo: asItIs},\n"},
		{"scenarios/run/kind_once.go", "", `package run

import (
	"context"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// once has one session on each node.
func (r *run) once(ctx context.Context) {
	r.collect.beginLook(scenarios.NextLook{Kind: scenarios.LookWhole, Sessions: r.budget.Look}, 0)
	for _, n := range r.nodes.Dialable() {
		r.session(ctx, job{node: n, part: scenarios.PartParallel, due: r.reserve(1)})
	}
	r.collect.endLook(r.stopped())
}
`},
		{"scenarios/run/kind.go", "return map[scenarios.Kind]kindRules{\n", "return map[scenarios.Kind]kindRules{\n\t\tscenarios.KindOnce: {loop: (*run).once},\n"},
		{"scenarios/run/limits/kind.go", "var kinds = map[scenarios.Kind]kindRules{\n", "var kinds = map[scenarios.Kind]kindRules{\n\tscenarios.KindOnce: {atOnce: concurrency},\n"},
		{"scenarios/judge/kinds.go", "var kinds = map[scenarios.Kind]kindRules{\n", "var kinds = map[scenarios.Kind]kindRules{\n\tscenarios.KindOnce: {judges: []judgeFunc{errorsJudge}, main: scenarios.ErrorsRate},\n"},
		{"scenarios/internal/budget/kinds.go", "var kinds = map[scenarios.Kind]kindRules{\n", `var kinds = map[scenarios.Kind]kindRules{
	scenarios.KindOnce: {paced: atRate, size: func(s scenarios.Scenario) (n, ceiling int) {
		return len(s.Target.Endpoints), 1 + len(s.Target.Endpoints)
	}},
`},
		{"scenarios/threshold/kinds.go", "var kinds = map[scenarios.Kind]kindRules{\n", "var kinds = map[scenarios.Kind]kindRules{\n\tscenarios.KindOnce: {refused: \"a scenario of kind once has no thresholds\"},\n"},
		{"scenarios/merge/kinds.go", "var kinds = map[scenarios.Kind]kindRules{\n", "var kinds = map[scenarios.Kind]kindRules{\n\tscenarios.KindOnce: {},\n"},
		{"scenarios/compare/kinds.go", "var kinds = map[scenarios.Kind]kindRules{\n", "var kinds = map[scenarios.Kind]kindRules{\n\tscenarios.KindOnce: {},\n"},
		{"lbcheck/kind.go", "var kinds = map[scenarios.Kind]kindRules{\n", "var kinds = map[scenarios.Kind]kindRules{\n\tscenarios.KindOnce: {run: sessions},\n"},
		{"report/kinds.go", "var kinds = map[scenarios.Kind]kindRules{\n", "var kinds = map[scenarios.Kind]kindRules{\n\tscenarios.KindOnce: {},\n"},
		{"report/text.go", "\twriteHeader, ", "\twriteHeader, writeOnce, "},
		{"report/once.go", "", `package report

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

func writeOnce(p *page, r scenarios.Result) {
	if r.Scenario.Kind == scenarios.KindOnce {
		p.title("Once")
	}
}
`},
	}},
}

// faultWorks: help has the fault, and the report says what it broke.
func faultWorks(t *testing.T, cmd command) {
	wantText(t, cmd.run(t, t.TempDir(), 0, "demo", "--help"), "absent[@N]", "closes each connection at once")
	wantText(t, cmd.run(t, t.TempDir(), 1, "demo", "--fault", "absent@2"), "FAIL errors.rate")
}

// findingWorks: the report has the finding, and a stored result is read with it.
func findingWorks(t *testing.T, cmd command) {
	dir := t.TempDir()
	wantText(t, cmd.run(t, dir, 0, "demo", "--out", "r.json", "--out", "r.xml"), "pass sessions.even")
	wantText(t, cmd.run(t, dir, 0, "report", "r.json"), "pass sessions.even")
	wantText(t, read(t, dir, "r.xml"), "sessions.even")
}

// flagWorks: the setting has a flag, a variable and a key in a file.
func flagWorks(t *testing.T, cmd command) {
	wantText(t, cmd.run(t, t.TempDir(), 0, "smoke", "--help"), "--label TEXT", "text that the result repeats")
	labelled := func(r map[string]any, want string) {
		t.Helper()
		if s, _ := r["scenario"].(map[string]any); s["label"] != want {
			t.Errorf("the scenario's label is %v, want %q", s["label"], want)
		}
	}
	labelled(cmd.result(t, nil, "demo", "--label", "blue"), "blue")
	labelled(cmd.result(t, []string{"IMPALA_LBCHECK_LABEL=green"}, "demo"), "green")
	dir := t.TempDir()
	writeFile(t, dir, "mine.yaml", "name: mine\nlabel: red\n")
	cmd.run(t, dir, 0, "scenarios", "check", "mine.yaml")
}

// kindWorks: a file of the kind is refused where it is wrong, and carried out,
// judged and rendered where it is right.
func kindWorks(t *testing.T, cmd command) {
	dir := t.TempDir()
	cluster := cmd.serve(t, "--nodes", "2")
	file := "name: mine\nkind: once\ntarget: {endpoints: [" + strings.Join(cluster, ", ") + "]}\n"
	writeFile(t, dir, "bad.yaml", file+"load: {warm_up: 5s}\n")
	wantText(t, cmd.run(t, dir, 2, "run", "bad.yaml"), "once has nothing to warm up")
	writeFile(t, dir, "once.yaml", file)
	wantText(t, cmd.run(t, dir, 0, "run", "once.yaml", "--out", "r.json"), "Once\n", "2 ok, 0 failed", "pass errors.rate")
	wantText(t, cmd.run(t, dir, 0, "report", "r.json"), "Once\n")
	wantText(t, cmd.run(t, dir, 0, "report", "r.json", "--judge", "once.yaml"), "pass errors.rate")
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
