// Package balancerlog reads the logs that load balancers write of their connections:
// Classic and network load balancers of AWS, VPC flow logs, HAProxy, nginx and Envoy.
//
// [Read] reads one log, line by line, and hands a [Sink] a [Record] for each line that
// tells of a connection. It detects the format by the first lines, or is told it. Memory does not
// grow with the log. What a log says is untrusted text: lines, names and counts are
// bounded, and nothing of it is interpreted.
//
// It opens no file, and it does not know which connections are ours.
package balancerlog
