// Package certs creates the certificates of the simulated balancer, valid and
// invalid ones, in memory and within milliseconds.
//
// An [Authority] is a root CA with intermediate CAs. [Authority.Leaf] issues the
// certificate chain of a listener: a valid one, or one with exactly one defect
// ([Kind]). Clients trust [Authority.RootPEM].
//
// Keys are ECDSA P-256 but for one kind, generated for each Authority and never
// written to a file here. [Authority.Client] issues a certificate for a client, too.
// Revocation is not supported.
package certs
