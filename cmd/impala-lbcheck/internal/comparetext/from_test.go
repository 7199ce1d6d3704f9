package comparetext_test

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/comparetext"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/compare"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// There is no ratio to nothing: that it was nothing is said.
func TestComparison_ARatioFromNothing(t *testing.T) {
	t.Parallel()
	value := func(v float64) compare.Value { return compare.Value{Count: 40, Value: &v} }
	row := func(was, is float64) string {
		c := compare.Comparison{Rows: []compare.Row{{Name: "failed sessions", Unit: compare.UnitShare, Old: value(was), New: value(is)}}}
		return comparetext.Comparison(c, func(vocab.Fix) string { return "" })
	}
	if text := row(0, .5); !strings.Contains(text, "from 0") {
		t.Errorf("%s", text)
	}
	if text := row(0, 0); strings.Contains(text, "from 0") {
		t.Errorf("%s", text)
	}
}
