package scenarios

// The exit codes that a result has by itself. A process has further ones: a
// signal, a report that could not be written, an internal error.
const (
	ExitPass         = 0
	ExitFail         = 1
	ExitUsage        = 2 // refused by a guard rail: nothing was sent
	ExitInconclusive = 3
	ExitUnmeasured   = 4 // no certificate, no connection, no login anywhere
)

// ExitCode follows from the verdict, from why the run stopped, and from what the
// scenario makes of an inconclusive run.
func (r Result) ExitCode() int {
	if s := r.Stopped; s != nil {
		switch {
		case s.By == StopGuard:
			return ExitUsage
		case s.By == StopScout && r.Verdict != Fail: // a bad certificate was measured
			return ExitUnmeasured
		}
	}
	switch {
	case r.Verdict == Pass:
		return ExitPass
	case r.Verdict == Fail:
		return ExitFail
	case r.Scenario.Inconclusive == InconclusivePass:
		return ExitPass
	case r.Scenario.Inconclusive == InconclusiveFail:
		return ExitFail
	}
	return ExitInconclusive
}

// Signalled reports whether a signal ended the run: the exit code that the
// process then has, 128 and the signal's number, outweighs the verdict's.
func (r Result) Signalled() bool {
	const none, last = 128, 128 + 64
	return r.Stopped != nil && r.Stopped.By == StopInterrupted && r.Exit > none && r.Exit <= last
}
