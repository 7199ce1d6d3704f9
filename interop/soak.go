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

// The soak: how long, how often to look, and what counts as the beginning, while
// everything that will be needed is being allocated.
const (
	soakDuration = 10 * time.Minute
	soakInterval = 10 * time.Second
	soakWarmUp   = time.Minute
)

// sample is what a process has at a moment.
type sample struct{ memory, descriptors int }

// soak keeps half of the ceiling open for ten minutes, asks each session every
// second and opens ten new ones a second meanwhile. Memory and descriptors of our process
// must stay what they were after the first minute.
func (l *lab) soak(ctx context.Context) (evidence, error) {
	h, err := l.loadHAProxy()
	if err != nil {
		return evidence{}, err
	}
	roomy, err := l.manyThreads()
	if err != nil {
		return evidence{}, err
	}
	address, err := h.find("soak")
	if err != nil {
		return evidence{}, err
	}
	long := len(roomy) * 64 / 2
	var seen []sample
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
				seen = append(seen, s)
			}
			return nil
		}})
	if err != nil {
		return evidence{}, err
	}
	warm := int(soakWarmUp / soakInterval)
	before, after := maxSample(seen[:warm]), maxSample(seen[warm:])
	switch {
	case r.Watch.Errors != 0 || r.Watch.aliveSessions() != long:
		return evidence{}, fmt.Errorf("%d of %d new sessions failed, %d of %d long ones are alive", r.Watch.Errors, r.Watch.Sessions, r.Watch.aliveSessions(), long)
	case after.memory > before.memory*5/4 || after.descriptors > before.descriptors+8:
		return evidence{}, fmt.Errorf("%d KiB and %d descriptors at the most in the first minute, %d KiB and %d later", before.memory, before.descriptors, after.memory, after.descriptors)
	}
	return evidence{numbers: fmt.Sprintf("%d sessions held and %d opened in %s without an error; at the most %d KiB and %d descriptors in the first minute, %d KiB and %d later",
		long, r.Watch.Sessions, soakDuration, before.memory, before.descriptors, after.memory, after.descriptors)}, nil
}

// readSample looks at a process: its resident memory in KiB, and its descriptors.
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
	return sample{}, fmt.Errorf("process %d says nothing of its memory", pid)
}

// maxSample is the greatest of each.
func maxSample(samples []sample) sample {
	var m sample
	for _, s := range samples {
		m = sample{memory: max(m.memory, s.memory), descriptors: max(m.descriptors, s.descriptors)}
	}
	return m
}
