// Package judge says what a run amounts to: evidence in, findings out. It is
// pure: no clock, no network, no log, and whatever chance it needs is seeded by
// the evidence itself, so a stored run can be judged again, with other limits,
// without touching the cluster, and reads the same.
//
// A few judges stand in a slice for each kind of scenario (kinds.go). Each turns
// [scenarios.Measured] into findings and may ask for a further look; [Judge] asks every one
// of them and draws the verdict. Errors, identity, certificates, pages, statements,
// capacities, idle ladders and watches are judged here, each in a file of its name,
// with its words in another where they are many. Balance, thresholds and the
// generator have rooms of their own, which are judges like these.
//
// A finding's message names no flag: what to try is data (scenarios.Fixes), and the
// caller of report says how a setting is written.
//
// [Conclude] writes what they say into a result; [Rejudge] judges a stored one once
// more, [RejudgeWith] by the expectations of another scenario. stopped.go adds to it
// why a run ended before its time.
//
// What judge does not do: it never measures, and never lets a run pass without
// data, or one that was not finished.
package judge
