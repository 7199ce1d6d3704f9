// Package s3log reads the objects of an S3 bucket that hold a load balancer's log of some
// time, as the load balancer put them there: it lists a prefix, leaves out what is of
// another time, and opens the rest one after the other.
//
// What it calls is in [Policy]. Lists and the number of objects are bounded, and every call
// has the limits of internal/provision.
package s3log
