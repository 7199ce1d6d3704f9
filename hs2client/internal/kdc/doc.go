// Package kdc gets Kerberos tickets for hs2client: from a credential cache, or from a
// KDC with a password or the keys of a keytab.
//
// [Client.Ticket] is all of it: the cache's own ticket for the service where it has one,
// or a ticket granting ticket and then one for the service. Messages go over UDP and TCP
// to the servers that krb5.conf or the DNS name, one after the other, and every wait
// ends with its context. Failures are [*Error], with the KDC's clock where it told it.
//
// It starts no goroutine and keeps nothing: no ticket is renewed. Names are never
// canonicalised. Every length that a KDC sends is bounded, and so is the work that it may
// ask of a password. It knows no PKINIT, no FAST and no referrals.
package kdc
