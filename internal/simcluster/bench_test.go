package simcluster

import (
	"bufio"
	"context"
	"io"
	"net"
	"sync/atomic"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// scriptedConn is a connection whose client makes visits: it opens a session,
// pings, queries the pid, and closes the session. It sends each request after the
// reply to the previous one and takes the handles from the coordinator itself, so
// that only the server is measured.
type scriptedConn struct {
	net.Conn // nil: only Read and Write are used
	c        *coordinator
	visits   int // remaining
	step     int
	pending  []byte
	sent     int64
}

func (v *scriptedConn) Write(b []byte) (int, error) { v.sent += int64(len(b)); return len(b), nil }

func (v *scriptedConn) Read(b []byte) (int, error) {
	if len(v.pending) == 0 {
		if v.pending = v.nextMessage(); v.pending == nil {
			return 0, io.EOF
		}
	}
	n := copy(b, v.pending)
	v.pending = v.pending[n:]
	return n, nil
}

// nextMessage encodes the next request; nil after the last visit.
func (v *scriptedConn) nextMessage() []byte {
	if v.step == 0 && v.visits == 0 {
		return nil
	}
	var session *hs2.TSessionHandle
	var operation *hs2.TOperationHandle
	for _, s := range v.c.sessions {
		session = &hs2.TSessionHandle{SessionId: newIdentifier(s.id, s.secret)}
	}
	for _, o := range v.c.operations {
		operation = &hs2.TOperationHandle{OperationId: newIdentifier(o.id, o.session.secret), HasResultSet: true}
	}
	name, args := "", thrift.TStruct(nil)
	switch v.step {
	case 0:
		v.visits--
		name, args = "OpenSession", &hs2.TCLIServiceOpenSessionArgs{Req: &hs2.TOpenSessionReq{ClientProtocol: hs2.TProtocolVersion_V6}}
	case 1:
		name, args = "PingImpalaHS2Service", &hs2.ImpalaHiveServer2ServicePingImpalaHS2ServiceArgs{Req: &hs2.TPingImpalaHS2ServiceReq{SessionHandle: session}}
	case 2:
		name, args = "ExecuteStatement", &hs2.TCLIServiceExecuteStatementArgs{Req: &hs2.TExecuteStatementReq{SessionHandle: session, Statement: "SELECT pid()"}}
	case 3:
		name, args = "GetOperationStatus", &hs2.TCLIServiceGetOperationStatusArgs{Req: &hs2.TGetOperationStatusReq{OperationHandle: operation}}
	case 4:
		name, args = "GetResultSetMetadata", &hs2.TCLIServiceGetResultSetMetadataArgs{Req: &hs2.TGetResultSetMetadataReq{OperationHandle: operation}}
	case 5:
		name, args = "FetchResults", &hs2.TCLIServiceFetchResultsArgs{Req: &hs2.TFetchResultsReq{OperationHandle: operation, MaxRows: 1024}}
	case 6:
		name, args = "CloseOperation", &hs2.TCLIServiceCloseOperationArgs{Req: &hs2.TCloseOperationReq{OperationHandle: operation}}
	case 7:
		name, args = "CloseSession", &hs2.TCLIServiceCloseSessionArgs{Req: &hs2.TCloseSessionReq{SessionHandle: session}}
	}
	v.step = (v.step + 1) % 8
	buffer := thrift.NewTMemoryBufferLen(256)
	p := thrift.NewTBinaryProtocolConf(buffer, nil)
	ctx := context.Background()
	p.WriteMessageBegin(ctx, name, thrift.CALL, 1)
	args.Write(ctx, p)
	return buffer.Bytes()
}

// BenchmarkVisitInMemory measures a session of eight calls on a coordinator
// without sockets, including the encoding of the requests.
func BenchmarkVisitInMemory(b *testing.B) {
	c, s := newTestCoordinator()
	c.closeSession(s)
	v := &scriptedConn{c: c, visits: b.N}
	l := &link{Conn: v, received: new(atomic.Int64)}
	w := newTransport(l, bufio.NewReaderSize(l, readBuffer), false)
	ctx := context.WithValue(context.Background(), connectionKey{}, &connectionState{transport: w})
	b.ReportAllocs()
	b.ResetTimer()
	c.serveRequests(ctx, w, protocolHS2)
	b.ReportMetric(float64(v.sent)/float64(b.N), "B-sent/op")
	if got := c.closed.Load(); got != int64(b.N)+1 {
		b.Fatalf("%d sessions closed of %d", got, b.N)
	}
}
