//go:build race

package judge

// quickRuns is smaller under the race detector: it watches for races there, not for
// rates.
const quickRuns = 4
