// Package cause says what the failures of a run show: where and when sessions failed,
// and why. Its tables of patterns are the only place that decides that, for every
// kind of scenario; each pattern is a condition on the evidence, a clause, and what to
// try. A theory that the run has refuted is suggested by none: where other sessions
// got in with the same settings, it is not the settings.
package cause
