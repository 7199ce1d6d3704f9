package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Each run in testdata/runs has a golden per format: the file name is the test case.
const (
	runs    = "../testdata/runs"
	goldens = "../testdata/golden"
)

// eachRun calls test for every stored run.
func eachRun(t *testing.T, test func(t *testing.T, name string, r scenarios.Result)) {
	paths, err := filepath.Glob(filepath.Join(runs, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no runs in %s: %v", runs, err)
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

func TestGoldens(t *testing.T) {
	eachRun(t, func(t *testing.T, name string, r scenarios.Result) {
		for _, f := range []report.Format{report.Text, report.JUnit} { // the run itself is the golden of its JSON
			golden.Equal(t, filepath.Join(goldens, name+"."+string(f)), render(t, f, r, report.Style{}))
		}
	})
}

func TestExplainedGolden(t *testing.T) {
	eachRun(t, func(t *testing.T, name string, r scenarios.Result) {
		if name == "dead" {
			golden.Equal(t, filepath.Join(goldens, name+".explained"), render(t, report.Text, r, report.Style{Explain: true}))
		}
	})
}

func TestAStoredRunIsWrittenAgainByteForByte(t *testing.T) {
	eachRun(t, func(t *testing.T, name string, r scenarios.Result) {
		stored, err := os.ReadFile(filepath.Join(runs, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(stored), string(render(t, report.JSON, r, report.Style{}))); diff != "" {
			t.Errorf("-stored +written again:\n%s", diff)
		}
	})
}

func TestTheSummaryOfAStoredRunIsItsSentence(t *testing.T) {
	eachRun(t, func(t *testing.T, _ string, r scenarios.Result) {
		if got := report.Sentence(r); got != r.Summary {
			t.Errorf("Sentence = %q, the run says %q", got, r.Summary)
		}
	})
}
