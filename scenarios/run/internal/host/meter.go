package host

import "time"

// Meter measures how much of the machine this process takes.
type Meter struct {
	wall time.Time
	cpu  time.Duration
}

// StartMeter begins to measure.
func StartMeter() Meter { return Meter{time.Now(), cpuTime()} }

// Cores is how many cores this process has used since, on average; 0 where the system
// does not tell.
func (m Meter) Cores() float64 {
	wall := time.Since(m.wall)
	if wall <= 0 {
		return 0
	}
	return float64(cpuTime()-m.cpu) / float64(wall)
}
