package scenarios

import "fmt"

// What bounds the numbers in a result file, so that sums over them stay numbers:
// counts, and times in seconds, which is some thirty years.
const (
	maxCount   = 1 << 40
	maxSeconds = 1e9
)

// maxSilent bounds the nodes without a certificate: a name has a few.
const maxSilent = 1 << 12

// audit remembers the first number of a result that no run can have had. The
// zero value has found none.
type audit struct{ err error }

func (a *audit) counts(where string, ns ...int) {
	for _, n := range ns {
		if n < 0 || n > maxCount {
			a.found(fmt.Errorf("%s: %d is no count", where, n))
		}
	}
}

// may is counts for those that may not be there.
func (a *audit) may(where string, ns ...*int) {
	for _, n := range ns {
		if n != nil {
			a.counts(where, *n)
		}
	}
}

func (a *audit) times(where string, ts ...Seconds) {
	for _, t := range ts {
		if !(t >= 0 && t <= maxSeconds) {
			a.found(fmt.Errorf("%s: %g s is no time of a run", where, float64(t)))
		}
	}
}

// moments is times for those that may not have been.
func (a *audit) moments(where string, ts ...*Seconds) {
	for _, t := range ts {
		if t != nil {
			a.times(where, *t)
		}
	}
}

// factors are numbers of any kind, whole or not.
func (a *audit) factors(where string, fs ...float64) {
	for _, f := range fs {
		if !(f >= 0 && f <= maxCount) {
			a.found(fmt.Errorf("%s: %g is no number of a run", where, f))
		}
	}
}

// length is of a list that a run keeps below most.
func (a *audit) length(where string, n, most int) {
	if n > most {
		a.found(fmt.Errorf("%s: a list of %d, not of %d at most", where, n, most))
	}
}

func (a *audit) found(err error) {
	if a.err == nil {
		a.err = err
	}
}

// check fails on what no run can have stored.
func (r Result) check() error {
	if err := r.bounded(); err != nil {
		return err
	}
	if err := r.contradiction(); err != nil {
		return err
	}
	return r.conserved()
}

// bounded fails on a number that no run can have had.
func (r Result) bounded() error {
	var a audit
	s := r.Sessions
	a.counts("sessions", s.Attempted, s.OK, s.Failed, s.Unknown, s.LeftOpen, s.Scout, s.Settle, s.Refused)
	for _, c := range r.Coords {
		a.counts("coordinators", c.Sessions, c.Failed, c.Restarts)
	}
	for _, n := range r.Nodes {
		a.counts("nodes", n.Sessions, n.Failed, n.Unattributed)
		for _, c := range n.Coordinators {
			a.counts("nodes", c)
		}
	}
	for _, l := range r.Looks {
		a.look(l)
	}
	a.errors("errors", r.Errors)
	a.length("silent_nodes", len(r.Silent), maxSilent)
	for _, c := range r.TLS {
		a.counts("tls", c.Sessions)
	}
	if r.Detect != nil {
		a.counts("detectable", r.Detect.Sessions)
	}
	a.parts(r)
	return a.err
}

func (a *audit) look(l Look) {
	a.counts("looks", l.Planned, l.Refused)
	for _, t := range []Tally{l.Tally, l.Burst} {
		for _, c := range t {
			a.counts("looks", c.OK, c.Failed, c.Unknown)
		}
	}
	for _, o := range l.Orders {
		a.counts("looks", o.Lag...)
		for _, c := range o.Counts {
			a.counts("looks", c)
		}
	}
	a.errors("looks", l.Errors)
}

func (a *audit) errors(where string, groups []ErrorGroup) {
	for _, e := range groups {
		a.counts(where, e.Count)
	}
}
