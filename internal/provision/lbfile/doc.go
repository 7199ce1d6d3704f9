// Package lbfile is lb.yaml: the load balancer that somebody wants, on one
// small page. It is decoded strictly and validated offline, before anything is
// asked of AWS.
package lbfile
