//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// The duration of the soak test, the sampling interval, and the time at the start
// during which memory may still grow.
const (
	soakDuration = 10 * time.Minute
	soakInterval = 10 * time.Second
	soakWarmUp   = time.Minute
)

// sample is the resource usage of a process.
type sample struct{ memory, descriptors int }

// soak holds half of the maximum number of sessions for ten minutes, pings each of
// them every second and opens ten new ones per second. The memory and the file
// descriptors of our process must not grow after the first minute.
func (l *lab) soak(ctx context.Context) (evidence, error) {
	_, address, err := l.loadListener("soak")
	if err != nil {
		return evidence{}, err
	}
	coordinators, err := l.manyThreads()
	if err != nil {
		return evidence{}, err
	}
	long := len(coordinators) * 64 / 2
	var samples []sample
	r, err := l.check(ctx, toolRun{name: "soak", limit: soakDuration + time.Minute,
		args: []string{"watch", "--watch-for", soakDuration.String(), "--long", strconv.Itoa(long), "--rate", "10/s", address},
		during: func(ctx context.Context, pid int) error {
			for range int(soakDuration/soakInterval) - 1 {
				if err := sleep(ctx, soakInterval); err != nil {
					return err
				}
				s, err := readSample(pid)
				if err != nil {
					return err
				}
				samples = append(samples, s)
			}
			return nil
		}})
	if err != nil {
		return evidence{}, err
	}
	warmUp := int(soakWarmUp / soakInterval)
	before, after := maxSample(samples[:warmUp]), maxSample(samples[warmUp:])
	switch {
	case r.Watch.Errors != 0 || r.Watch.aliveSessions() != long:
		return evidence{}, fmt.Errorf("%d of %d new sessions failed, %d of %d long ones are alive", r.Watch.Errors, r.Watch.Sessions, r.Watch.aliveSessions(), long)
	case after.memory > before.memory*5/4 || after.descriptors > before.descriptors+8:
		return evidence{}, fmt.Errorf("at most %d KiB and %d descriptors in the first minute, %d KiB and %d later", before.memory, before.descriptors, after.memory, after.descriptors)
	}
	return evidence{numbers: fmt.Sprintf("%d sessions held and %d opened in %s without an error; at most %d KiB and %d descriptors in the first minute, %d KiB and %d later",
		long, r.Watch.Sessions, soakDuration, before.memory, before.descriptors, after.memory, after.descriptors)}, nil
}

// readSample reads the resident memory of a process in KiB and the number of its
// file descriptors.
func readSample(pid int) (sample, error) {
	proc := "/proc/" + strconv.Itoa(pid)
	open, err := os.ReadDir(proc + "/fd")
	if err != nil {
		return sample{}, err
	}
	b, err := os.ReadFile(proc + "/status")
	if err != nil {
		return sample{}, err
	}
	for line := range strings.Lines(string(b)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmRSS:" {
			memory, err := strconv.Atoi(fields[1])
			return sample{memory: memory, descriptors: len(open)}, err
		}
	}
	return sample{}, fmt.Errorf("no VmRSS for process %d", pid)
}

// maxSample returns the maximum of each value.
func maxSample(samples []sample) sample {
	var m sample
	for _, s := range samples {
		m = sample{memory: max(m.memory, s.memory), descriptors: max(m.descriptors, s.descriptors)}
	}
	return m
}
