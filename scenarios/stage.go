package scenarios

import (
	"math"
	"time"
)

// Lasts is how long the stage takes, at load.rate's pace: a ramp, or the time
// to open what is to be held, comes before For. Sessions may outlive it.
func (st Stage) Lasts(pace Rate) time.Duration {
	d := time.Duration(st.Ramp) + time.Duration(st.For)
	if st.Hold > 0 && pace > 0 {
		d += time.Duration(float64(st.Hold) / float64(pace) * float64(time.Second))
	}
	return d
}

// Sessions is how many the stage has; from is the rate at which a ramp starts. It
// is 0 for a closed stage, where the number is not known in advance.
func (st Stage) Sessions(from Rate) int {
	if st.Rate <= 0 {
		return st.Hold
	}
	ramp, rest := time.Duration(st.Ramp).Seconds(), time.Duration(st.For).Seconds()
	n := float64(from+st.Rate)/2*ramp + float64(st.Rate)*rest
	return int(math.Ceil(n - 1e-6))
}

// WatchArrivals is how many new sessions a watch has, beside those that stay open.
func (s Scenario) WatchArrivals() int {
	return Stage{Rate: s.Load.Rate, For: s.Watch.For}.Sessions(0)
}

// StagesTake sums up all stages: how long they last, and how many sessions they
// have, without those of closed stages.
func (l LoadConfig) StagesTake() (lasts time.Duration, sessions int) {
	var from Rate
	for _, st := range l.Stages {
		lasts += st.Lasts(l.Rate)
		sessions += st.Sessions(from)
		from = st.Rate
	}
	return lasts, sessions
}
