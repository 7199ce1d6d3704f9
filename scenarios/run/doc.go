// Package run measures: it turns a scenario into observations and those into a
// result. [Run] opens a first session alone (the scout), waits for the service to
// settle and takes looks until the judges ask for no more, or does what the
// scenario's kind says; [Certificates] stops after each node's handshake. Package
// limits says beforehand what a production service should not be asked and what
// this machine cannot carry.
//
// It dials nothing itself: the caller hands in an [OpenFunc], so the same loop
// runs against a cluster, a simulation, or a fake under a clock that stands still.
// Package lbcheck hands in the client of this module.
//
// What it refuses to do: it has no opinion on what it sees (package judge has),
// it never retries, it opens no session after a breaker has tripped, and it
// returns only when everything that it started has ended.
package run
