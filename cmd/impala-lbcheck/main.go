package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	os.Exit(mainCode(os.Args[1:], system()))
}

// world is the one door to the operating system: what a command reads and
// writes, so that a test can hand it another.
type world struct {
	in       *os.File // for prompts; nil: no terminal
	out, err io.Writer
	getenv   func(string) string
	signals  <-chan os.Signal // nil: none come

	// lookup is for names that only a report tells of; nil: the system's resolver.
	lookup func(ctx context.Context, host string) ([]string, error)
}

func system() world {
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
	signal.Ignore(syscall.SIGPIPE) // a closed stdout is an error to handle, not a reason to leave sessions open
	return world{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, signals: ch}
}

// mainCode runs the command line and returns the exit code. A panic is an
// internal error: it is shown, with its stack, and never mistaken for a verdict.
func mainCode(args []string, w world) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(w.err, "impala-lbcheck: internal error: %v\n%s", p, debug.Stack())
			code = exitInternal
		}
	}()
	w = guarded(w)
	ctx, stop := interruptible(w)
	defer stop()

	root := newRoot(w)
	root.SetArgs(args)
	root.SetOut(w.out)
	root.SetErr(w.err)
	err := root.ExecuteContext(ctx)
	var done *exitError
	switch {
	case err == nil:
		return exitPass
	case errors.As(err, &done):
		if done.err != nil {
			fmt.Fprintln(w.err, "impala-lbcheck:", oneLine(done.err))
		}
		return done.code
	default:
		fmt.Fprintln(w.err, "impala-lbcheck:", oneLine(err))
		return exitUsage
	}
}

// interrupted is why a context ended: the signal that ended it.
type interrupted struct{ sig os.Signal }

func (i interrupted) Error() string { return "interrupted by " + i.sig.String() }

// interruptible is a context that the first signal cancels, with the signal as
// its cause; the second one leaves at once.
func interruptible(w world) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for n := 0; ; n++ {
			select {
			case sig := <-w.signals:
				if n > 0 {
					os.Exit(signalCode(sig))
				}
				fmt.Fprintln(w.err, "impala-lbcheck: closing sessions; once more to leave at once")
				cancel(interrupted{sig})
			case <-done:
				return
			}
		}
	}()
	return ctx, func() { close(done); <-ended; cancel(nil) }
}
