package run

import "time"

// meter measures how much of the machine this process takes.
type meter struct {
	wall time.Time
	cpu  time.Duration
}

// startMeter begins to measure.
func startMeter() meter { return meter{time.Now(), cpuTime()} }

// cores is how many this process has used since, on average; 0 where the system
// does not tell.
func (m meter) cores() float64 {
	wall := time.Since(m.wall)
	if wall <= 0 {
		return 0
	}
	return float64(cpuTime()-m.cpu) / float64(wall)
}
