// Package watchstate folds the sessions of a watch into what was seen: for how long
// new sessions failed, which coordinators were not met for a time, and what became
// of sessions that stay open. Its memory does not grow with the length of the watch.
package watchstate
