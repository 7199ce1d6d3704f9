// Package run measures: it turns a scenario into observations and those into a
// result. [Run] scouts, settles and takes looks until the judges ask for no
// more, or carries out the stages of a load; [Certificates] only shakes hands;
// [CheckGuards] says beforehand what a production service should not be asked
// without its owner's word, and [CheckPreflight] what this machine cannot carry.
//
// It dials nothing itself: the caller hands in an [OpenFunc], so the same loop
// runs against a cluster, a simulation, or a fake under a clock that stands still.
//
// What it refuses to do: it has no opinion on what it sees (package judge has),
// it never retries, it opens no session after a breaker has tripped, and it
// returns only when everything that it started has ended.
package run
