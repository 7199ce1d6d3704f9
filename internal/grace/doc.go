// Package grace has contexts that last longer than what they are made of: what was begun
// when a run is told to end may be finished, though not for ever.
package grace
