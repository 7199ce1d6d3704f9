//go:build race

package merge_test

// Under the race detector there are fewer of everything: it watches for races there, not
// for rates, time and memory.
const (
	fieldStep     = 16
	raceEnabled   = true
	shardsOfSize  = 5
	sessionsEach  = 1000
	simulatedRuns = 1
	splitStep     = 5
)
