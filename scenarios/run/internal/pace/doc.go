// Package pace says when sessions start: when each is due, as pure functions of
// its number, and when there is a slot for it. It starts nothing itself.
package pace
