package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

var update = flag.Bool("update", false, "rewrite the generated tables of docs/faults.md")

// seeds is how many seeds every row is tried with. A row that takes seconds is tried
// with fewer, and one for which a run's luck decides with more.
var seeds = flag.Int("seeds", defaultSeeds, "seeds per row of docs/faults.md; make seeds has 50")

// faultRow is a test of demo with some faults and settings, and a row of the
// second table of docs/faults.md.
type faultRow struct {
	faults          []string // --fault; none: the settings alone make the situation
	title           string   // name of the row; "": the faults
	scenario        string   // of demo; "": smoke
	shortTimeout    bool     // keep demo's timeout of 1 s, because the row waits for one
	settings        string   // other flags
	fails           []string // all findings that fail, sorted; none: the fault is tolerated
	inconclusive    []string // findings that must be inconclusive
	exit            int
	sometimes       []outcome // what else a run may report
	reported        string    // what the report says, for the documentation
	contains        []string  // strings that the text report must contain
	check           func(*testing.T, scenarios.Result)
	healthySettings string // settings of the run without the faults; "": the same
	noHealthyRun    bool   // the row tolerates its fault, or shares the healthy run of the previous row
	slow            bool   // a run takes more than 2 s: fewer seeds
	manySeeds       bool   // whether the first connections meet the fault depends on the seed: more seeds
}

// outcome is a result that a row may have instead, because chance decides.
type outcome struct {
	fails  []string
	exit   int
	atMost int // runs of 50 that may have it
}

func (r faultRow) name() string {
	if r.title != "" {
		return r.title
	}
	return strings.Join(r.faults, ", ")
}

func (r faultRow) scenarioName() string {
	if r.scenario == "" {
		return "smoke"
	}
	return r.scenario
}

// args returns the command line of the row, or of its healthy run.
func (r faultRow) args(healthy bool) []string {
	args := []string{"demo", r.scenarioName(), "--quiet"}
	if !r.shortTimeout {
		args = append(args, "--timeout", "20s") // a busy machine must not look like a slow coordinator
	}
	args = append(args, splitSettings(r.settingsOf(healthy))...)
	if !healthy {
		for _, f := range r.faults {
			args = append(args, "--fault", f)
		}
	}
	return args
}

// settingsOf returns the settings of the row, or of its healthy run.
func (r faultRow) settingsOf(healthy bool) string {
	if healthy && r.healthySettings != "" {
		return r.healthySettings
	}
	return r.settings
}

// splitSettings splits at spaces outside of single quotes.
func splitSettings(s string) []string {
	var out []string
	for i, part := range strings.Split(s, "'") {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

var faultRows = slices.Concat(smokeFaults, balancerFaults, loadFaults, httpFaults, ticketFaults)

func TestDemo_ReportsFaults(t *testing.T) {
	t.Parallel()
	for _, row := range faultRows {
		t.Run(strings.TrimSpace(row.name()+" "+row.settings), func(t *testing.T) {
			t.Parallel()
			rare := make([]atomic.Int64, len(row.sometimes))
			t.Cleanup(func() {
				for i, o := range row.sometimes {
					limit := int64(math.Ceil(float64(o.atMost*row.seedCount()) / 50))
					if n := rare[i].Load(); n > limit {
						t.Errorf("%d of %d runs failed %v with exit %d: more than %d", n, row.seedCount(), o.fails, o.exit, limit)
					}
				}
			})
			forSeeds(t, row.seedCount(), func(t *testing.T, seed int) {
				r, text, code := runDemo(t, row.args(false), seed)
				if i := slices.IndexFunc(row.sometimes, func(o outcome) bool { return o.matches(r) }); i >= 0 && code == r.Exit {
					rare[i].Add(1)
					return
				}
				row.expect(t, r, text, code)
			})
		})
	}
}

// matches reports whether a result is the outcome.
func (o outcome) matches(r scenarios.Result) bool {
	return r.Exit == o.exit && slices.Equal(o.fails, idsOf(r, scenarios.StatusFail))
}

// expect checks a run of the row.
func (r faultRow) expect(t *testing.T, got scenarios.Result, text string, code int) {
	t.Helper()
	if want := r.exitOf(got); code != want || got.Exit != want {
		t.Errorf("exit %d (result says %d), want %d\n%s", code, got.Exit, want, text)
	}
	if diff := cmp.Diff(r.fails, idsOf(got, scenarios.StatusFail)); diff != "" {
		t.Errorf("findings that fail (-want +got):\n%s\n%s", diff, text)
	}
	for _, id := range r.inconclusive {
		if !slices.Contains(idsOf(got, scenarios.StatusInconclusive), id) {
			t.Errorf("%s is not inconclusive\n%s", id, text)
		}
	}
	for _, words := range r.contains {
		if !strings.Contains(text, words) {
			t.Errorf("the report does not contain %q\n%s", words, text)
		}
	}
	if r.check != nil {
		r.check(t, got)
	}
}

// TestDemo_HealthyRuns runs every row without its faults, each distinct run once per
// seed.
func TestDemo_HealthyRuns(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, row := range faultRows {
		args := row.args(true)
		key := strings.Join(args, " ")
		if row.noHealthyRun || tried[key] {
			continue
		}
		tried[key] = true
		t.Run("without "+row.name()+" "+row.settings, func(t *testing.T) {
			t.Parallel()
			forSeeds(t, row.healthySeeds(), func(t *testing.T, seed int) {
				r, text, code := runDemo(t, args, seed)
				got := slices.DeleteFunc(append(idsOf(r, scenarios.StatusFail), idsOf(r, scenarios.StatusInconclusive)...), func(id string) bool { return id == scenarios.LoadLag })
				if want := (faultRow{}).exitOf(r); code != want || len(got) > 0 {
					t.Errorf("exit %d, not passed: %v\n%s", code, got, text)
				}
			})
		})
	}
}

// exitOf returns the exit code that a result must have: the row's, or inconclusive if
// this machine was too busy to keep the pace.
func (r faultRow) exitOf(got scenarios.Result) int {
	if r.exit == exitPass && slices.Equal(idsOf(got, scenarios.StatusInconclusive), []string{scenarios.LoadLag}) {
		return exitInconclusive
	}
	return r.exit
}

// runDemo runs demo with a seed and reads the result file.
func runDemo(t *testing.T, args []string, seed int) (scenarios.Result, string, int) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "r.json")
	text, stderr, code := call(t, append(withFreePort(t, args), "--seed", strconv.Itoa(seed), "--out", out)...)
	if stderr != "" {
		t.Errorf("stderr: %s", stderr)
	}
	r, err := readResult(t.Context(), out)
	if err != nil {
		t.Fatalf("result: %v\n%s", err, text)
	}
	if s := r.Sessions; s.Attempted != s.OK+s.Failed+s.Unknown {
		t.Errorf("attempted %d is not ok %d + failed %d + unknown %d", s.Attempted, s.OK, s.Failed, s.Unknown)
	}
	return r, text, code
}

