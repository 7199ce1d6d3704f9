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

// turn is the result of a client's turn.
type turn struct {
	Sessions int           `json:"sessions"`
	Errors   int           `json:"errors,omitempty"`
	First    string        `json:"first_error,omitempty"`
	Wall     time.Duration `json:"wall_ns"`
	User     time.Duration `json:"user_ns"`
	System   time.Duration `json:"system_ns"`
	Bytes    uint64        `json:"bytes"`   // allocated; 0: unknown (Python)
	Mallocs  uint64        `json:"mallocs"` // 0: unknown (Python)
	PeakKB   int64         `json:"peak_kb"` // resident memory
}

// meterReading is the resource usage of a process at a time.
type meterReading struct {
	at            time.Time
	user, system  time.Duration
	bytes, allocs uint64
}

// readMeter reads the resource usage of this process.
func readMeter() meterReading {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for the own process
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return meterReading{at: time.Now(), user: timevalDuration(u.Utime), system: timevalDuration(u.Stime), bytes: m.TotalAlloc, allocs: m.Mallocs}
}

func timevalDuration(t syscall.Timeval) time.Duration { return time.Duration(t.Nano()) }

// since returns the difference to an earlier reading.
func (m meterReading) since(then meterReading) turn {
	return turn{
		Wall: m.at.Sub(then.at), User: m.user - then.user, System: m.system - then.system,
		Bytes: m.bytes - then.bytes, Mallocs: m.allocs - then.allocs, PeakKB: statusKB("self", "VmHWM"),
	}
}

// settledKB returns this process's resident memory after freeing everything that can
// be returned to the system.
func settledKB() int64 {
	debug.FreeOSMemory()
	return statusKB("self", "VmRSS")
}

// statusKB returns a size in KiB from a process's status file; 0: unavailable.
func statusKB(pid, field string) int64 { return sizeKB(pid, "status", field) }

// sizeKB returns a size in KiB from a file of a process; 0: unavailable.
func sizeKB(pid, file, field string) int64 {
	b, _ := os.ReadFile("/proc/" + pid + "/" + file)
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n
		}
	}
	return 0
}

// cpuOf returns the CPU time of another process, in units of 10 ms: Linux has 100
// clock ticks per second.
func cpuOf(pid int) (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseStat(string(b))
}

// parseStat parses utime and stime, the 14th and 15th word. The second word is in
// parentheses and may have spaces.
func parseStat(line string) (time.Duration, error) {
	_, rest, ok := strings.Cut(line[strings.LastIndexByte(line, ')')+1:], " ")
	words := strings.Fields(rest)
	if !ok || len(words) < 13 {
		return 0, fmt.Errorf("unexpected content of a process's stat file: %q", line)
	}
	user, err := strconv.ParseInt(words[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(words[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond, err
}
