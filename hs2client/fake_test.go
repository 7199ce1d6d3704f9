package hs2client_test

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// serve is peertest.Serve.
func serve(t testing.TB, handle func(net.Conn)) string {
	t.Helper()
	return peertest.Serve(t, handle)
}

// closedPort is an address at which nobody listens.
func closedPort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// coordinator is a simulated server in a struct: what it answers, and what it
// was asked. The zero value is a healthy impalad that says nothing of itself.
type coordinator struct {
	hs2.ImpalaHiveServer2Service // nil: methods not written below panic

	config  map[string]string // of OpenSession
	version *hs2.TProtocolVersion
	web     string         // Ping's address
	columns []*hs2.TColumn // of every statement
	schema  *hs2.TTableSchema
	pages   []*hs2.TFetchResultsResp // of one statement, in place of columns alone
	states  []hs2.TOperationState    // in turn; the last one stays
	open    *hs2.TStatus             // OpenSession's answer, if it is not success
	execute *hs2.TStatus

	mu    sync.Mutex
	calls []string
	user  string
	seen  map[string]string // the configuration that was asked for
	polls int
}

var success = &hs2.TStatus{StatusCode: hs2.TStatusCode_SUCCESS}

func failed(text string) *hs2.TStatus {
	state := "HY000"
	return &hs2.TStatus{StatusCode: hs2.TStatusCode_ERROR, ErrorMessage: &text, SqlState: &state}
}

func id() *hs2.THandleIdentifier {
	return &hs2.THandleIdentifier{GUID: []byte("0123456789abcdef"), Secret: []byte("fedcba9876543210")}
}

func (c *coordinator) note(call string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call)
}

func (c *coordinator) asked() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.calls...)
}

func (c *coordinator) OpenSession(_ context.Context, req *hs2.TOpenSessionReq) (*hs2.TOpenSessionResp, error) {
	c.note("OpenSession")
	c.mu.Lock()
	c.user, c.seen = req.GetUsername(), req.Configuration
	c.mu.Unlock()
	if c.open != nil {
		return &hs2.TOpenSessionResp{Status: c.open, ServerProtocolVersion: hs2.TProtocolVersion_V10}, nil
	}
	r := &hs2.TOpenSessionResp{
		Status: success, ServerProtocolVersion: hs2.TProtocolVersion_V6,
		SessionHandle: &hs2.TSessionHandle{SessionId: id()}, Configuration: c.config,
	}
	if c.version != nil {
		r.ServerProtocolVersion = *c.version
	}
	return r, nil
}

func (c *coordinator) PingImpalaHS2Service(context.Context, *hs2.TPingImpalaHS2ServiceReq) (*hs2.TPingImpalaHS2ServiceResp, error) {
	c.note("Ping")
	version := "impalad version 4.5.0 RELEASE (build abc)"
	return &hs2.TPingImpalaHS2ServiceResp{Status: success, Version: &version, WebserverAddress: &c.web}, nil
}

func (c *coordinator) ExecuteStatement(_ context.Context, req *hs2.TExecuteStatementReq) (*hs2.TExecuteStatementResp, error) {
	c.note("Execute " + req.Statement)
	if c.execute != nil {
		return &hs2.TExecuteStatementResp{Status: c.execute}, nil
	}
	return &hs2.TExecuteStatementResp{Status: success, OperationHandle: &hs2.TOperationHandle{OperationId: id(), HasResultSet: c.columns != nil}}, nil
}

func (c *coordinator) GetOperationStatus(context.Context, *hs2.TGetOperationStatusReq) (*hs2.TGetOperationStatusResp, error) {
	c.note("Status")
	c.mu.Lock()
	defer c.mu.Unlock()
	state := hs2.TOperationState_FINISHED
	if len(c.states) > 0 {
		state = c.states[min(c.polls, len(c.states)-1)]
	}
	c.polls++
	r := &hs2.TGetOperationStatusResp{Status: success, OperationState: &state}
	if state == hs2.TOperationState_ERROR {
		text := "Rejected query from pool default-pool: queue full, limit=200, num_queued=200.\n"
		r.ErrorMessage = &text
	}
	return r, nil
}

