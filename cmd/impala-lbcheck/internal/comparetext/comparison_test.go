package comparetext_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/comparetext"
	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/compare"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testdata = "../../../../testdata"

// text compares two stored runs.
func text(t *testing.T, before, after string, limits ...string) string {
	t.Helper()
	read := func(name string) scenarios.Result {
		b, err := os.ReadFile(filepath.Join(testdata, "runs", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := scenarios.DecodeResult(b)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	var parsed []compare.Limit
	for _, l := range limits {
		p, err := compare.ParseLimit(l)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, p)
	}
	c, err := compare.Compare(read(before), read(after), parsed)
	if err != nil {
		t.Fatal(err)
	}
	return comparetext.Comparison(c, func(f vocab.Fix) string { return f.Setting })
}

func TestComparison_Goldens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		before, after string
		limits        []string
	}{
		{"pass", "dead", []string{"session.open: med +20%", "session.open: p(99) +20%", "session: error_rate +1%"}},
		{"capacity", "capacity-full", []string{"capacity: held -10%"}},
		{"pass", "merged", nil},
		{"pass", "unreachable", []string{"session.open: med +20%"}},
	} {
		name := c.before + "-" + c.after
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.Equal(t, filepath.Join("testdata", name+".text"), []byte(text(t, c.before, c.after, c.limits...)))
		})
	}
}

// What a server called itself is one short line, without a control character.
func TestComparison_NamesAreUntrusted(t *testing.T) {
	t.Parallel()
	got := comparetext.Comparison(compare.Comparison{
		Summary: "COMPARED: \x1b[31m", Differs: []string{"a\nb"},
		Rows: []compare.Row{{Name: "share of \x1b]0;" + strings.Repeat("x", 1000), Unit: compare.UnitShare}},
	}, nil)
	if strings.ContainsAny(got, "\x1b") || strings.Contains(got, "a\nb") || len(got) > 1000 {
		t.Errorf("%q", got)
	}
}
