// Package soak has tests alone: every kind of scenario, over every way in, with faults that
// come and go, in one process for as long as make soak says.
//
// The simulated cluster is a process of its own, so that memory, descriptors and goroutines
// are those of the client. After each round it says what it counted, and the result of the
// round is held against that: what the cluster opened, closed and answered is what the
// report says was opened, closed and answered. Between two rounds the process has as many
// goroutines and descriptors as before the first one.
//
// It is no test of speed: rounds are paced, and the machine may do something else as well.
package soak
