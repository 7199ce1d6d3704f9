package main

import (
	"math"
	"runtime/debug"
	"testing"
)

func TestSystemMemory_LeavesTheUsersLimit(t *testing.T) {
	t.Parallel()
	if m := systemMemory([]string{"HOME=/", "GOMEMLIMIT=100MiB"}); m.setLimit != nil || m.replies == nil {
		t.Error("a limit of the user's would be changed")
	}
	if m := systemMemory([]string{"HOME=/"}); m.setLimit == nil || m.replies == nil {
		t.Error("no limit would be set")
	}
	var set []int64
	m := memory{setLimit: func(n int64) int64 { set = append(set, n); return 0 }}
	m.allow(10_000)
	if len(set) != 1 || set[0] != 4*replyMemory+10_000*sessionMemory {
		t.Errorf("limits %v", set)
	}
	before := debug.SetMemoryLimit(-1)
	memory{}.allow(1)
	if debug.SetMemoryLimit(-1) != before {
		t.Error("a limit was set that nobody may set")
	}
}

func TestRepliesWithin(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int64]int{math.MaxInt64: replyMemory, 400 << 20: 100 << 20, 4 * replyMemory: replyMemory} {
		if got := repliesWithin(limit); got != want {
			t.Errorf("%d of %d, want %d", got, limit, want)
		}
	}
}
