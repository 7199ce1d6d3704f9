// Package merge makes one result of several: of the shards of a run, of repeated runs,
// or of both. What was measured is summed, and the sum is judged by the same judge. It
// reads no file and no clock: the same documents give the same result.
//
// Shards are runs of one scenario that went on at the same time, each with a part of it.
// Their looks at one place are one look, in which every machine keeps an order of its
// own. Repeated runs came one after the other: their looks at one place are one batch,
// in the order of starting. docs/merge.md says how each part is summed, and what is
// refused.
package merge
