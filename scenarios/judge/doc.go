// Package judge says what a run amounts to: evidence in, findings out. It is
// pure: no clock, no network, no log, and whatever chance it needs is seeded by
// the evidence itself, so a stored run can be judged again, with other limits,
// without touching the cluster, and reads the same.
//
// Five judges stand in a slice: errors, tls, who (identity, versions, nodes),
// balance, thresholds. Each turns [Evidence] into findings and may ask for a further look; [All] asks
// every one of them and draws the verdict. The balance rule is one cascade:
// reading.go judges a look (order, reach, coverage, imbalance), course.go goes
// from look to look (confirm, extend), speaker.go puts it into words; docs/statistics.md says why it is as it is.
//
// What judge does not do: it never measures, never decides an exit code, and
// never lets a run without data pass.
package judge
