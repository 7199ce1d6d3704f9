// Package lbfile is lb.yaml: the description of the desired load balancer. It is
// decoded strictly and validated offline, before any call to AWS.
package lbfile