// idsOf returns the distinct IDs of the findings with a status, sorted; nil if
// there are none.
func idsOf(r scenarios.Result, status scenarios.Status) []string {
	var ids []string
	for _, f := range r.Findings {
		if f.Status == status {
			ids = append(ids, f.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// faultsDoc is the page whose tables TestFaultsDoc_IsGenerated writes.
const faultsDoc = "../../docs/faults.md"

func TestFaultsDoc_IsGenerated(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(faultsDoc)
	if err != nil {
		t.Fatal(err)
	}
	want := replaceTable(t, string(doc), "faults", faultTable())
	want = replaceTable(t, want, "reports", reportTable())
	want = replaceTable(t, want, "matrix", matrixTable())
	if *update {
		if err := os.WriteFile(faultsDoc, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(doc)); diff != "" {
		t.Errorf("%s is out of date; go test ./cmd/... -update writes it (-want +got):\n%s", faultsDoc, diff)
	}
}

// replaceTable replaces what is between two comments in doc.
func replaceTable(t *testing.T, doc, name, table string) string {
	t.Helper()
	begin, end := "<!-- begin generated table: "+name+" -->\n", "<!-- end generated table: "+name+" -->"
	before, rest, hasBegin := strings.Cut(doc, begin)
	_, after, hasEnd := strings.Cut(rest, end)
	if !hasBegin || !hasEnd {
		t.Fatalf("%s lacks the comments around the table %q", faultsDoc, name)
	}
	return before + begin + table + end + after
}

// faultTable lists the faults.
func faultTable() string {
	var b strings.Builder
	b.WriteString("| fault | affects | effect |\n|---|---|---|\n")
	for _, f := range simcluster.Faults() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", f.Syntax(), f.Scope, f.Effect)
	}
	return b.String()
}

// reportTable lists what the report says of each row.
func reportTable() string {
	var b strings.Builder
	b.WriteString("| fault | `demo` | settings | report | exit |\n|---|---|---|---|---|\n")
	for _, r := range faultRows {
		settings := "-"
		if r.settings != "" {
			settings = "`" + strings.ReplaceAll(r.settings, "|", `\|`) + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %d |\n", r.name(), r.scenarioName(), settings, r.reported, r.exit)
	}
	return b.String()
}

func TestFaultRows_CoverEveryFault(t *testing.T) {
	t.Parallel()
	for _, info := range simcluster.Faults() {
		if !slices.ContainsFunc(faultRows, func(r faultRow) bool {
			return slices.ContainsFunc(r.faults, func(text string) bool {
				f, err := simcluster.ParseFault(text)
				return err == nil && f.Name == info.Name
			})
		}) {
			t.Errorf("no row shows what is reported for the fault %s", info.Name)
		}
	}
}
