// Package hs2client is a client for Impala coordinators and other HiveServer2
// servers that observes carefully: one session over one connection, with the time
// of each phase, the facts of the certificate and the name of the coordinator that
// answered.
//
// # Tour
//
// [Open] dials [Config.Addr], completes TLS and the SASL login where they are
// configured, opens a session and asks which coordinator answered:
// [Session.Identity]. [Session.Query] runs one statement to its end and returns its
// [Rows]. [Session.Wait] leaves the session idle and reports how it was cut, if so.
// [Session.Close] ends the session and the connection. [Handshake] goes as far
// as the certificate and sends no byte of login or Thrift.
//
// Measurements are written to [Config.Record] during the session, also where it
// fails: how long each [Phase] took, both ends of the connection, and the [Peer]
// behind its certificate. Every failure is an [*Error] with a phase and a [Kind]
// ("open.timeout" is its class); [IsTimeout] and similar functions test for a kind.
// [Error.Hint] lists what to try, as settings of a scenario: it names no flag.
//
// The protocols of Impala's ports are supported: HiveServer2 ([ProtocolHS2], port 21050),
// the same over HTTP and HTTPS ([ProtocolHS2HTTP], port 28000), and [ProtocolBeeswax]
// (port 21000). Over HTTP each call is one POST: [HTTPConfig] says how, [Record.HTTP]
// counts requests and connections, and a session may have several connections.
//
// A login is by password ([Config.Plain]), token ([Config.Bearer]) or Kerberos ticket
// ([Config.Kerberos]). [KerberosLogin.Ticket] gets one for all sessions, before they are
// measured; the server must prove that it holds the key of the service.
//
// # Time and trust
//
// Every phase has one absolute deadline, the earlier of [Config.Timeout] and the
// context's; a server that sends a byte now and then cannot exceed it. Ending
// the context interrupts a blocked call.
// It moves, once and by as much, where this process was stopped until after
// it: an answer that arrived meanwhile is no timeout.
//
// Nothing that a server sends is trusted. Each length is checked against the bytes
// that one reply may have (16 MiB for a part of a result, otherwise 1 MiB).
// Containers have at most 65536 elements and 64 levels, and a result takes at most
// 64 MiB of memory, which counts what decoding adds to its bytes. A [Memory] bounds
// what the replies of all sessions take together. A server's text
// is bounded, and [Error.Error] shows no control character of it. The head of an HTTP
// answer has at most 64 KiB and 256 fields, and a session keeps at most 20 cookies.
//
// A certificate is checked after the handshake, so that it is recorded first. Where
// it is refused, the connection ends there and [Record.Refused] is set. For load, a
// [ChainCache] verifies each distinct chain up to its root once; the other checks
// are made for every connection.
//
// # What it does not do
//
// No retry, no pool, no reconnecting, no TLS resumption, no Happy Eyeballs, no
// TCP keepalive: each of them changes which coordinator is reached, or hides a
// fault. Two things are so because HTTP is: a connection whose end was announced, or
// that failed, is followed by another one for the next call, and a request whose cookie
// was refused is sent once more with its login, as Impala's own clients do. No Kerberos
// ticket is renewed. No database/sql driver. A [Session] is
// for one goroutine at a time. Where a call is interrupted while OpenSession is
// under way, the server may open a session that is never closed: Impala ends it
// after --disconnected_session_timeout (15 minutes).
package hs2client
