// Package stopped tells a process that was stopped (by Ctrl-Z, or with the machine that it
// runs on) from one that is busy: it notices a time later. What arrived meanwhile nobody has
// read, which is not the fault of who sent it.
package stopped

import "time"

const (
	noticedLate = 100 * time.Millisecond // a process that is merely busy notices a time sooner
	most        = 2 * time.Second        // time enough to read what has arrived
)

// By is how much more time what should have come until then is to have, from now on: as much
// as it is late, but at most two seconds; 0 where the process was not stopped.
func By(until time.Time) time.Duration {
	late := time.Since(until)
	if late < noticedLate {
		return 0
	}
	return min(late, most)
}
