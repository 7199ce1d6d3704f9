package vocabtest

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAMisspeltClassPanics(t *testing.T) {
	t.Parallel()
	if got, want := Class("open.timeout"), (vocab.Class{Phase: vocab.PhaseOpen, Kind: vocab.KindTimeout}); got != want || !Class("").IsZero() {
		t.Errorf("%v, want %v", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a class that there is not passed for one")
		}
	}()
	Class("open.timeuot")
}
