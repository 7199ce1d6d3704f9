package wire

import (
	"bytes"
	"encoding/binary"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// signatures are the first bytes of what answers on a wrong port. The head that is
// compared may be as short as four bytes: a prefix of a signature is enough.
var signatures = []struct {
	prefix string
	heard  vocab.Heard
}{
	{"HTTP/", vocab.HeardHTTP},
	{"<html", vocab.HeardHTTP}, {"<HTML", vocab.HeardHTTP}, {"<!DOCTYPE", vocab.HeardHTTP}, {"<!doctype", vocab.HeardHTTP}, // HTTP/0.9
	{"PROXY ", vocab.HeardProxy},                               // version 1
	{"\r\n\r\n\x00\r\nQUIT\n", vocab.HeardProxy},               // version 2
	{"\x15\x03", vocab.HeardTLS}, {"\x16\x03", vocab.HeardTLS}, // an alert, a handshake
	{"SSH-", vocab.HeardSSH},                             // RFC 4253, section 4.2
	{"220 ", vocab.HeardSMTP}, {"220-", vocab.HeardSMTP}, // RFC 5321, section 4.2; FTP alike
	{"421 ", vocab.HeardSMTP}, {"554 ", vocab.HeardSMTP}, // one that wants no client now
	{"* OK", vocab.HeardIMAP}, {"+OK ", vocab.HeardPOP3}, //
	{"-ERR", vocab.HeardRedis}, {"-DENIED", vocab.HeardRedis}, //
	{"RFB 0", vocab.HeardVNC}, {"AMQP", vocab.HeardAMQP}, //
	{"E\x00\x00\x00", vocab.HeardPostgreSQL}, {"EFATAL", vocab.HeardPostgreSQL}, // an error, of protocol 3 or 2
}

// minHead is the fewest bytes that show anything.
const minHead = 4

// Recognize says what speaks, by the first bytes of its answer: at least four, or
// fewer where no more arrived.
func Recognize(head []byte) vocab.Heard {
	switch {
	case len(head) == 0:
		return vocab.HeardNothing
	case len(head) < minHead:
		return vocab.HeardUnknown
	case isMySQL(head): // its length may look like anything
		return vocab.HeardMySQL
	}
	for _, s := range signatures {
		n := min(len(head), len(s.prefix))
		if bytes.Equal(head[:n], []byte(s.prefix[:n])) {
			return s.heard
		}
	}
	switch {
	case isMessage(head):
		return vocab.HeardThrift
	case isSASL(head):
		return vocab.HeardSASL
	case isHTTP2(head):
		return vocab.HeardHTTP2
	}
	return vocab.HeardUnknown
}

// isSASL reports whether a message of SASL begins so: a status, and the three high
// bytes of a length under 256.
func isSASL(head []byte) bool {
	st := saslframe.Status(head[0])
	return st >= saslframe.StatusStart && st <= saslframe.StatusComplete && bytes.Equal(head[1:minHead], []byte{0, 0, 0})
}

// isHTTP2 reports whether an HTTP/2 server's first frame begins so (RFC 9113, section
// 4.1): SETTINGS, or GOAWAY to who spoke otherwise, on stream 0.
func isHTTP2(head []byte) bool {
	const settings, goAway, frameHeader = 4, 7, 9
	return len(head) >= frameHeader && head[0] == 0 && (head[3] == settings || head[3] == goAway) && binary.BigEndian.Uint32(head[5:]) == 0
}

// isMySQL reports whether a MySQL server's greeting begins so: a length, the number 0,
// and the version 10 of the protocol or an error.
func isMySQL(head []byte) bool {
	const version, failed = 10, 0xff
	return len(head) > minHead && head[0] > 0 && head[2] == 0 && head[3] == 0 && (head[4] == version || head[4] == failed)
}

// Sniff classes an answer by its first bytes, where another was expected.
// KindGarbage is an unknown protocol.
func Sniff(head []byte) vocab.Kind {
	heard := Recognize(head)
	if heard == vocab.HeardThrift {
		return vocab.KindGarbage // a message where none may begin
	}
	return heard.Kind()
}
