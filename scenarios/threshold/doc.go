// Package threshold is the limits that a user sets on a run, such as
// "session.open: p(99) < 2s".
//
// [Parse] reads one (metric.go, threshold.go). [Check] refuses, before anything is
// sent, what a scenario's runs cannot have data enough for; what that is by kind
// stands in kinds.go. [Wanted] lists the times that a run must record for them.
// [Judge] holds a run against them: samples.go and outcomes.go gather what they are
// held against, judge.go compares.
//
// A failed session has no time: it counts as slower than all that finished. No data
// is a failure, too few samples are a note, and what the generator may have caused
// is never held against the service.
package threshold