func (c *coordinator) GetResultSetMetadata(context.Context, *hs2.TGetResultSetMetadataReq) (*hs2.TGetResultSetMetadataResp, error) {
	c.note("Metadata")
	return &hs2.TGetResultSetMetadataResp{Status: success, Schema: c.schema}, nil
}

func (c *coordinator) FetchResults(context.Context, *hs2.TFetchResultsReq) (*hs2.TFetchResultsResp, error) {
	c.note("Fetch")
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pages) > 0 {
		next := c.pages[0]
		c.pages = c.pages[1:]
		return next, nil
	}
	more := false
	return &hs2.TFetchResultsResp{Status: success, HasMoreRows: &more, Results: &hs2.TRowSet{Rows: []*hs2.TRow{}, Columns: c.columns}}, nil
}

func (c *coordinator) CancelOperation(context.Context, *hs2.TCancelOperationReq) (*hs2.TCancelOperationResp, error) {
	c.note("Cancel")
	return &hs2.TCancelOperationResp{Status: success}, nil
}

func (c *coordinator) CloseOperation(context.Context, *hs2.TCloseOperationReq) (*hs2.TCloseOperationResp, error) {
	c.note("CloseOperation")
	return &hs2.TCloseOperationResp{Status: success}, nil
}

func (c *coordinator) CloseSession(context.Context, *hs2.TCloseSessionReq) (*hs2.TCloseSessionResp, error) {
	c.note("CloseSession")
	return &hs2.TCloseSessionResp{Status: success}, nil
}

// plain serves c as it is, on NOSASL Thrift.
func (c *coordinator) plain(conn net.Conn) {
	answer(hs2.NewImpalaHiveServer2ServiceProcessor(c), thrift.NewStreamTransportRW(conn))
}

// without serves c less the named methods.
func (c *coordinator) without(methods ...string) func(net.Conn) {
	return func(conn net.Conn) {
		p := hs2.NewImpalaHiveServer2ServiceProcessor(c)
		for _, m := range methods {
			delete(p.ProcessorMap(), m)
		}
		answer(p, thrift.NewStreamTransportRW(conn))
	}
}

// secured serves what handle serves, over TLS.
func secured(config *tls.Config, handle func(net.Conn)) func(net.Conn) {
	return func(conn net.Conn) {
		s := tls.Server(conn, config)
		if s.Handshake() == nil {
			handle(s)
		}
		_ = s.Close()
	}
}

// login serves c behind a SASL PLAIN login, as Impala does: a wrong password is
// answered by closing the socket.
func (c *coordinator) login(user, password string) func(net.Conn) {
	return func(conn net.Conn) {
		st, mechanism, err := saslframe.ReadMessage(conn, 1<<10)
		if err != nil || st != saslframe.StatusStart || string(mechanism) != saslframe.MechanismPlain {
			return
		}
		_, response, err := saslframe.ReadMessage(conn, 1<<10)
		if err != nil {
			return
		}
		_, u, p, err := saslframe.ParsePlain(response)
		if err != nil || u != user || p != password {
			return
		}
		if _, err := conn.Write(saslframe.AppendMessage(nil, saslframe.StatusComplete, nil)); err != nil {
			return
		}
		c.framed(conn)
	}
}

// framed answers after a login: in frames.
func (c *coordinator) framed(conn net.Conn) {
	answer(hs2.NewImpalaHiveServer2ServiceProcessor(c), thrift.NewTFramedTransportConf(thrift.NewStreamTransportRW(conn), nil))
}

func answer(p thrift.TProcessor, t thrift.TTransport) {
	proto := thrift.NewTBinaryProtocolConf(thrift.NewTBufferedTransport(t, 4096), nil)
	if _, framed := t.(*thrift.TFramedTransport); framed {
		proto = thrift.NewTBinaryProtocolConf(t, nil)
	}
	for {
		if ok, err := p.Process(context.Background(), proto, proto); !ok || err != nil {
			if _, known := err.(thrift.TApplicationException); !known {
				return
			}
		}
	}
}
