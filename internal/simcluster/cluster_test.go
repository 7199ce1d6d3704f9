package simcluster

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start starts a cluster that is closed at the end of the test.
func start(t testing.TB, c Config, faults ...string) *Cluster {
	t.Helper()
	for _, text := range faults {
		f, err := ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		c.Faults = append(c.Faults, f)
	}
	cl, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cl.Close() })
	return cl
}

// testClient is an HS2 client that uses only the generated code.
type testClient struct {
	*hs2.ImpalaHiveServer2ServiceClient
	transport thrift.TTransport
	session   *hs2.TSessionHandle
	opened    *hs2.TOpenSessionResp
}

// soon is how long a test waits for what happens at once, on a machine that stands
// still now and then.
const soon = 20 * time.Second

// dialHS2 connects without TLS or SASL; reads time out.
func dialHS2(node netip.AddrPort) (*testClient, error) {
	config := &thrift.TConfiguration{ConnectTimeout: soon, SocketTimeout: soon}
	socket := thrift.NewTSocketConf(node.String(), config)
	if err := socket.Open(); err != nil {
		return nil, err
	}
	return newTestClient(thrift.NewTBufferedTransport(socket, 4096), config), nil
}

func newTestClient(t thrift.TTransport, config *thrift.TConfiguration) *testClient {
	p := thrift.NewTBinaryProtocolConf(t, config)
	return &testClient{ImpalaHiveServer2ServiceClient: hs2.NewImpalaHiveServer2ServiceClient(thrift.NewTStandardClient(p, p)), transport: t}
}

func (u *testClient) open() error {
	r, err := u.OpenSession(context.Background(), &hs2.TOpenSessionReq{ClientProtocol: hs2.TProtocolVersion_V10})
	if err != nil {
		return err
	}
	if r.Status.StatusCode != hs2.TStatusCode_SUCCESS {
		return fmt.Errorf("OpenSession: %s", r.Status.GetErrorMessage())
	}
	u.session, u.opened = r.SessionHandle, r
	return nil
}

// query runs sql and returns the columns of its result.
func (u *testClient) query(sql string) ([]*hs2.TColumn, error) {
	ctx := context.Background()
	e, err := u.ExecuteStatement(ctx, &hs2.TExecuteStatementReq{SessionHandle: u.session, Statement: sql})
	if err != nil {
		return nil, err
	}
	if e.Status.StatusCode != hs2.TStatusCode_SUCCESS {
		return nil, fmt.Errorf("ExecuteStatement: %s", e.Status.GetErrorMessage())
	}
	f, err := u.FetchResults(ctx, &hs2.TFetchResultsReq{OperationHandle: e.OperationHandle, MaxRows: 1024})
	if err != nil {
		return nil, err
	}
	if f.Status.StatusCode != hs2.TStatusCode_SUCCESS {
		return nil, fmt.Errorf("FetchResults: %s", f.Status.GetErrorMessage())
	}
	c, err := u.CloseOperation(ctx, &hs2.TCloseOperationReq{OperationHandle: e.OperationHandle})
	if err == nil && c.Status.StatusCode != hs2.TStatusCode_SUCCESS {
		err = fmt.Errorf("CloseOperation: %s", c.Status.GetErrorMessage())
	}
	return f.Results.Columns, err
}

func (u *testClient) close() error {
	defer u.transport.Close()
	if u.session == nil {
		return nil
	}
	_, err := u.CloseSession(context.Background(), &hs2.TCloseSessionReq{SessionHandle: u.session})
	return err
}

// visit opens a session, queries the pid and closes the session; it returns
// http_addr and the pid.
func visit(node netip.AddrPort) (coordinator string, pid int32, err error) {
	u, err := dialHS2(node)
	if err != nil {
		return "", 0, err
	}
	defer u.close()
	if err := u.open(); err != nil {
		return "", 0, err
	}
	columns, err := u.query("SELECT pid()")
	if err != nil {
		return "", 0, err
	}
	return u.opened.Configuration["http_addr"], columns[0].I32Val.Values[0], nil
}

// visits makes n visits to a node, each of which must succeed, and returns the
// coordinators.
func visits(t testing.TB, node netip.AddrPort, n int) []string {
	t.Helper()
	var seen []string
	for range n {
		who, _, err := visit(node)
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, who)
	}
	return seen
}

func TestCluster_ReportsIdentity(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Seed: 1})
	who, pid, err := visit(cl.Nodes()[0])
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(cl.Names(), who) {
		t.Errorf("coordinator %q is not one of %v", who, cl.Names())
	}
	if want := cl.PIDs()[who]; !slices.Equal(want, []int32{pid}) {
		t.Errorf("pid %d, want %v", pid, want)
	}
	if s := cl.Stats(); s.SessionsOpened != 1 || s.SessionsClosed != 1 || s.Statements != 1 {
		t.Errorf("stats %+v", s)
	}
}

func TestCluster_RoundRobin(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Balance: BalanceRoundRobin, Coordinators: 3})
	for _, node := range cl.Nodes() {
		if got, want := visits(t, node, 6), append(cl.Names(), cl.Names()...); !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", node, got, want)
		}
	}
}

// newTestClientOver returns a client over an open connection.
func newTestClientOver(conn net.Conn) *testClient {
	config := &thrift.TConfiguration{SocketTimeout: soon}
	return newTestClient(thrift.NewTBufferedTransport(thrift.NewTSocketFromConnConf(conn, config), 4096), config)
}

// framedConn writes SASL frames of at most 100 bytes, so that frames and messages
// are not aligned, and reads frames.
type framedConn struct {
	net.Conn
	in *frameReader
}

func newFramedConn(conn net.Conn) framedConn { return framedConn{conn, &frameReader{in: conn}} }

func (f framedConn) Read(b []byte) (int, error) { return f.in.Read(b) }

func (f framedConn) Write(b []byte) (int, error) {
	for chunk := range slices.Chunk(b, 100) {
		if _, err := f.Conn.Write(saslframe.AppendFrame(nil, chunk)); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// newTestLogger returns a logger that writes every record to w.
func newTestLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
