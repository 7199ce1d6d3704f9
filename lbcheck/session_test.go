package lbcheck

import (
	"net/netip"
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

// A statement that has a row on every Impala was not answered by a result without one.
func TestHasRow_EmptyResultIsNoAnswer(t *testing.T) {
	t.Parallel()
	err := hasRow(&hs2client.Rows{}, netip.MustParseAddrPort("192.0.2.1:21050"))
	if got, want := hs2client.ClassOf(err).String(), "fetch.mismatch"; got != want {
		t.Errorf("class %s, want %s: %v", got, want, err)
	}
	if want := "SELECT pid() 192.0.2.1:21050: fetch.mismatch: a result without a row"; err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
