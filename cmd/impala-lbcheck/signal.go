package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

// signals is the channel on which the system's signals to end arrive.
func signals() <-chan os.Signal {
	ch := make(chan os.Signal, 8)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	if !signal.Ignored(syscall.SIGHUP) { // nohup means it
		signal.Notify(ch, syscall.SIGHUP)
	}
	// A closed stdout is an error to handle, not a reason to leave sessions open.
	// This channel is not read; to ignore the signal would be inherited by commands.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return ch
}

// interrupted is why a context ended: the signal that ended it.
type interrupted struct {
	sig        os.Signal
	goroutines []byte // what ran when SIGQUIT came
}

func (i interrupted) Error() string { return "interrupted by " + i.sig.String() }

// interruption is the signal that ended ctx.
func interruption(ctx context.Context) (by interrupted, ok bool) {
	ok = errors.As(context.Cause(ctx), &by)
	return by, ok
}

// interruptible has the first signal cancel a context, with the signal as its cause,
// until it is stopped. After that only somebody at the keyboard can leave at once: SIGHUP
// and SIGTERM come twice where a shell, timeout(1) or an init system sends them to the
// process and to its group. ending is what goes on then.
func interruptible(e env, cancel context.CancelCauseFunc, ending string) (stop func()) {
	done, ended, told := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		first := true
		for {
			select {
			case sig := <-e.signals:
				switch {
				case first:
					first = false
					cancel(interruptedBy(sig))
					go func() { // a terminal that is stopped must not keep the next signal waiting
						defer close(told)
						fmt.Fprintf(e.err, "impala-lbcheck: %s; press Ctrl-C again to quit at once\n", ending)
					}()
				case sig == os.Interrupt || sig == syscall.SIGQUIT:
					e.files.end()
					os.Exit(signalCode(sig))
				}
			case <-done:
				if first {
					close(told)
				}
				return
			}
		}
	}()
	return func() { close(done); <-ended; <-told; cancel(nil) }
}

func interruptedBy(sig os.Signal) interrupted {
	by := interrupted{sig: sig}
	if sig == syscall.SIGQUIT {
		by.goroutines = goroutines()
	}
	return by
}

// maxStacks bounds the list of goroutines, in bytes.
const maxStacks = 16 << 20

// goroutines is what every goroutine does now.
func goroutines() []byte {
	for size := 1 << 16; ; size *= 2 {
		b := make([]byte, size)
		if n := runtime.Stack(b, true); n < size || size >= maxStacks {
			return b[:n]
		}
	}
}
