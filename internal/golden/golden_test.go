package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// verdict stands in for a test, so that a failing comparison can be looked at.
type verdict struct {
	testing.TB
	failed string
}

func (v *verdict) Helper() {}

func (v *verdict) Errorf(_ string, args ...any) { v.failed = args[len(args)-1].(string) }

func TestEqualShowsTheLineThatDiffers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte("one\ntwo\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var same, other verdict
	Equal(&same, path, []byte("one\ntwo\n"))
	Equal(&other, path, []byte("one\nthree\n"))
	if same.failed != "" {
		t.Errorf("equal files differ: %s", same.failed)
	}
	if !strings.Contains(other.failed, `"two\n"`) || !strings.Contains(other.failed, `"three\n"`) {
		t.Errorf("the difference does not show both lines: %q", other.failed)
	}
}

func TestWriteMakesTheDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "a.txt")
	write(t, path, []byte("one\n"))
	Equal(t, path, []byte("one\n"))
}
