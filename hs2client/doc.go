// Package hs2client speaks to an Impala coordinator, or to another HiveServer2,
// as a careful observer does: one session over one connection, with the time of
// each phase, the facts of the certificate and the name of whoever answered.
//
// # Tour
//
// [Open] dials [Config.Addr], completes TLS and the SASL login where they are
// asked for, opens a session and asks who answered: [Session.Identity].
// [Session.Query] runs one statement to its end and returns its [Rows].
// [Session.Wait] leaves the session idle and says how it was cut, if it was.
// [Session.Close] ends the session and the connection. [Handshake] goes as far
// as the certificate and sends no byte of login or Thrift.
//
// What a session goes through is written to [Config.Record] as it goes, also
// where it fails: how long each [Phase] took, both ends of the connection, and
// the [Peer] behind its certificate. Every failure is an [*Error] with a phase, a
// [Kind] ("open.timeout" is its class) and, where a likely cause is known, a
// hint in the words of impala-lbcheck's flags. [IsTimeout] and its like ask for a
// kind of failure; the table of them is vocab's.
//
// Both protocols of Impala's binary ports are spoken: HiveServer2 ([HS2], port
// 21050) and [Beeswax] (port 21000).
//
// # Time and trust
//
// Every phase has one absolute deadline, the earlier of [Config.Timeout] and the
// context's; a server that sends a byte now and then cannot outlive it. Ending
// the context interrupts whatever call is blocked.
//
// Nothing a server says is trusted: each length is held against the bytes that
// one reply may have (16 MiB where it is part of a result, else 1 MiB), containers
// to 65536 elements, nesting to 64, a result to 64 MiB of memory as it is decoded,
// and its words are bounded and kept out of terminals ([Error.Error] shows no
// control character).
//
// A certificate is judged after the handshake, so that it is recorded first;
// where it is refused, the connection ends there and [Record.Refused] is set. For
// load, a [ChainCache] follows each distinct chain to its root once; every
// connection is judged all the same.
//
// # What it refuses to do
//
// No retry, no pool, no reconnecting, no TLS resumption, no Happy Eyeballs, no
// TCP keepalive: each of them changes which coordinator is reached, or hides a
// fault. No Kerberos, no HTTP transport, no database/sql driver. A [Session] is
// for one goroutine at a time. Where a call is cut off while OpenSession is on
// its way, a server may open a session that nobody will close: Impala ends it
// after --disconnected_session_timeout (15 minutes).
package hs2client
