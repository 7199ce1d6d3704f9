//go:build !race

package merge_test

const (
	fieldStep     = 1
	raceEnabled   = false
	shardsOfSize  = 1000
	sessionsEach  = 1_000_000
	simulatedRuns = 40
	splitStep     = 1 // between the numbers of shards that are tried
)
