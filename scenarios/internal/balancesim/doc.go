// Package balancesim is test support: simulated balancers, healthy and at fault, and
// runs against them without sockets, time or threads. A run is evidence as a real one
// leaves it, look by look as long as its judges ask for one.
//
// A balancer is a function from a session to the coordinator that it gets, made anew
// for every run from a source of random numbers, so a run is one seed.
package balancesim
