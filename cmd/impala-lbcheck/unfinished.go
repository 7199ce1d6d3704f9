package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// unfinished are the files that are being written under a name of their own. A second
// Ctrl-C waits for them, though not for long, and leaves none behind that was written by then.
// The nil value knows of none.
type unfinished struct{ mu sync.RWMutex }

// leaving is how long a second Ctrl-C waits for a file that is being written.
const leaving = time.Second

// begin says that a file is being made; it is renamed or removed when end is called.
func (u *unfinished) begin() (end func()) {
	if u == nil {
		return func() {}
	}
	u.mu.RLock()
	return u.mu.RUnlock
}

// end waits until no file is being made, for some time, and lets none begin after it.
func (u *unfinished) end() {
	if u == nil {
		return
	}
	none := make(chan struct{})
	go func() {
		u.mu.Lock()
		close(none)
	}()
	select {
	case <-none:
	case <-time.After(leaving):
	}
}

// replace writes a file in one step: one that could not be finished leaves what was
// there before. A pipe is given up when ctx ends before somebody reads it.
func (u *unfinished) replace(ctx context.Context, name string, mode fs.FileMode, write func(io.Writer) error) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := openForWriting(ctx, name, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(limited(f)), f.Close())
	}
	defer u.begin()()
	f, err := os.CreateTemp(filepath.Dir(name), temporary)
	if err != nil {
		return err
	}
	err = errors.Join(write(f), f.Chmod(mode), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	if failed, is := errors.AsType[*fs.PathError](err); is && failed.Path == f.Name() {
		return fmt.Errorf("%s: %w", name, failed.Err) // not of a name that the user never wrote
	}
	return err
}

// canWrite reports why name could not be replaced later; it leaves nothing behind.
func (u *unfinished) canWrite(name string) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return errors.New("it is a directory")
	} else if err == nil && !info.Mode().IsRegular() {
		return nil // a pipe or a device is written to as it is
	}
	defer u.begin()()
	f, err := os.CreateTemp(filepath.Dir(name), temporary)
	if failed, is := errors.AsType[*fs.PathError](err); is {
		return fmt.Errorf("no file can be made in %s: %w", filepath.Dir(name), failed.Err) // not of a name that the user never wrote
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// temporary is the pattern of those names.
const temporary = ".impala-lbcheck-*"

// Who may read a file that is written: everybody, or its owner alone.
const (
	forAll   fs.FileMode = 0o644
	forOwner fs.FileMode = 0o600
)

// content writes what there is already.
func content(b []byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := w.Write(b); return err }
}
