package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A reader who takes nothing is waited for until a signal has come, and then a while.
func TestImpatient_GivesUpAfterASignal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		reader, writer := io.Pipe()
		defer reader.Close()
		w := &impatient{w: writer, ctx: ctx}
		const told = time.Hour
		time.AfterFunc(told, func() { cancel(interrupted{sig: syscall.SIGTERM}) })
		began := time.Now()
		_, err := io.WriteString(w, "a report")
		if took := time.Since(began); took != told+stalled {
			t.Errorf("it was given up after %v, want %v", took, told+stalled)
		}
		if by, is := errors.AsType[interrupted](err); !is || by.sig != syscall.SIGTERM || !errors.Is(err, errNotRead) {
			t.Errorf("error %v", err)
		}
		began = time.Now()
		if _, err := io.WriteString(w, "more"); err == nil || time.Since(began) > 0 {
			t.Errorf("what comes after it: %v after %v", err, time.Since(began))
		}
	})
}

// A slow reader gets all of it, also after a signal: each piece has its time.
func TestImpatient_WaitsForASlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(interrupted{sig: syscall.SIGTERM})
		reader, writer := io.Pipe()
		want := strings.Repeat("0123456789", pieceSize)
		go func() {
			if n, err := io.WriteString(&impatient{w: writer, ctx: ctx}, want); n != len(want) || err != nil {
				t.Errorf("%d of %d bytes, %v", n, len(want), err)
			}
			writer.Close()
		}()
		var got bytes.Buffer
		for {
			time.Sleep(stalled / 2) // on the bubble's clock
			if _, err := io.CopyN(&got, reader, pieceSize); err != nil {
				break
			}
		}
		if got.String() != want {
			t.Errorf("%d of %d bytes were read", got.Len(), len(want))
		}
	})
}
