// Package provision builds, compares and removes a load balancer in front of
// Impala's coordinators, and nothing else. What it owns is marked by tags, which
// are its only state: a run that was cut off anywhere is continued by the next.
//
// Everything is a [Change]: reading AWS and comparing it with an
// [lbfile.Spec] yields the changes that are missing, in order, each of them one
// call. Plan shows them, Apply carries them out one after the other and looks
// again, Status tells what differs, and Destroy is the way back.
package provision
