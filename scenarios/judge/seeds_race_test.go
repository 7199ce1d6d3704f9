//go:build race

package judge

// seeds is smaller under the race detector: it watches for races there, not
// for figures.
const seeds = 20
