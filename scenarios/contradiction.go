package scenarios

import "fmt"

// contradiction fails where one part of a result denies another: nobody could
// say which of them to believe.
func (r Result) contradiction() error {
	switch due := VerdictOf(r.Findings); {
	case r.Verdict == Pass && len(r.Findings) == 0:
		return fmt.Errorf("the verdict is pass, and there is no finding")
	case r.Verdict != due:
		return fmt.Errorf("the verdict is %s, and the findings amount to %s", r.Verdict, due)
	case r.Complete && r.Stopped != nil:
		return fmt.Errorf("complete is true, and the run was stopped (%.100q)", r.Stopped.By)
	case r.Verdict == Pass && !r.Complete:
		return fmt.Errorf("the verdict is pass, and the run is not complete")
	case r.Exit < 0 || r.Exit > 255: // the system keeps the last byte alone: 256 would be a pass
		return fmt.Errorf("exit %d is no exit code", r.Exit)
	case r.Exit != r.ExitCode() && !r.Signalled():
		return fmt.Errorf("exit is %d, and the verdict, %s, has exit code %d", r.Exit, r.Verdict, r.ExitCode())
	}
	return nil
}
