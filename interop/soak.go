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
	soakTime   = 10 * time.Minute
	soakEvery  = 10 * time.Second
	soakWarmUp = time.Minute
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
	roomy, err := l.roomy()
	if err != nil {
		return evidence{}, err
	}
	address, err := h.find("soak")
	if err != nil {
		return evidence{}, err
	}
	long := len(roomy) * 64 / 2
	var seen []sample
	r, err := l.try(ctx, trial{name: "soak", limit: soakTime + time.Minute,
		args: []string{"watch", "--watch-for", soakTime.String(), "--long", strconv.Itoa(long), "--rate", "10/s", address},
		during: func(ctx context.Context, pid int) error {
			for range int(soakTime/soakEvery) - 1 {
				if err := pause(ctx, soakEvery); err != nil {
					return err
				}
				s, err := sampleOf(pid)
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
	warm := int(soakWarmUp / soakEvery)
	before, after := most(seen[:warm]), most(seen[warm:])
	switch {
	case r.Watch.Errors != 0 || r.Watch.alive() != long:
		return evidence{}, fmt.Errorf("%d of %d new sessions failed, %d of %d long ones are alive", r.Watch.Errors, r.Watch.Sessions, r.Watch.alive(), long)
	case after.memory > before.memory*5/4 || after.descriptors > before.descriptors+8:
		return evidence{}, fmt.Errorf("%d KiB and %d descriptors at the most in the first minute, %d KiB and %d later", before.memory, before.descriptors, after.memory, after.descriptors)
	}
	return evidence{numbers: fmt.Sprintf("%d sessions held and %d opened in %s without an error; at the most %d KiB and %d descriptors in the first minute, %d KiB and %d later",
		long, r.Watch.Sessions, soakTime, before.memory, before.descriptors, after.memory, after.descriptors)}, nil
}

// sampleOf looks at a process: its resident memory in KiB, and its descriptors.
func sampleOf(pid int) (sample, error) {
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
			return sample{memory, len(open)}, err
		}
	}
	return sample{}, fmt.Errorf("process %d says nothing of its memory", pid)
}

// most is the greatest of each.
func most(samples []sample) sample {
	var m sample
	for _, s := range samples {
		m = sample{max(m.memory, s.memory), max(m.descriptors, s.descriptors)}
	}
	return m
}
