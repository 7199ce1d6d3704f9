package hs2client_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// tamper changes what a server sends: it is given the number of the call, from
// 0, and its reply, and sends what it likes. false ends the connection.
type tamper func(call int, reply []byte, conn net.Conn) bool

// tampered serves c on NOSASL Thrift with each reply in the hands of change.
func (c *coordinator) tampered(change tamper) func(net.Conn) {
	return func(conn net.Conn) {
		p := hs2.NewImpalaHiveServer2ServiceProcessor(c)
		in := thrift.NewTBinaryProtocolConf(thrift.NewStreamTransportR(conn), nil)
		for call := 0; ; call++ {
			reply := thrift.NewTMemoryBuffer()
			out := thrift.NewTBinaryProtocolConf(reply, nil)
			if ok, err := p.Process(context.Background(), in, out); !ok && reply.Len() == 0 || err != nil && reply.Len() == 0 {
				return
			}
			if !change(call, reply.Bytes(), conn) {
				return
			}
		}
	}
}

// intact sends the reply as it is.
func intact(reply []byte, conn net.Conn) bool {
	_, err := conn.Write(reply)
	return err == nil
}

// message is a Thrift message by hand.
func message(kind thrift.TMessageType, method string, seq int32, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, 0x80010000|uint32(kind))
	b = binary.BigEndian.AppendUint32(b, uint32(len(method)))
	b = append(b, method...)
	b = binary.BigEndian.AppendUint32(b, uint32(seq))
	return append(b, body...)
}

// inFrames cuts bytes into SASL frames of n bytes, with empty ones between.
func inFrames(b []byte, n int) []byte {
	var out []byte
	for len(b) > 0 {
		out = saslframe.AppendFrame(out, b[:min(n, len(b))])
		out = saslframe.AppendFrame(out, nil)
		b = b[min(n, len(b)):]
	}
	return bytes.TrimSuffix(out, []byte{0, 0, 0, 0})
}
