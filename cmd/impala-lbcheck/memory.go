package main

import (
	"runtime/debug"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
)

// What a run may take of this machine's memory.
const (
	replyMemory   = lbcheck.ReplyMemory
	sessionMemory = 64 << 10 // of an open session, TLS and its observation included
)

// memory bounds what this process takes: the replies of servers by counting them, and
// what the garbage collector leaves lying about.
type memory struct {
	replies  *hs2client.Memory       // nil: each run has its own bound
	setLimit func(bytes int64) int64 // the runtime's limit; nil: it stays as it is
}

// systemMemory is that of the process. A limit that the user gave the runtime, by
// GOMEMLIMIT, stays.
func systemMemory(environ []string) memory {
	given := slices.ContainsFunc(environ, func(v string) bool { return strings.HasPrefix(v, "GOMEMLIMIT=") })
	m := memory{replies: hs2client.NewMemory(repliesWithin(debug.SetMemoryLimit(-1)))} // which only asks
	if !given {
		m.setLimit = debug.SetMemoryLimit
	}
	return m
}

// repliesWithin is what replies may take where the runtime has a limit: a quarter of it
// at most, as it takes that to collect them.
func repliesWithin(limit int64) int { return int(min(replyMemory, limit/4)) }

// allow sets the runtime's limit for a run that has so many sessions open at once: where
// more is taken, the collector works harder, and nothing fails. What replies leave behind
// until then is at most three times what they take.
func (m memory) allow(sessions int) {
	if m.setLimit != nil {
		m.setLimit(4*replyMemory + int64(sessions)*sessionMemory)
	}
}
