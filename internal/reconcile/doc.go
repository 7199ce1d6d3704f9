// Package reconcile joins what a run saw of its sessions with what the balancer's log says
// of its connections, and makes the findings of that.
//
// A [Join] is given the sessions, then each connection of the logs, and keeps those that may
// be ours: by the client's address and port, and the node where the log has it. Then
// [Join.Reconcile] estimates by how much the two clocks differ, and pairs a session with a
// connection where no other fits either of them. A pair that could be another one is counted
// as ambiguous and never chosen. Memory grows with the sessions, not with the logs.
//
// It is pure: no clock, no network, no file.
package reconcile
