// Package exporter serves the results of scenarios to Prometheus, by the pattern of its
// blackbox exporter: a scrape names a target, and which targets there are, where they
// are and how to log in there says a file of the exporter's own.
//
// [Parse] reads that file, [New] makes an [Exporter] of it, whose [Exporter.Handler]
// answers scrapes and whose [Exporter.Run] reads the file again where it changes, and
// ends what goes on.
//
// A scrape never waits for a run. It is answered with the last result and its age, and
// starts a run where that is too old. A target has one run at a time, all of them
// together a bounded number.
//
// What it refuses to do: it connects to no host that a request names; a target that the
// file does not name is not found. It does not send a login again that was rejected,
// for whichever target, until its secret has changed, and no login twice at once that
// nobody has accepted yet. It starts no command of a scenario. Of a result it keeps
// the metrics alone, whose number is bounded.
package exporter
