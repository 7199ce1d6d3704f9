// Package host says what this machine offers a run and what the run takes of it.
// Where a system does not tell, the answer is 0.
package host
