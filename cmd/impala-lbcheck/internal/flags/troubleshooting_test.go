package flags_test

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/internal/doctor"
	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
)

func TestTroubleshooting_IsTheTableOfCauses(t *testing.T) {
	t.Parallel()
	golden.Equal(t, "../../../../docs/troubleshooting.md", []byte(doctor.Document(flags.Fix)))
}
