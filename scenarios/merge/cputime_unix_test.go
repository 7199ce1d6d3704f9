//go:build unix

package merge_test

import (
	"syscall"
	"testing"
	"time"
)

// cpuTime is how long this process has worked: on a machine that others use, too, the
// time that passes says less.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
