package scenarios

import "time"

// PhaseStats is how long each phase took, over the sessions that finished it.
// The zero value is empty and ready to use. Memory does not grow with sessions.
type PhaseStats struct{ times [NumPhases]Times }

// Record adds the phases of a session that it went through: a time of 0 is a
// phase that it did not have or did not finish.
func (p *PhaseStats) Record(phases [NumPhases]time.Duration) {
	for i, d := range phases {
		if d > 0 {
			p.times[i].Record(d)
		}
	}
}

// Merge adds all that other has recorded.
func (p *PhaseStats) Merge(other PhaseStats) {
	for i, t := range other.times {
		p.times[i].Merge(t)
	}
}

// Clone returns a copy that shares nothing.
func (p PhaseStats) Clone() PhaseStats {
	var out PhaseStats
	out.Merge(p)
	return out
}

// Times is all that is known of one phase.
func (p PhaseStats) Times(phase Phase) Times { return p.times[phase] }

// Count is how many sessions finished the phase.
func (p PhaseStats) Count(phase Phase) int { return p.times[phase].Count() }

// Quantile is the time that a share q (0 to 1) of the sessions did not exceed;
// 0 where nothing was recorded, which is not a measurement: see Count.
func (p PhaseStats) Quantile(phase Phase, q float64) time.Duration {
	return p.times[phase].Quantile(q)
}

// Max is the longest time recorded; 0 where nothing was.
func (p PhaseStats) Max(phase Phase) time.Duration { return p.times[phase].Max() }
