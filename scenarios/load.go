package scenarios

import "time"

// LoadStats is how the generator kept its promises. Without it latencies say
// nothing of a service: a late start is our own fault, or the service's that
// took the place of the session which was due.
type LoadStats struct {
	Login   Times      `json:"login"`           // from when a session was due until it was open: what a user waits
	Lag     Times      `json:"lag"`             // from when it was due until it started; of those that were on time: a microsecond
	Owed    Times      `json:"owed"`            // of the lag, what the generator owes: see Observation.Owed
	Late    int        `json:"late"`            // sessions that started more than LateAfter after they were due
	Dropped int        `json:"dropped"`         // sessions that were due and never started, for want of a free slot
	Cores   float64    `json:"cores"`           // used by this process, on average; 0: not known
	OfCores int        `json:"of_cores"`        // that it may use
	Needs   []Resource `json:"needs,omitempty"` // what the plan takes of this machine
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

// Series is a run second by second, in constant memory: where it would hold
// more than MaxPoints, two neighbours become one and the width doubles. The zero value
// is empty and ready to use, with points of a second.
type Series struct {
	Width  Seconds `json:"width_s"` // of a point; 0: a second
	Points []Point `json:"points"`  // from the run's beginning on
}

// MaxPoints bounds a series.
const MaxPoints = 600

// Point is what happened in one stretch of a series. Sessions count where they
// started, times where the session started, Held at the stretch's end.
type Point struct {
	Started  int     `json:"started"`
	OK       int     `json:"ok"`
	Failed   int     `json:"failed"`
	Held     int     `json:"held"`
	LoginMax Seconds `json:"login_max_s"`
	LagMax   Seconds `json:"lag_max_s"`
}

// Seconds is a time as result files hold it.
type Seconds float64

// SecondsOf converts, to the microsecond.
func SecondsOf(d time.Duration) Seconds { return Seconds(d.Round(time.Microsecond).Seconds()) }

// Duration converts back.
func (s Seconds) Duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }

// TagTimes is one phase, or a login, of the sessions that share a tag: what
// thresholds such as session.open{coordinator=*} need.
type TagTimes struct {
	Metric string `json:"metric"` // "session.open", "session.login", "session.lag", "query"
	Tag    string `json:"tag"`    // "coordinator" or "node"
	Value  string `json:"value"`
	Times  Times  `json:"times"`
}
