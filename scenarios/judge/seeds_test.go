//go:build !race

package judge

// seeds is how many runs are simulated of each state. The published figures
// belong to this number.
const seeds = 1000
