// Package compare tells how one run differs from an earlier one: shares, failed
// sessions, the percentiles of each phase with an interval, capacity. It holds a run
// against limits on what may be worse than before, and makes the findings of that. It is
// pure, as judging is: no clock, no network. It compares no runs of different kinds, for
// their figures mean different things.
package compare
