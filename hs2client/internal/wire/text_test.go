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
	for _, long := range []string{strings.Repeat("ä", MaxText), "x" + strings.Repeat("ä", MaxText), "xx" + strings.Repeat("€", MaxText), strings.Repeat("😀", MaxText)} {
		if got := Clip(long); len(got) > MaxText || len(got) < MaxText-3 || !utf8.ValidString(got) || !strings.HasPrefix(long, got) {
			t.Errorf("%d bytes of %.8s…", len(got), long)
		}
	}
	whole := strings.Repeat("x", MaxText)
	for _, text := range []string{whole, whole + "\n", whole + "x", whole + "xx"} {
		if got := Clip(text); got != whole {
			t.Errorf("%d bytes of %d", len(got), len(text))
		}
	}
}
