// Package provision builds, compares and removes a load balancer in front of
// Impala's coordinators, and nothing else. Its resources are marked by tags, which
// are its only state: a run that was interrupted anywhere is continued by the next.
//
// Everything is a [Change]: reading AWS and comparing it with an [lbfile.Spec]
// yields the changes to make, in order, each of them one call. [MakePlan] lists
// them, [Apply] makes them one after the other and reads again, [Status] reports
// the differences, and [Destroy] removes everything.
package provision
