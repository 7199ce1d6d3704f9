// Package gss is the bytes of the Kerberos mechanism of GSS-API (RFC 4121) that the
// Impala client and the simulated server share: tokens, their protection, the last step
// of SASL GSSAPI (RFC 4752), and SPNEGO (RFC 4178).
//
// A client calls [Initiate] with a [Credential], sends the token and gives the answer
// to [Initiator.Finish], which fails unless the server has proved that it holds the
// service's key. A server gives the token to [Acceptor.Accept] and sends
// [Accepted.Reply]. Both then have a [Context], whose [Context.Wrap] and
// [Context.Unwrap] protect messages; [Layer] is what SASL says in the first two of
// them. [AppendNegotiation] and [ParseNegotiation] put a token into SPNEGO and take it
// out.
//
// It covers two faults of the library below it: [NewKey] makes keys of the right length
// for aes256-sha2, and no two authenticators of a process have the same time.
//
// It opens no socket and reads no file. Of credentials it neither gets nor keeps any.
// Every token is bounded by [MaxToken]. RC4, DES and triple DES are not used to protect
// messages, and a delegated credential is not read.
package gss
