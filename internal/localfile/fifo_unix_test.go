//go:build unix

package localfile

import (
	"os"
	"syscall"
	"testing"
)

// fifo makes a pipe to which nobody writes; release lets its reader go.
func fifo(t *testing.T, name string) (release func()) {
	t.Helper()
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
}
