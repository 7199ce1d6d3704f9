//go:build race

package main

// testsAtOnce is less under the race detector, which takes the time of several tests for
// one: more of them would stretch times that runs measure.
const testsAtOnce = 6

// gcPercent is less under the race detector, which takes the memory of several heaps for one.
const gcPercent = 150
