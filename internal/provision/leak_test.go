package provision

import (
	"runtime/debug"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // AWS's clients leave much behind, and none of it stays
	goleak.VerifyTestMain(m)
}
