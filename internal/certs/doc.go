// Package certs makes the certificates of the simulated balancer, good and bad,
// in memory and in milliseconds.
//
// An [Authority] is a root and the intermediates below it. [Authority.Leaf]
// issues what a listener presents: a good chain, or one wrong in exactly one
// way ([Kind]). Whoever is to trust the good ones trusts [Authority.RootPEM].
//
// Keys are ECDSA P-256, made afresh each time and never written to a file.
// There is no revocation, no name constraint and no RSA.
package certs
