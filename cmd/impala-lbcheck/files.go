package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/grace"
	"github.com/impala-lbcheck/impala-lbcheck/internal/localfile"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The most that is read of a file, in bytes.
const (
	maxSettings = 1 << 20 // a scenario, an lb.yaml
	maxRoots    = 8 << 20 // the system's own bundle is a quarter of a MiB

	maxKerberosFile = 1 << 20 // a keytab, a credential cache, a file of krb5.conf
)

// readTimeout is how long a file may take to be read. What prints a secret into a named
// pipe may take as long as a command that prints it.
const readTimeout = scenarios.SecretCommandTime

// tooSlow is why a file or a command was given up.
type tooSlow struct{ what string }

func (e tooSlow) Error() string { return fmt.Sprintf("%s within %v", e.what, readTimeout) }

// errNoStdin is about "-" where a file is read.
var errNoStdin = errors.New(`"-": standard input is read by merge alone: name a file`)

// readFile reads a file that the user named.
func readFile(ctx context.Context, name string, limit int64) ([]byte, error) {
	if name == stdoutPath {
		return nil, errNoStdin
	}
	ctx, cancel := context.WithTimeoutCause(ctx, readTimeout, tooSlow{"no end of file"})
	defer cancel()
	return localfile.Read(ctx, name, limit)
}

// readSecretFile reads a file that no other user may read or change.
func readSecretFile(ctx context.Context, name string, limit int64) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, readTimeout, tooSlow{"no end of file"})
	defer cancel()
	return localfile.ReadSecret(ctx, name, limit)
}

// openForWriting opens a file that is written while or after the run.
func openForWriting(ctx context.Context, name string, flag int) (*os.File, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, readTimeout, tooSlow{"no reader on this pipe"})
	defer cancel()
	return localfile.OpenForWriting(ctx, name, flag)
}

// stalled is how long a pipe may take no more of what is written to it: a run must
// not wait for its reader. Files and terminals have no such limit.
const stalled = 10 * time.Second

// limited limits the next write to a pipe.
func limited(f *os.File) *os.File {
	_ = f.SetWriteDeadline(time.Now().Add(stalled)) // a file that has none takes what is written
	return f
}

// lingering is a context to write a report in: also after a signal, since what was measured
// is to be written, but who does not read it is then waited for no longer than elsewhere.
func lingering(ctx context.Context) (context.Context, context.CancelFunc) {
	return grace.Outlasting(ctx, ctx, stalled)
}
