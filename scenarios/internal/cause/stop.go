package cause

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// OfStop says why no session got in at all; false where the run does not tell more
// than the failure that stopped it.
func OfStop(e scenarios.Measured) (Cause, bool) {
	if e.Stopped == nil || e.Stopped.By != scenarios.StopScout {
		return Cause{}, false
	}
	if t := ThreadsOf(e); t.Full() && e.Stopped.Class.IsTimeout() && e.Stopped.Class.Phase > scenarios.PhaseTCP {
		return Cause{Place: PlaceThreads, Says: t.sentence(), Subject: t.subject(), Fix: t.fixes()}, true
	}
	return Cause{}, false
}
