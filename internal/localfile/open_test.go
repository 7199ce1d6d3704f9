package localfile

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen_ReadsInPieces(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, []byte("some text"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if string(b) != "some text" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Open(t.Context(), name+".none"); err == nil || !strings.Contains(err.Error(), "f.none") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestOpen_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, []byte("some text"), 0o600); err != nil {
		t.Fatal(err)
	}
	why := errors.New("that is enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	f, err := Open(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cancel(why)
	if _, err := f.Read(make([]byte, 4)); !errors.Is(err, why) {
		t.Errorf("Read after the end: %v", err)
	}
}

// A pipe to which nobody writes is given up while it is opened.
func TestOpen_PipeWithoutWriter(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "pipe")
	release := fifo(t, name)
	why := errors.New("that is enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := Open(ctx, name)
		done <- err
	}()
	cancel(why)
	if err := <-done; !errors.Is(err, why) {
		t.Errorf("%v", err)
	}
	release()
}

// A pipe that falls silent is given up while it is read.
func TestOpen_SilentPipe(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "pipe")
	fifo(t, name)
	why := errors.New("that is enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	writer := make(chan *os.File, 1)
	go func() {
		w, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
		}
		writer <- w
	}()
	f, err := Open(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := <-writer
	defer w.Close()
	done := make(chan error, 1)
	go func() {
		_, err := f.Read(make([]byte, 4))
		done <- err
	}()
	cancel(why)
	if err := <-done; !errors.Is(err, why) {
		t.Errorf("%v", err)
	}
}
