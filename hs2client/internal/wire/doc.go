// Package wire is the part of hs2client below a session: Thrift's binary protocol
// over one connection, with bounds on what a server may make a client allocate.
//
// A [Conn] makes the calls: one write per request, one reply at a time, in SASL
// frames after [Conn.Login], which takes a [Mechanism]: [Plain] or [GSSAPI]. A [Budget]
// bounds each reply, in bytes and in the memory that decoding takes beyond them.
// [OpenSessionResult], [HS2Table] and [SplitRows] read the replies that can be long. [RecordReader] goes below TLS.
// Every failure is an [*Error] with a kind, or an error that [KindOf] classes.
//
// It sets no deadlines and ignores contexts: the owner of the connection handles both.
// It does not know sessions, phases or certificates.
package wire
