//go:build noaws

package main

import (
	"context"
	"fmt"
	"time"
)

func bucketLogs(_ context.Context, name string, _, _ time.Time) ([]logFile, error) {
	return nil, fmt.Errorf("%s: %w", name, errWithoutAWS)
}

func bucketPolicy(context.Context, env, []string) error { return errWithoutAWS }
