package main

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
)

// blackhole is an address whose packets nobody answers.
func blackhole(t *testing.T) string { return peertest.Blackhole(t) }
