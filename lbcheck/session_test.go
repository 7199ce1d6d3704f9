package lbcheck

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
)

// A server that answers SELECT pid() with nothing is no fault of ours.
func TestText_WithoutRowsIsEmpty(t *testing.T) {
	t.Parallel()
	if got := text(&hs2client.Rows{}, 0); got != "" {
		t.Errorf("text = %q", got)
	}
}
