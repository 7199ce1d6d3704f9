//go:build !race

package judge

// quickRuns is how often the tests simulate a cell of the balance rule.
const quickRuns = 200
