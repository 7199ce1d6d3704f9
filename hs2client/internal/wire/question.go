package wire

import (
	"encoding/binary"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// Questions are what clients of HTTP, SASL and Thrift say first. Any answer shows who
// speaks, and none of them is a login or opens a session.
func Questions() [][]byte {
	return [][]byte{
		// Impala closes the connection of a GET without an answer (its
		// be/src/transport/THttpServer.cpp), and answers this.
		[]byte("OPTIONS / HTTP/1.0\r\n\r\n"),
		// A mechanism that nobody has is answered at once, where PLAIN would wait for a password.
		saslframe.AppendMessage(nil, saslframe.StatusStart, []byte("PROBE")),
		unknownCall("lbcheckProbe"),
	}
}

// unknownCall is a Thrift call that no server has, and that each answers.
func unknownCall(method string) []byte {
	const call = messageVersion<<16 | 1
	b := binary.BigEndian.AppendUint32(nil, call)
	b = binary.BigEndian.AppendUint32(b, uint32(len(method)))
	b = append(b, method...)
	return append(b, 0, 0, 0, 1, 0) // its number, and no argument
}
