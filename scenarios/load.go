package scenarios

import "time"

// LoadStats is how well the generator kept the schedule. Without it latencies say
// nothing of a service: a late start is our own fault, or the service's that
// took the place of the session which was due.
type LoadStats struct {
	Login   Times      `json:"login"`           // from when a session was due until it was open: what a user waits
	Lag     Times      `json:"lag"`             // from when it was due until it started; a microsecond where it was on time; closed stages have no schedule
	Owed    Times      `json:"owed"`            // the part of the lag that this machine caused: see Observation.Owed
	Late    int        `json:"late"`            // sessions that started more than LateAfter after they were due
	Dropped int        `json:"dropped"`         // sessions that were due and never started, for want of a free slot
	Cores   float64    `json:"cores"`           // used by this process, on average; 0: not known
	OfCores int        `json:"of_cores"`        // that it may use
	Needs   []Resource `json:"needs,omitempty"` // what the plan takes of this machine
}

// Add counts a session that has ended. Only one that was opened has a login
// time, and only one with a due time can be late.
func (l *LoadStats) Add(o Observation) {
	if o.LoggedIn() {
		l.Login.Record(o.Login())
	}
	if o.Unpaced {
		return
	}
	l.Lag.Record(o.Lag())
	l.Owed.Record(o.Owed)
	if o.Lag() > LateAfter {
		l.Late++
	}
}

// Merge adds the sessions of other; cores and needs stay as they are.
func (l *LoadStats) Merge(other LoadStats) {
	l.Login.Merge(other.Login)
	l.Lag.Merge(other.Lag)
	l.Owed.Merge(other.Owed)
	l.Late += other.Late
	l.Dropped += other.Dropped
}

// LateAfter is the lag from which a session counts as late.
const LateAfter = 50 * time.Millisecond

// Resource is something of this machine that sessions take.
type Resource struct {
	Name string `json:"name"` // "descriptors", "ports", "cores"
	Need int    `json:"need"`
	Have int    `json:"have"` // 0: not known
}

// Short reports whether there is too little of it.
func (r Resource) Short() bool { return r.Have > 0 && r.Need > r.Have }
