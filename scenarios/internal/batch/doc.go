// Package batch is the evidence as judges read it: looks pooled into the batches
// that are judged, the set of expected coordinators with the names that were seen
// matched to it, and whether those names tell coordinators apart.
package batch
