//go:build linux

package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// turn is what one client did in its turn, and what it took.
type turn struct {
	Sessions int           `json:"sessions"`
	Errors   int           `json:"errors,omitempty"`
	First    string        `json:"first_error,omitempty"`
	Wall     time.Duration `json:"wall_ns"`
	User     time.Duration `json:"user_ns"`
	System   time.Duration `json:"system_ns"`
	Bytes    uint64        `json:"bytes"`   // allocated; 0: not known (Python)
	Mallocs  uint64        `json:"mallocs"` // likewise
	PeakKB   int64         `json:"peak_kb"` // resident
}

// meter is what a process had used when it was read.
type meter struct {
	at            time.Time
	user, system  time.Duration
	bytes, allocs uint64
}

// read reads the meter of this process.
func read() meter {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for oneself
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return meter{time.Now(), span(u.Utime), span(u.Stime), m.TotalAlloc, m.Mallocs}
}

func span(t syscall.Timeval) time.Duration { return time.Duration(t.Nano()) }

// since is the difference to an earlier reading.
func (m meter) since(then meter) turn {
	return turn{
		Wall: m.at.Sub(then.at), User: m.user - then.user, System: m.system - then.system,
		Bytes: m.bytes - then.bytes, Mallocs: m.allocs - then.allocs, PeakKB: status("self", "VmHWM"),
	}
}

// settledKB is this process's resident memory once everything that can be given
// back has been.
func settledKB() int64 {
	debug.FreeOSMemory()
	return status("self", "VmRSS")
}

// status is a size in KiB from a process's status file; 0: not to be had.
func status(pid, field string) int64 {
	b, _ := os.ReadFile("/proc/" + pid + "/status")
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n
		}
	}
	return 0
}

// cpuOf is the processor time of another process, in steps of 10 ms: clock ticks
// are 100 a second on Linux.
func cpuOf(pid int) (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseStat(string(b))
}

// parseStat reads utime and stime, the 14th and 15th word; the second one is in
// brackets and may have blanks.
func parseStat(line string) (time.Duration, error) {
	_, rest, ok := strings.Cut(line[strings.LastIndexByte(line, ')')+1:], " ")
	words := strings.Fields(rest)
	if !ok || len(words) < 13 {
		return 0, fmt.Errorf("stat of a process reads %q", line)
	}
	user, err := strconv.ParseInt(words[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(words[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond, err
}
