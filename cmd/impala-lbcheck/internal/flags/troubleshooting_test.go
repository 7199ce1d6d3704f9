package flags_test

import (
	"os"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/internal/doctor"
	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
)

func TestTroubleshooting_IsTheTableOfCauses(t *testing.T) {
	t.Parallel()
	golden.Equal(t, "../../../../docs/troubleshooting.md", []byte(doctor.Document(flags.Fix)))
}

func TestReadme_HasTheIndexOfSymptoms(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("../../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if index := doctor.Index(); !strings.Contains(string(src), index) {
		t.Errorf("README.md has not this table:\n%s", index)
	}
}
