package main

import (
	"slices"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/doctor"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
)

// Packets that nobody answers end in time.
func TestDoctor_LeavesABlackhole(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	r, code := examined(t, slices.Concat([]string{peertest.Blackhole(t)}, ldap)...)
	if got := causesOf(r); !slices.Equal(got, []string{"no-answer"}) || code != exitUnmeasured {
		t.Errorf("exit %d, %v", code, got)
	}
	if took := time.Since(begin); took > doctor.Limit {
		t.Errorf("it took %v", took)
	}
}
