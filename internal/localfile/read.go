package localfile

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// Read returns the content of a file, a pipe or a device, all of it. It fails on
// more than limit bytes, and when ctx ends, with its cause: a pipe to which nobody
// writes, or a file system that does not answer, then keeps one goroutine until
// the process ends, since nothing can interrupt open.
func Read(ctx context.Context, name string, limit int64) ([]byte, error) {
	return inTime(ctx, name, func() ([]byte, error) {
		return read(name, limit, func(string, fs.FileInfo) error { return nil })
	})
}

// OpenForWriting opens a file as [os.OpenFile] does with these flags, or fails when
// ctx ends, with its cause: a pipe cannot be opened before somebody reads it.
func OpenForWriting(ctx context.Context, name string, flag int) (*os.File, error) {
	return inTime(ctx, name, func() (*os.File, error) {
		f, err := os.OpenFile(name, os.O_WRONLY|flag, 0o666)
		if err == nil && ctx.Err() != nil {
			return nil, f.Close() // nothing waits for it any more
		}
		return f, err
	})
}

// Open opens a file to be read in pieces, or fails when ctx ends, with its cause: a pipe
// cannot be opened before somebody writes to it. When ctx ends later, reading fails.
func Open(ctx context.Context, name string) (io.ReadCloser, error) {
	f, err := inTime(ctx, name, func() (*os.File, error) {
		f, err := os.Open(name)
		if err == nil && ctx.Err() != nil {
			return nil, f.Close() // nothing waits for it any more
		}
		return f, err
	})
	if err != nil {
		return nil, err
	}
	return &pieces{ctx: ctx, f: f, stop: context.AfterFunc(ctx, func() { _ = f.SetReadDeadline(time.Unix(1, 0)) })}, nil
}

// pieces is a file that is read until its context ends.
type pieces struct {
	ctx  context.Context
	f    *os.File
	stop func() bool
}

// Read reads some of the file.
func (p *pieces) Read(b []byte) (int, error) {
	if p.ctx.Err() != nil {
		return 0, context.Cause(p.ctx)
	}
	n, err := p.f.Read(b)
	if err != nil && p.ctx.Err() != nil {
		return n, context.Cause(p.ctx)
	}
	return n, err
}

// Close closes the file.
func (p *pieces) Close() error {
	p.stop()
	return p.f.Close()
}

// inTime returns what f returns, or the end of ctx.
func inTime[T any](ctx context.Context, name string, f func() (T, error)) (T, error) {
	type outcome struct {
		v   T
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		v, err := f()
		done <- outcome{v, err}
	}()
	select {
	case o := <-done:
		return o.v, o.err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("%s: %w", name, context.Cause(ctx))
	}
}

// read reads a file that may has looked at and let pass.
func read(name string, limit int64, may func(string, fs.FileInfo) error) ([]byte, error) {
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
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%s is longer than %d bytes", name, limit)
	}
	return b, nil
}
