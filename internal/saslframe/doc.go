// Package saslframe encodes and decodes Thrift's SASL framing, for the Impala
// client and the simulated server.
//
// A login is a sequence of messages, each consisting of a status byte, a
// four-byte big-endian length and a payload: [AppendMessage], [ReadMessage].
// After the server's [StatusComplete] all Thrift data is sent in frames, each
// consisting of a four-byte big-endian length and that many bytes: [AppendFrame],
// [ReadFrameLength]. Frames are not aligned with Thrift messages; a reader treats
// them as one stream. [PlainResponse] and [ParsePlain] encode and decode the
// payload of the mechanism PLAIN (RFC 4616).
//
// The layout is that of TSaslTransport in Thrift, and of
// be/src/transport/TSaslTransport.cpp in Impala.
//
// The package does not run a login, start goroutines or set deadlines. Every
// length from a peer is checked against a limit given by the caller.
package saslframe
