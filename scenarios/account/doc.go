// Package account takes from what AWS says of a load balancer what a run through it is
// to expect: how it chooses, how many coordinators stand behind the listener that is
// dialled and which, with which weights, and how many addresses it has. It is pure: it
// reads a [scenarios.Audited] and asks nobody.
//
// What a scenario declares goes before what the account says; where the two contradict
// each other, that is said.
package account
