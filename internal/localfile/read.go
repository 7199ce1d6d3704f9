package localfile

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Read returns the content of a file, a pipe or a device, all of it. It fails on
// more than max bytes, and when ctx ends, with its cause: a pipe to which nobody
// writes, or a file system that does not answer, then keeps one goroutine until
// the process ends, since nothing can interrupt open.
func Read(ctx context.Context, name string, max int64) ([]byte, error) {
	return inTime(ctx, name, func() ([]byte, error) {
		return read(name, max, func(string, fs.FileInfo) error { return nil })
	})
}

// inTime returns what f returns, or the end of ctx.
func inTime(ctx context.Context, name string, f func() ([]byte, error)) ([]byte, error) {
	type outcome struct {
		b   []byte
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		b, err := f()
		done <- outcome{b, err}
	}()
	select {
	case o := <-done:
		return o.b, o.err
	case <-ctx.Done():
		return nil, fmt.Errorf("read %s: %w", name, context.Cause(ctx))
	}
}

// read reads a file that may has looked at and let pass.
func read(name string, max int64, may func(string, fs.FileInfo) error) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil {
		err = may(name, info)
	}
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, max+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > max {
		return nil, fmt.Errorf("%s is longer than %d bytes", name, max)
	}
	return b, nil
}
