package localfile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, name string, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestRead(t *testing.T) {
	t.Parallel()
	name := write(t, filepath.Join(t.TempDir(), "f"), 0o644)
	b, err := Read(t.Context(), name, 7)
	if string(b) != "secret\n" || err != nil {
		t.Errorf("Read = %q, %v", b, err)
	}
	if _, err = Read(t.Context(), name, 6); err == nil || !strings.Contains(err.Error(), name+" is longer than 6 bytes") {
		t.Errorf("of a longer file: %v", err)
	}
	if _, err = Read(t.Context(), name+"x", 6); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of no file: %v", err)
	}
	if _, err = Read(t.Context(), t.TempDir(), 6); err == nil {
		t.Error("a directory was read")
	}
}

func TestRead_IsBounded(t *testing.T) {
	t.Parallel()
	const zero = "/dev/zero"
	if _, err := os.Stat(zero); err != nil {
		t.Skip("this system has no " + zero)
	}
	if _, err := Read(t.Context(), zero, 1<<20); err == nil || !strings.Contains(err.Error(), "is longer than 1048576 bytes") {
		t.Error(err)
	}
}

func TestRead_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "fifo")
	release := fifo(t, name)
	for what, read := range map[string]func(context.Context, string, int64) ([]byte, error){"Read": Read, "ReadSecret": ReadSecret} {
		cause := errors.New("too late")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, cause)
		defer cancel()
		if _, err := read(ctx, name, 10); !errors.Is(err, cause) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", what, err)
		}
		release()
	}
}
