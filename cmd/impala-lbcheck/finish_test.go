package main

import (
	"context"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestOutlasting(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cause error
		want  time.Duration
	}{
		"a signal":                    {interrupted{sig: syscall.SIGTERM}, openGrace},
		"a run that does not need it": {nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				top, end := context.WithCancelCause(context.Background())
				ctx, done := context.WithCancel(top)
				defer done()
				late, cancel := outlasting(ctx, openGrace)
				defer cancel()
				begin := time.Now()
				end(c.cause)
				<-late.Done()
				if took := time.Since(begin); took != c.want {
					t.Errorf("it ended after %v, want %v", took, c.want)
				}
			})
		})
	}
}
