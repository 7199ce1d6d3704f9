package main

import (
	"context"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/localfile"
)

// The most that is read of a file, in bytes.
const (
	maxSettings = 1 << 20 // a scenario, an lb.yaml
	maxRoots    = 8 << 20 // the system's own bundle is a quarter of a MiB
)

// patience is how long a file may take to be read, or a command that prints a
// password to end. A person may have to unlock something meanwhile.
const patience = time.Minute

// tooSlow is why a file or a command was given up.
type tooSlow struct{ what string }

func (e tooSlow) Error() string { return fmt.Sprintf("%s within %v", e.what, patience) }

// readFile reads a file that the user named.
func readFile(ctx context.Context, name string, max int64) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, tooSlow{"no end of file"})
	defer cancel()
	return localfile.Read(ctx, name, max)
}

// readSecretFile reads a file that nobody else may know or change.
func readSecretFile(ctx context.Context, name string, max int64) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, tooSlow{"no end of file"})
	defer cancel()
	return localfile.ReadSecret(ctx, name, max)
}
