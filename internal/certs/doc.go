// Package certs creates the certificates of the simulated balancer, valid and
// invalid ones, in memory and within milliseconds.
//
// An [Authority] is a root CA with intermediate CAs. [Authority.Leaf] issues the
// certificate chain of a listener: a valid one, or one with exactly one defect
// ([Kind]). Clients trust [Authority.RootPEM].
//
// Keys are ECDSA P-256, generated for each Authority and never written to a file.
// Revocation, name constraints and RSA are not supported.
package certs
