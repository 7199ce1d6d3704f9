// Package soak has tests alone: every kind of scenario that dials, over every way in, with
// faults that come and go, in one process for as long as make soak says.
//
// The simulated cluster is a process of its own, so that memory, descriptors and goroutines
// are those of the client. After each round it says what it counted, and that is held against
// what was observed, and this against the result of the round: what the cluster opened and
// closed is what the client opened and closed, and what the result counts. Between two rounds
// the process has as many goroutines and descriptors as before the first one.
//
// It is no test of speed: rounds are paced, and the machine may do something else as well.
package soak
