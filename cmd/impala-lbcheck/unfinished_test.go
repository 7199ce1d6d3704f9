package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// Who leaves at once waits for a file that is being written.
func TestUnfinished_IsWaitedFor(t *testing.T) {
	t.Parallel()
	var files unfinished
	written, ended := files.begin(), make(chan struct{})
	var whole atomic.Bool
	go func() {
		whole.Store(true)
		written()
	}()
	go func() {
		files.end()
		close(ended)
	}()
	<-ended
	if !whole.Load() {
		t.Error("it left before the file was written")
	}
}

// A file that is never written keeps nobody from leaving.
func TestUnfinished_IsGivenUp(t *testing.T) {
	t.Parallel()
	var files unfinished
	written := files.begin()
	files.end()
	written()
	(*unfinished)(nil).end()
}

func TestReplace_LeavesNothingOfWhatFailed(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "r.json")
	write(t, name, "before")
	var files unfinished
	failed := errors.New("no space left")
	if err := files.replace(t.Context(), name, forAll, func(io.Writer) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	if err := files.replace(t.Context(), name, forOwner, content([]byte("after"))); err != nil {
		t.Error(err)
	}
	b, err := os.ReadFile(name)
	info, _ := os.Stat(name)
	if left, _ := os.ReadDir(filepath.Dir(name)); err != nil || string(b) != "after" || len(left) != 1 || info.Mode().Perm()&^forOwner != 0 {
		t.Errorf("%q, %v, %d files, mode %v", b, err, len(left), info.Mode())
	}
}
