package hs2client

import (
	"context"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// hs2Dialect is HiveServer2 with Impala's Ping.
type hs2Dialect struct {
	link    *link
	client  *hs2.ImpalaHiveServer2ServiceClient
	session *hs2.TSessionHandle // nil: none

	user    string // "": not said
	options map[string]string
}

// newHS2 speaks HiveServer2. A login names the user, OpenSession then does not.
func newHS2(l *link, c *Config) *hs2Dialect {
	d := &hs2Dialect{link: l, client: hs2.NewImpalaHiveServer2ServiceClient(l), options: c.Options}
	if c.Plain == nil {
		d.user = c.User
	}
	return d
}

// background is what calls are given: the span around them minds the context,
// and the runtime would retry a read for as long as a context of its own allows.
func background() context.Context { return context.Background() }

// open asks for V6, the version with columns that Impala answers at most.
func (d *hs2Dialect) open(who *Identity) error {
	req := hs2.TOpenSessionReq{ClientProtocol: hs2.TProtocolVersion_V6, Configuration: d.options}
	if d.user != "" {
		req.Username = &d.user
	}
	var result openResult
	if _, err := d.link.Call(background(), "OpenSession", &hs2.TCLIServiceOpenSessionArgs{Req: &req}, &result); err != nil {
		return err
	}
	if err := statusError(&result.status); err != nil {
		return err
	}
	switch {
	case result.session.SessionId == nil:
		return &cause{kind: KindMismatch, text: "OpenSession succeeded without a session handle"}
	case len(result.session.SessionId.GUID)+len(result.session.SessionId.Secret) > maxHandle:
		return &cause{kind: KindOversize, text: "a session handle of more than 1 KiB"}
	case result.version < hs2.TProtocolVersion_V6:
		return &cause{kind: KindVersion, text: "the server speaks a HiveServer2 protocol before V6, which has no columns"}
	}
	session := result.session // alone: the rest of the answer is not kept
	d.session = &session
	if name := NormalizeCoordinator(cutName(result.httpAddr)); name != "" {
		who.Coordinator, who.Source = name, SourceHTTPAddr
	}
	return nil
}

// maxHandle bounds what is kept of a server for as long as a session is open, in
// bytes. Impala's handles have 32.
const maxHandle = 1 << 10

func (d *hs2Dialect) ping() (version, address string, err error) {
	resp, err := d.client.PingImpalaHS2Service(background(), &hs2.TPingImpalaHS2ServiceReq{SessionHandle: d.session})
	if err != nil {
		return "", "", err
	}
	return resp.GetVersion(), resp.GetWebserverAddress(), statusError(resp.Status)
}

// start asks for an asynchronous run on other servers' account: Impala always
// answers once the plan is made.
func (d *hs2Dialect) start(sql string) (operation, error) {
	resp, err := d.client.ExecuteStatement(background(), &hs2.TExecuteStatementReq{SessionHandle: d.session, Statement: sql, RunAsync: new(true)})
	if err != nil {
		return nil, err
	}
	if err := statusError(resp.Status); err != nil {
		return nil, err
	}
	if resp.OperationHandle == nil {
		return nil, &cause{kind: KindMismatch, text: "ExecuteStatement succeeded without an operation handle"}
	}
	return &hs2Operation{client: d.client, handle: resp.OperationHandle}, nil
}

// end closes the session, once.
func (d *hs2Dialect) end() error {
	if d.session == nil {
		return nil
	}
	session := d.session
	d.session = nil
	resp, err := d.client.CloseSession(background(), &hs2.TCloseSessionReq{SessionHandle: session})
	if err != nil {
		return err
	}
	return statusError(resp.Status)
}

// statusError is what a status says is wrong; nil where nothing is. Its info
// messages, which are a server's stack traces, are never looked at.
func statusError(s *hs2.TStatus) error {
	switch {
	case s == nil:
		return &cause{kind: KindMismatch, text: "an answer without a status"}
	case s.StatusCode == hs2.TStatusCode_SUCCESS, s.StatusCode == hs2.TStatusCode_SUCCESS_WITH_INFO:
		return nil
	}
	text := s.GetErrorMessage()
	if text == "" {
		text = s.StatusCode.String()
	}
	return &cause{kind: saidKind(text), text: text, state: s.GetSqlState(), said: true}
}

// hs2Operation is one statement.
type hs2Operation struct {
	client *hs2.ImpalaHiveServer2ServiceClient
	handle *hs2.TOperationHandle
}

// state polls once. Impala says SUCCESS even where the query has failed: its
// state alone tells.
func (o *hs2Operation) state() (finished bool, err error) {
	resp, err := o.client.GetOperationStatus(background(), &hs2.TGetOperationStatusReq{OperationHandle: o.handle})
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
	return false, &cause{kind: saidKind(text), text: text, state: resp.GetSqlState(), said: true}
}

func (o *hs2Operation) hasRows() bool { return o.handle.HasResultSet }

func (o *hs2Operation) columns() ([]Column, error) {
	resp, err := o.client.GetResultSetMetadata(background(), &hs2.TGetResultSetMetadataReq{OperationHandle: o.handle})
	if err != nil {
		return nil, err
	}
	if err := statusError(resp.Status); err != nil {
		return nil, err
	}
	return hs2Columns(resp.Schema), nil
}

func (o *hs2Operation) fetch(most int64) (page, error) {
	resp, err := o.client.FetchResults(background(), &hs2.TFetchResultsReq{
		OperationHandle: o.handle, Orientation: hs2.TFetchOrientation_NEXT, MaxRows: most,
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
		p.values = (*columnar)(resp.Results)
		p.rows, err = rowCount(resp.Results.Columns)
	}
	// Hive never sets hasMoreRows; a page that is full may be followed there.
	p.more = p.more || int64(p.rows) >= most
	return p, err
}

func (o *hs2Operation) cancel() error {
	resp, err := o.client.CancelOperation(background(), &hs2.TCancelOperationReq{OperationHandle: o.handle})
	if err != nil {
		return err
	}
	return statusError(resp.Status)
}

func (o *hs2Operation) close() error {
	resp, err := o.client.CloseOperation(background(), &hs2.TCloseOperationReq{OperationHandle: o.handle})
	if err != nil {
		return err
	}
	return statusError(resp.Status)
}
