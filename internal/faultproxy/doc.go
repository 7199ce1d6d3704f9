// Package faultproxy stands between AWS's clients and an AWS, simulated or not,
// and fails calls by their number: the third, the second write, everything from
// the fifth on.
//
//	proxy, err := faultproxy.New(sim.URL())
//	defer proxy.Close()
//	proxy.FailWriteAt(2, faultproxy.CutAfter) // the second write is done, and its answer is lost
//	proxy.CutFrom(9)                          // and from the ninth call on the process is as good as dead
//
// A call that fails is answered in its service's own words, so that the SDK takes
// it for what it stands for: EC2, Elastic Load Balancing, Certificate Manager, S3
// and STS, by the signature's scope. Every call has a connection of its own, so
// no HTTP client repeats by itself a request that was cut. The proxy repeats
// nothing either, delays nothing, and changes no answer.
//
// What is a write is told by the operation's name (not Describe, List, Get or
// Head), for S3 by the method; a DryRun is none.
package faultproxy
