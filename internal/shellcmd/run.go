package shellcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"time"
)

// Command is one command line.
type Command struct {
	Text   string
	Env    []string  // "KEY=value"; nil is this process's own
	Stdout io.Writer // nil: nowhere
	Stderr io.Writer // nil: nowhere

	// Attached leaves the command in this process's group, so that it may use the
	// terminal. Then the end of ctx ends the shell and what descends from it: on Linux all,
	// elsewhere the shell alone.
	Attached bool
}

// grace is how long a command may take to end once it was told to, and for how
// long after its end a child of it may hold on to its output.
const grace = time.Second

// Run runs the command and waits for its end, not for that of what it left behind
// in the background. When ctx ends the command and everything that it started is
// told to end, is killed soon after, and the error wraps the cause of ctx.
func (c Command) Run(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, shell[0], slices.Concat(shell[1:], []string{c.Text})...)
	cmd.Env, cmd.Stdout, cmd.Stderr = c.Env, c.Stdout, c.Stderr
	cmd.WaitDelay = grace
	kill := apart
	if c.Attached {
		kill = among
	}
	killed := kill(cmd)
	err := cmd.Run()
	if ctx.Err() != nil {
		killed()
		return fmt.Errorf("stopped: %w", context.Cause(ctx))
	}
	if errors.Is(err, exec.ErrWaitDelay) { // it ended well; only its output is still held open
		return nil
	}
	return err
}
