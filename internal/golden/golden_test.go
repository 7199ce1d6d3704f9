package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recordingTB is a testing.TB that records the error message.
type recordingTB struct {
	testing.TB
	message string
}

func (v *recordingTB) Helper() {}

func (v *recordingTB) Errorf(_ string, args ...any) { v.message = args[len(args)-1].(string) }

func TestEqual_ShowsDifferingLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte("one\ntwo\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var same, different recordingTB
	Equal(&same, path, []byte("one\ntwo\n"))
	Equal(&different, path, []byte("one\nthree\n"))
	if same.message != "" {
		t.Errorf("equal files differ: %s", same.message)
	}
	if !strings.Contains(different.message, `"two\n"`) || !strings.Contains(different.message, `"three\n"`) {
		t.Errorf("the difference does not show both lines: %q", different.message)
	}
}

func TestWrite_CreatesDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "a.txt")
	write(t, path, []byte("one\n"))
	Equal(t, path, []byte("one\n"))
}
