// Package dn reads distinguished names of certificates, in RFC 4514's form and in
// both of OpenSSL's.
package dn
