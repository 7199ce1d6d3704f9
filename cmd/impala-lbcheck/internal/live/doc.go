// Package live shows a run on a terminal while it goes on: what it does, how many
// sessions ended, at which rate, how many failed, how much time is left, and who answered.
//
// A [View] is told of events and sessions, and draws by itself, some times a second. What
// it draws is a pure function of what it was told and of the terminal's width. Lines about
// steps of the run go above it and stay.
//
// It is for terminals alone: it moves the cursor.
package live
