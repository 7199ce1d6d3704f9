//go:build unix

package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/report"
)

// After a signal a pipe to which a report goes is waited for as any other reader is.
func TestLingering_EndsSomeTimeAfterASignal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, signal := context.WithCancelCause(t.Context())
		late, cancel := lingering(ctx)
		defer cancel()
		time.Sleep(time.Hour)
		synctest.Wait()
		if late.Err() != nil {
			t.Error("it ended without a signal")
		}
		signal(interrupted{sig: syscall.SIGTERM})
		began := time.Now()
		<-late.Done()
		if took := time.Since(began); took != stalled {
			t.Errorf("it ended after %v, want %v", took, stalled)
		}
		if _, is := interruption(late); !is {
			t.Errorf("it ended with %v", context.Cause(late))
		}
	})
}

// A pipe without a reader is not waited for as long as files are, once a signal has come.
func TestWrite_PipeWithoutReaderAfterASignal(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for a reader of a pipe")
	}
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "report")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { // what still opens it would be found at the end
		if f, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
			_ = f.Close()
		}
	})
	ctx, signal := context.WithCancelCause(t.Context())
	signal(interrupted{sig: syscall.SIGTERM})
	r, err := readResult(t.Context(), "../../testdata/runs/pass.json")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	err = (&output{}).write(ctx, env{out: io.Discard, err: io.Discard}, []report.Out{{Path: pipe, Format: report.FormatJSON}}, r)
	if took := time.Since(began); took > 3*stalled {
		t.Errorf("it was waited for %v", took)
	}
	if by, is := errors.AsType[interrupted](err); !is || by.sig != syscall.SIGTERM {
		t.Errorf("it ended with %v", err)
	}
	if code := afterWriting(exitInconclusive, err); code != exitSIGTERM {
		t.Errorf("exit %d, want %d", code, exitSIGTERM)
	}
}
