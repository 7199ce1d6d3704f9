// Package faultproxy is a proxy between AWS's clients and an AWS, simulated or not.
// It fails calls by their number: the third, the second write, everything from the
// fifth on.
//
//	proxy, err := faultproxy.New(sim.URL())
//	defer proxy.Close()
//	proxy.FailWriteAt(2, faultproxy.CutAfter) // the second write is done, and its answer is lost
//	proxy.CutFrom(9)                          // and every call from the ninth on is cut
//
// A failed call is answered with its service's error document: EC2, Elastic Load
// Balancing, Certificate Manager, S3 and STS, by the signature's scope. Every call
// has a connection of its own, so that no HTTP client repeats a cut request by
// itself. The proxy does not retry or delay, and changes an answer only where [Proxy.Change]
// says how.
//
// A write is recognized by the operation's name (not Describe, List, Get or Head),
// for S3 by the method; a DryRun is not a write.
package faultproxy
