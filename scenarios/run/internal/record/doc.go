// Package record keeps what a run needs of sessions that ended: tallies, times,
// certificates and how each failed. Its memory grows with coordinators and nodes,
// not with sessions. It has no opinion on what it records; [Breaker] alone says
// when going on would do harm.
package record
