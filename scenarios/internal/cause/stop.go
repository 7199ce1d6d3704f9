package cause

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// OfStop says why no session got in at all; false where the run does not tell more
// than the failure that stopped it. A cause with the place [PlaceThreads] was
// measured, on the coordinators' own pages; any other is a suggestion.
func OfStop(e scenarios.Measured) (Cause, bool) {
	if e.Stopped == nil || e.Stopped.By != scenarios.StopScout {
		return Cause{}, false
	}
	for _, why := range stops {
		if c, ok := why(e); ok {
			return c, true
		}
	}
	return Cause{}, false
}

// stops is the table of why nobody got in, the surest first.
var stops = []func(scenarios.Measured) (Cause, bool){allThreadsInUse, closedInSilence}

// allThreadsInUse: logins got no answer, and the pages say why.
func allThreadsInUse(e scenarios.Measured) (Cause, bool) {
	t := ThreadsOf(e)
	if !t.Full() || !e.Stopped.Class.IsTimeout() || e.Stopped.Class.Phase <= scenarios.PhaseTCP {
		return Cause{}, false
	}
	return Cause{Place: PlaceThreads, Says: t.sentence(), Subject: t.subject(), Fix: t.fixes()}, true
}

// closedInSilence: every attempt was closed after one and the same time without an
// answer, longer than a peer takes that refuses.
func closedInSilence(e scenarios.Measured) (Cause, bool) {
	if len(e.Scouts) == 0 {
		return Cause{}, false
	}
	closed := func(s scenarios.Scout) bool {
		return s.Class.Phase > scenarios.PhaseTCP && (s.Class.IsEOF() || s.Class.IsReset())
	}
	shortest, longest := e.Scouts[0].Waited, e.Scouts[0].Waited
	for _, s := range e.Scouts {
		shortest, longest = min(shortest, s.Waited), max(longest, s.Waited)
	}
	if slices.ContainsFunc(e.Scouts, func(s scenarios.Scout) bool { return !closed(s) }) || !oneSilence(shortest, longest) {
		return Cause{}, false
	}
	return Cause{Reason: ReasonTimeLimit, Says: timeLimitText(shortest), Fix: timeLimitFix(shortest)}, true
}
