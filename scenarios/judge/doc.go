// Package judge says what a run amounts to: evidence in, findings out. It is
// pure: no clock, no network, no log, and whatever chance it needs is seeded by
// the evidence itself, so a stored run can be judged again, with other limits,
// without touching the cluster, and reads the same.
//
// A few judges stand in a slice for each kind of scenario (all.go). Each turns
// [Evidence] into findings and may ask for a further look; [Judge] asks every one
// of them and draws the verdict. Balance is one cascade: reading.go judges a look
// (order, reach, coverage, imbalance), course.go goes from look to look (confirm,
// extend), speaker.go puts it into words, uses.go lays the coordinators' own count
// of connections to it; docs/statistics.md says why it is as it is.
//
// Thresholds are the user's limits: metric.go and threshold.go read them,
// refuse.go says at load which cannot be had, samples.go gathers what they are
// held against, thresholds.go holds it. lag.go tells the generator's faults from
// the service's, and everything else believes it.
//
// [Conclude] writes what they say into a result; [Rejudge] judges a stored one once
// more, [RejudgeWith] by the expectations of another scenario. stopped.go lays to it why
// a run ended before its time.
//
// What judge does not do: it never measures, and never lets a run pass without
// data, or one that was not finished.
package judge
