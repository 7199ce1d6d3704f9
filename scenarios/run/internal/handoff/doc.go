// Package handoff calls a caller's function on a goroutine of its own, so that
// a function that stalls (a terminal that was stopped, a full disk) does not
// stall its caller.
//
// A [Queue] is bounded. What happens once it is full is up to the caller: [Queue.Put]
// waits for room and loses nothing, [Queue.Offer] never waits and drops.
package handoff
