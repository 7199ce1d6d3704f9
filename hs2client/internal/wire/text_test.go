package wire

import (
	"strings"
	"testing"
	"unicode/utf8"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestClip_CutsBetweenCharacters(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", MaxText)
	if got := Clip(long); len(got) > MaxText || len(got) < MaxText-1 || !utf8.ValidString(got) {
		t.Errorf("%d bytes", len(got))
	}
}
