//go:build !race

package merge_test

const (
	raceEnabled  = false
	shardsOfSize = 1000

	simulatedRuns = 40
)
