package hs2client

import (
	"context"
	"maps"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// hs2Service is HiveServer2 with Impala's Ping.
type hs2Service struct {
	conn    *connection
	client  *hs2.ImpalaHiveServer2ServiceClient
	session *hs2.TSessionHandle // nil: none

	user    string // "": not sent
	options map[string]string
}

// newHS2 makes a service of HiveServer2. Where a login names the user, OpenSession
// does not.
func newHS2(conn *connection, c *Config) *hs2Service {
	s := &hs2Service{conn: conn, client: hs2.NewImpalaHiveServer2ServiceClient(conn), options: c.Options}
	if !c.hasLogin() {
		s.user = c.User
	}
	if c.Delegate != "" {
		s.options = maps.Clone(c.Options)
		if s.options == nil {
			s.options = map[string]string{}
		}
		s.options[delegateKey] = c.Delegate
	}
	return s
}

// delegateKey is that of OpenSession's configuration by which Impala takes the user
// that a session is for (be/src/service/impala-hs2-server.cc).
const delegateKey = "impala.doas.user"

// noContext is what calls are given: the span around them obeys the caller's
// context, and the runtime would retry a read for as long as a context allows.
func noContext() context.Context { return context.Background() }

// maxHandle bounds the handle that is kept while a session is open, in bytes.
// Impala's have 32.
const maxHandle = 1 << 10

// open asks for V6, the version with columns that Impala answers at most.
func (s *hs2Service) open(id *Identity) error {
	req := hs2.TOpenSessionReq{ClientProtocol: hs2.TProtocolVersion_V6, Configuration: s.options}
	if s.user != "" {
		req.Username = &s.user
	}
	var result wire.OpenSessionResult
	if _, err := s.conn.Call(noContext(), "OpenSession", &hs2.TCLIServiceOpenSessionArgs{Req: &req}, &result); err != nil {
		return err
	}
	if err := statusError(&result.Status); err != nil {
		return err
	}
	switch handle := result.Session.SessionId; {
	case handle == nil:
		return mismatch("OpenSession succeeded without a session handle")
	case len(handle.GUID)+len(handle.Secret) > maxHandle:
		return &wire.Error{Kind: KindOversize, Text: "a session handle of more than 1 KiB"}
	case result.Version < hs2.TProtocolVersion_V6:
		return &wire.Error{Kind: KindVersion, Text: "the server speaks a HiveServer2 protocol before V6, which has no columns"}
	}
	s.conn.http.noteOpened()
	session := result.Session // a copy: the rest of the answer is not kept
	s.session = &session
	if name := NormalizeCoordinator(cutName(result.HTTPAddr)); name != "" {
		id.Coordinator, id.Source = name, SourceHTTPAddr
	}
	return nil
}

func (s *hs2Service) ping() (version, address string, err error) {
	resp, err := s.client.PingImpalaHS2Service(noContext(), &hs2.TPingImpalaHS2ServiceReq{SessionHandle: s.session})
	if err != nil {
		return "", "", err
	}
	return resp.GetVersion(), resp.GetWebserverAddress(), statusError(resp.Status)
}

// start asks other servers to run the statement asynchronously: Impala always
// answers once the plan is made.
func (s *hs2Service) start(sql string) (operation, error) {
	resp, err := s.client.ExecuteStatement(noContext(), &hs2.TExecuteStatementReq{SessionHandle: s.session, Statement: sql, RunAsync: new(true)})
	if err != nil {
		return nil, err
	}
	if err := statusError(resp.Status); err != nil {
		return nil, err
	}
	if resp.OperationHandle == nil {
		return nil, mismatch("ExecuteStatement succeeded without an operation handle")
	}
	return &hs2Operation{client: s.client, handle: resp.OperationHandle}, nil
}

// close closes the session, once.
func (s *hs2Service) close() error {
	if s.session == nil {
		return nil
	}
	session := s.session
	s.session = nil
	resp, err := s.client.CloseSession(noContext(), &hs2.TCloseSessionReq{SessionHandle: session})
	if err != nil {
		return err
	}
	return statusError(resp.Status)
}

// statusError is the error that a status reports; nil where it reports none. Its
// info messages, which are a server's stack traces, are ignored.
func statusError(s *hs2.TStatus) error {
	switch {
	case s == nil:
		return mismatch("an answer without a status")
	case s.StatusCode == hs2.TStatusCode_SUCCESS, s.StatusCode == hs2.TStatusCode_SUCCESS_WITH_INFO:
		return nil
	}
	text := s.GetErrorMessage()
	if text == "" {
		text = s.StatusCode.String()
	}
	return wire.ServerError(text, s.GetSqlState())
}

// hs2Operation is one statement.
type hs2Operation struct {
	client *hs2.ImpalaHiveServer2ServiceClient
	handle *hs2.TOperationHandle
}

// finished polls once. Impala's status is SUCCESS even where the query has failed:
// only its state shows that.
func (o *hs2Operation) finished() (bool, error) {
	resp, err := o.client.GetOperationStatus(noContext(), &hs2.TGetOperationStatusReq{OperationHandle: o.handle})
	if err != nil {
		return false, err
	}
	if err := statusError(resp.Status); err != nil {
		return false, err
	}
	switch resp.GetOperationState() {
	case hs2.TOperationState_FINISHED:
		return true, nil
	case hs2.TOperationState_INITIALIZED, hs2.TOperationState_PENDING, hs2.TOperationState_RUNNING:
		if resp.OperationState != nil {
			return false, nil
		}
	}
	text := resp.GetErrorMessage()
	if text == "" {
		text = "the query is in state " + resp.GetOperationState().String()
	}
	return false, wire.ServerError(text, resp.GetSqlState())
}

func (o *hs2Operation) hasRows() bool { return o.handle.HasResultSet }

func (o *hs2Operation) columns() ([]Column, error) {
	resp, err := o.client.GetResultSetMetadata(noContext(), &hs2.TGetResultSetMetadataReq{OperationHandle: o.handle})
	if err != nil {
		return nil, err
	}
	if err := statusError(resp.Status); err != nil {
		return nil, err
	}
	return schemaColumns(resp.Schema), nil
}

// schemaColumns reads a schema; nil where there is none.
func schemaColumns(schema *hs2.TTableSchema) []Column {
	if schema == nil {
		return nil
	}
	columns := make([]Column, len(schema.Columns))
	for i, c := range schema.Columns {
		columns[i].Name = c.ColumnName
		if c.TypeDesc == nil || len(c.TypeDesc.Types) == 0 {
			continue
		}
		if e := c.TypeDesc.Types[0].PrimitiveEntry; e != nil {
			columns[i].Type = strings.TrimSuffix(e.Type.String(), "_TYPE")
		}
	}
	return columns
}

func (o *hs2Operation) fetch(maxRows int64) (page, error) {
	resp, err := o.client.FetchResults(noContext(), &hs2.TFetchResultsReq{
		OperationHandle: o.handle, Orientation: hs2.TFetchOrientation_NEXT, MaxRows: maxRows,
	})
	if err != nil {
		return page{}, err
	}
	if resp.Status != nil && resp.Status.StatusCode == hs2.TStatusCode_STILL_EXECUTING {
		return page{more: true}, nil
	}
	if err := statusError(resp.Status); err != nil {
		return page{}, err
	}
	p := page{more: resp.GetHasMoreRows()}
	if resp.Results != nil {
		table := (*wire.HS2Table)(resp.Results)
		p.values = table
		p.rows, err = table.RowCount()
	}
	// Hive never sets hasMoreRows: a full page may be followed by another there.
	p.more = p.more || int64(p.rows) >= maxRows
	return p, err
}

func (o *hs2Operation) cancel() error {
	resp, err := o.client.CancelOperation(noContext(), &hs2.TCancelOperationReq{OperationHandle: o.handle})
	if err != nil {
		return err
	}
	return statusError(resp.Status)
}

func (o *hs2Operation) close() error {
	resp, err := o.client.CloseOperation(noContext(), &hs2.TCloseOperationReq{OperationHandle: o.handle})
	if err != nil {
		return err
	}
	return statusError(resp.Status)
}
