// Package saslframe holds the bytes of Thrift's SASL framing, which an Impala
// client and a (simulated) server share.
//
// A login is a series of messages, each a status byte, a four-byte big-endian
// length and a payload: [AppendMessage], [ReadMessage]. Once the server has
// said [Complete], whatever Thrift writes travels in frames, each a four-byte
// big-endian length and that many bytes: [AppendFrame], [ReadFrameLength].
// Frames are not aligned with Thrift's messages; a reader treats them as one
// stream. [PlainResponse] and [ParsePlain] are the payload of mechanism PLAIN
// (RFC 4616).
//
// The layout is that of TSaslTransport in Thrift, and of
// be/src/transport/TSaslTransport.cpp in Impala.
//
// The package does no login: it knows no mechanism but the bytes of PLAIN,
// starts no goroutine and sets no deadline. Every length that a peer sends is
// held against a limit which the caller gives.
package saslframe
