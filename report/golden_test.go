package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Each file in testdata/runs and testdata/forged has a golden per format: the
// file name is the test case. Runs are judged by judge alone; what forged files
// claim was written by hand, to be as unpleasant as strangers can be.
const (
	runs    = "../testdata/runs"
	forged  = "../testdata/forged"
	goldens = "../testdata/golden"
)

// eachRun calls test for every stored run.
func eachRun(t *testing.T, test func(t *testing.T, name string, r scenarios.Result)) {
	each(t, test, runs)
}

// each calls test for every result in the folders.
func each(t *testing.T, test func(t *testing.T, name string, r scenarios.Result), folders ...string) {
	var paths []string
	for _, folder := range folders {
		found, err := filepath.Glob(filepath.Join(folder, "*.json"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no results in %s: %v", folder, err)
		}
		paths = append(paths, found...)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			r, err := report.Read(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			test(t, name, r)
		})
	}
}

func render(t testing.TB, f report.Format, r scenarios.Result, s report.Style) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, f, r, s); err != nil {
		t.Fatalf("write %s: %v", f, err)
	}
	return b.Bytes()
}

func TestWrite_Goldens(t *testing.T) {
	each(t, func(t *testing.T, name string, r scenarios.Result) {
		for _, f := range report.Formats() {
			if f != report.FormatJSON { // of which the run itself is the golden
				golden.Equal(t, filepath.Join(goldens, name+"."+string(f)), withoutCopies(render(t, f, r, report.Style{})))
			}
		}
	}, runs, forged)
}

// Every page has its style sheet, which is a file of its own, and the result, of which
// another test says that it is the one.
var (
	styleSheet   = regexp.MustCompile(`(?s)<style>.*?</style>`)
	storedResult = regexp.MustCompile(`base64,[A-Za-z0-9+/=]+`)
)

// withoutCopies is a page without them.
func withoutCopies(report []byte) []byte {
	return storedResult.ReplaceAll(styleSheet.ReplaceAll(report, []byte("<style>...</style>")), []byte("base64,..."))
}

// What was measured is all that a judgement rests on. Under -update the runs are
// judged anew, which their other goldens follow at the next -update.
func TestRead_StoredRunJudgedAgainIsTheSame(t *testing.T) {
	eachRun(t, func(t *testing.T, name string, r scenarios.Result) {
		r = judge.Rejudge(r)
		r.Summary = report.Sentence(r)
		golden.Equal(t, filepath.Join(runs, name+".json"), render(t, report.FormatJSON, r, report.Style{}))
	})
}

func TestWrite_ExplainedGolden(t *testing.T) {
	eachRun(t, func(t *testing.T, name string, r scenarios.Result) {
		if name == "dead" {
			golden.Equal(t, filepath.Join(goldens, name+".explained"), render(t, report.FormatText, r, report.Style{Explain: true}))
		}
	})
}

func TestRead_ForgedResultIsWrittenTheSame(t *testing.T) {
	each(t, func(t *testing.T, name string, r scenarios.Result) {
		golden.Equal(t, filepath.Join(forged, name+".json"), render(t, report.FormatJSON, r, report.Style{}))
		if got := report.Sentence(r); got != r.Summary {
			t.Errorf("Sentence = %q, the result says %q", got, r.Summary)
		}
	}, forged)
}
