//go:build race

package merge_test

const (
	raceEnabled  = true
	shardsOfSize = 20

	simulatedRuns = 3
)
