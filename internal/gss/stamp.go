package gss

import (
	"sync/atomic"
	"time"
)

// lastStamp is the microsecond of the last authenticator of this process.
var lastStamp atomic.Int64

// stamp is the time of an authenticator, in whole seconds and microseconds, and no
// earlier one's: servers that remember authenticators by their time take a second one of
// the same microsecond for a replay. Under a load of more than one in a microsecond, the
// time runs ahead of the clock.
func stamp(now time.Time) (second time.Time, micro int) {
	for {
		last := lastStamp.Load()
		next := max(now.UnixMicro(), last+1)
		if now.UnixMicro() < last-int64(time.Minute/time.Microsecond) {
			next = now.UnixMicro() // the clock was set back, or it is another clock
		}
		if lastStamp.CompareAndSwap(last, next) {
			at := time.UnixMicro(next).UTC()
			return at.Truncate(time.Second), at.Nanosecond() / int(time.Microsecond)
		}
	}
}
