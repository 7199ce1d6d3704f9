package simcluster

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

func TestHS2Service_OpenSession(t *testing.T) {
	t.Parallel()
	u := openTestSession(t, start(t, Config{Coordinators: 1}))
	if v := u.opened.ServerProtocolVersion; v != hs2.TProtocolVersion_V6 {
		t.Errorf("asked for V10, answered %v", v)
	}
	for key, want := range map[string]string{"MEM_LIMIT": "0", "REQUEST_POOL": "", "CLIENT_IDENTIFIER": "", "http_addr": "coord-a1:25000"} {
		if got, ok := u.opened.Configuration[key]; !ok || got != want {
			t.Errorf("%s is %q, %v; want %q", key, got, ok, want)
		}
	}
	if n := len(u.opened.Configuration); n != 187 {
		t.Errorf("%d entries, want 186 options and http_addr", n)
	}
	id := u.session.SessionId
	if len(id.GUID) != 16 || len(id.Secret) != 16 || bytes.Equal(id.GUID, id.Secret) {
		t.Errorf("handle %x %x", id.GUID, id.Secret)
	}
	old, err := u.OpenSession(t.Context(), &hs2.TOpenSessionReq{ClientProtocol: hs2.TProtocolVersion_V1})
	if err != nil || old.ServerProtocolVersion != hs2.TProtocolVersion_V1 {
		t.Errorf("asked for V1: %v, %v", old.GetServerProtocolVersion(), err)
	}
}

func TestHS2Service_UnknownHandles(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	u := openTestSession(t, start(t, Config{Coordinators: 1}))
	e, err := u.ExecuteStatement(ctx, &hs2.TExecuteStatementReq{SessionHandle: u.session, Statement: "select pid()"})
	if err != nil {
		t.Fatal(err)
	}
	guid := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	const printed = "0807060504030201:100f0e0d0c0b0a09"
	ping := func(guid, secret []byte) *hs2.TStatus {
		r, err := u.PingImpalaHS2Service(ctx, &hs2.TPingImpalaHS2ServiceReq{SessionHandle: &hs2.TSessionHandle{SessionId: &hs2.THandleIdentifier{GUID: guid, Secret: secret}}})
		if err != nil {
			t.Fatal(err)
		}
		return r.Status
	}
	state := func(guid, secret []byte) *hs2.TStatus {
		r, err := u.GetOperationStatus(ctx, &hs2.TGetOperationStatusReq{OperationHandle: &hs2.TOperationHandle{OperationId: &hs2.THandleIdentifier{GUID: guid, Secret: secret}}})
		if err != nil {
			t.Fatal(err)
		}
		if want := hs2.TOperationState_ERROR; r.GetOperationState() != want {
			t.Errorf("operation state %v, want %v", r.GetOperationState(), want)
		}
		return r.Status
	}
	query := handle(e.OperationHandle.OperationId.GUID).String()
	for name, c := range map[string]struct {
		got  *hs2.TStatus
		want string
	}{
		"session of another coordinator": {got: ping(guid, guid), want: "Invalid session id: " + printed + "\n"},
		"wrong secret of a session":      {got: ping(u.session.SessionId.GUID, guid), want: "Invalid session id: " + handle(u.session.SessionId.GUID).String() + "\n"},
		"handle of the wrong size":       {got: ping(guid[:3], nil), want: "Malformed THandleIdentifier (guid size: 3, expected 16, secret size: 0, expected 16)\n"},
		"query of another coordinator":   {got: state(guid, guid), want: "Query " + printed + " failed:\nInvalid or unknown query handle: " + printed + ".\n\n"},
		"wrong secret of a query":        {got: state(e.OperationHandle.OperationId.GUID, guid), want: "Query " + query + " failed:\nQuery id " + query + " not found.\n\n"},
	} {
		if c.got.StatusCode != hs2.TStatusCode_ERROR || c.got.GetSqlState() != "HY000" || c.got.GetErrorMessage() != c.want {
			t.Errorf("%s: %v %s %q, want %q", name, c.got.StatusCode, c.got.GetSqlState(), c.got.GetErrorMessage(), c.want)
		}
	}
	if !strings.HasSuffix(query, "00000000") {
		t.Errorf("query id %s does not end in four zero bytes", query)
	}
}

func TestHS2Service_SessionOutlivesConnection(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1})
	first, second := openTestSession(t, cl), openTestSession(t, cl)
	first.transport.Close()
	second.session, first.session = first.session, second.session
	if _, err := second.query("select 1"); err != nil {
		t.Error(err)
	}
	if s := cl.Stats(); s.SessionsOpened != 2 || s.SessionsClosed != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestHS2Service_CloseOperationTwice(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	u := openTestSession(t, start(t, Config{Coordinators: 1}))
	e, err := u.ExecuteStatement(ctx, &hs2.TExecuteStatementReq{SessionHandle: u.session, Statement: "select pid()"})
	if err != nil {
		t.Fatal(err)
	}
	var codes []hs2.TStatusCode
	for range 2 {
		r, err := u.CloseImpalaOperation(ctx, &hs2.TCloseImpalaOperationReq{OperationHandle: e.OperationHandle})
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, r.Status.StatusCode)
	}
	if !slices.Equal(codes, []hs2.TStatusCode{hs2.TStatusCode_SUCCESS, hs2.TStatusCode_ERROR}) {
		t.Error(codes)
	}
}

func TestHS2Service_FetchResultsInBatches(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	u := openTestSession(t, start(t, Config{Coordinators: 1}))
	e, err := u.ExecuteStatement(ctx, &hs2.TExecuteStatementReq{SessionHandle: u.session, Statement: "SET ALL"})
	if err != nil {
		t.Fatal(err)
	}
	fetch := func(o hs2.TFetchOrientation, maxRows int64) *hs2.TFetchResultsResp {
		r, err := u.FetchResults(ctx, &hs2.TFetchResultsReq{OperationHandle: e.OperationHandle, Orientation: o, MaxRows: maxRows})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := fetch(hs2.TFetchOrientation_FIRST, 100)
	if rows := first.Results.Columns[0].StringVal; len(rows.Values) != 100 || len(rows.Nulls) != 13 || !first.GetHasMoreRows() || first.Results.StartRowOffset != 0 {
		t.Errorf("first batch: %d rows, %d bytes of nulls, more %v", len(rows.Values), len(rows.Nulls), first.GetHasMoreRows())
	}
	rest := fetch(hs2.TFetchOrientation_NEXT, 0)
	if n := len(rest.Results.Columns[2].StringVal.Values); n != len(options45().list)-100 || rest.GetHasMoreRows() || rest.Results.StartRowOffset != 100 {
		t.Errorf("second batch: %d rows from %d, more %v", n, rest.Results.StartRowOffset, rest.GetHasMoreRows())
	}
	if end := fetch(hs2.TFetchOrientation_NEXT, 10); end.GetHasMoreRows() || len(end.Results.Columns) != 3 || len(end.Results.Columns[0].StringVal.Values) != 0 {
		t.Errorf("after the last row: %v", end)
	}
	if again := fetch(hs2.TFetchOrientation_FIRST, 10); !strings.Contains(again.Status.GetErrorMessage(), "enabling of query result caching") {
		t.Errorf("rewind after a fetch: %v", again.Status)
	}
	if odd := fetch(hs2.TFetchOrientation_ABSOLUTE, 10); odd.Status.GetSqlState() != "HYC00" || odd.Status.GetErrorMessage() != "Unsupported operation" {
		t.Errorf("unsupported orientation: %v", odd.Status)
	}
}

func TestHS2Service_StatementOptions(t *testing.T) {
	t.Parallel()
	u := openTestSession(t, start(t, Config{Coordinators: 1}))
	for options, want := range map[string]string{
		"CLIENT_IDENTIFIER=4": "", "mt_dop=4": "", "impala.resultset.cache.size=4": "", "NO_SUCH_OPTION=4": "Invalid query option: NO_SUCH_OPTION\n",
		"mem_limit=xyz":                   "Failed to parse query option 'MEM_LIMIT': xyz\n",
		"impala.resultset.cache.size=abc": "Invalid value 'abc' for 'impala.resultset.cache.size' option.\n",
	} {
		key, value, _ := strings.Cut(options, "=")
		r, err := u.ExecuteStatement(t.Context(), &hs2.TExecuteStatementReq{SessionHandle: u.session, Statement: "select 1", ConfOverlay: map[string]string{key: value}})
		if err != nil || r.Status.GetErrorMessage() != want {
			t.Errorf("%s: %q, %v; want %q", options, r.GetStatus().GetErrorMessage(), err, want)
		}
	}
}

func TestHS2Service_Draining(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1}, "draining@1")
	u, err := dialHS2(cl.Nodes()[0])
	if err != nil {
		t.Fatal(err)
	}
	defer u.close()
	if err := u.open(); err == nil || !strings.Contains(err.Error(), "Server is being shut down: ") {
		t.Errorf("OpenSession: %v", err)
	}
	s := cl.coordinators[0].openSession("", protocolHS2)
	u.session = &hs2.TSessionHandle{SessionId: newIdentifier(s.id, s.secret)}
	if r, err := u.PingImpalaHS2Service(t.Context(), &hs2.TPingImpalaHS2ServiceReq{SessionHandle: u.session}); err != nil || r.Status.StatusCode != hs2.TStatusCode_SUCCESS {
		t.Errorf("Ping: %v, %v", r, err)
	}
	if _, err := u.query("select 1"); err == nil || !strings.Contains(err.Error(), "Server is being shut down: ") {
		t.Errorf("ExecuteStatement: %v", err)
	}
}

func TestHS2Service_UnknownMethod(t *testing.T) {
	t.Parallel()
	u := openTestSession(t, start(t, Config{Coordinators: 1}))
	var result hs2.TCLIServiceGetLogResult
	_, err := u.Client_().Call(context.Background(), "GetQueryId", &hs2.TCLIServiceGetLogArgs{}, &result)
	var application thrift.TApplicationException
	if !errors.As(err, &application) || application.TypeId() != thrift.UNKNOWN_METHOD {
		t.Errorf("GetQueryId: %v", err)
	}
	if _, err := u.query("select 1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestHS2Service_GetInfo(t *testing.T) {
	t.Parallel()
	u := openTestSession(t, start(t, Config{Coordinators: 1}))
	for question, want := range map[hs2.TGetInfoType]string{
		hs2.TGetInfoType_CLI_SERVER_NAME: "Impala", hs2.TGetInfoType_CLI_DBMS_NAME: "Impala",
		hs2.TGetInfoType_CLI_DBMS_VER: "4.5.0-RELEASE", 99: "",
	} {
		r, err := u.GetInfo(t.Context(), &hs2.TGetInfoReq{SessionHandle: u.session, InfoType: question})
		if err != nil || r.InfoValue.GetStringValue() != want || (want == "") != (r.Status.GetSqlState() == "HYC00") {
			t.Errorf("%v: %v, %v", question, r, err)
		}
	}
}

func TestHS2Service_StatementStatus(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	u := openTestSession(t, start(t, Config{Coordinators: 1}))
	e, err := u.ExecuteStatement(ctx, &hs2.TExecuteStatementReq{SessionHandle: u.session, Statement: "use default"})
	if err != nil || e.OperationHandle.HasResultSet {
		t.Fatalf("%v, %v", e, err)
	}
	state, err := u.GetOperationStatus(ctx, &hs2.TGetOperationStatusReq{OperationHandle: e.OperationHandle})
	if err != nil || state.GetOperationState() != hs2.TOperationState_FINISHED {
		t.Errorf("state %v, %v", state, err)
	}
	schema, err := u.GetResultSetMetadata(ctx, &hs2.TGetResultSetMetadataReq{OperationHandle: e.OperationHandle})
	if err != nil || schema.Schema != nil || schema.Status.StatusCode != hs2.TStatusCode_SUCCESS {
		t.Errorf("schema %v, %v", schema, err)
	}
	log, err := u.GetLog(ctx, &hs2.TGetLogReq{OperationHandle: e.OperationHandle})
	if err != nil || log.Log != "" {
		t.Errorf("log %v, %v", log, err)
	}
	for _, c := range []struct{ sql, log string }{{"set", ""}, {"show tables", ""}, {"select 1", " 100% Complete (0 out of 0)\n"}} {
		op := executeStatement(t, u, c.sql)
		if r := must(u.GetLog(ctx, &hs2.TGetLogReq{OperationHandle: op})); !strings.HasSuffix(r.Log, c.log) || (c.log == "") != (r.Log == "") {
			t.Errorf("log of %s: %q", c.sql, r.Log)
		}
	}
	cancel, err := u.CancelOperation(ctx, &hs2.TCancelOperationReq{OperationHandle: e.OperationHandle})
	if err != nil || cancel.Status.StatusCode != hs2.TStatusCode_SUCCESS {
		t.Errorf("cancel %v, %v", cancel, err)
	}
	fetched := must(u.FetchResults(ctx, &hs2.TFetchResultsReq{OperationHandle: e.OperationHandle}))
	if want := "failed:\nClient tried to fetch rows on a query that produces no results.\n\n"; !strings.HasSuffix(fetched.Status.GetErrorMessage(), want) {
		t.Errorf("fetch: %v", fetched.Status)
	}
	if r := must(u.GetLog(ctx, &hs2.TGetLogReq{OperationHandle: e.OperationHandle})); !strings.Contains(r.Status.GetErrorMessage(), "Invalid or unknown query handle: ") {
		t.Errorf("after a fetch that failed: %v", r)
	}
	empty := &hs2.TOperationHandle{OperationId: &hs2.THandleIdentifier{}}
	if old, err := u.GetOperationStatus(ctx, &hs2.TGetOperationStatusReq{OperationHandle: empty}); err != nil || old.GetOperationState() != hs2.TOperationState_FINISHED {
		t.Errorf("an empty handle: %v, %v", old, err)
	}
}

func TestHS2Service_RowsBeforeV6(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	u, err := dialHS2(start(t, Config{Coordinators: 1}).Nodes()[0])
	if err != nil {
		t.Fatal(err)
	}
	defer u.transport.Close()
	u.session = must(u.OpenSession(ctx, &hs2.TOpenSessionReq{ClientProtocol: hs2.TProtocolVersion_V5})).SessionHandle
	op := executeStatement(t, u, "select 1, cast(300 as smallint), cast(3 as int), cast(4 as bigint), true, cast(.5 as double), 'x', cast(null as int)")
	rows := must(u.FetchResults(ctx, &hs2.TFetchResultsReq{OperationHandle: op})).Results
	if len(rows.Rows) != 1 || rows.Columns != nil {
		t.Fatalf("%d rows, columns %v", len(rows.Rows), rows.Columns)
	}
	c := rows.Rows[0].ColVals
	if c[0].ByteVal.GetValue() != 1 || c[1].I16Val.GetValue() != 300 || c[2].I32Val.GetValue() != 3 || c[3].I64Val.GetValue() != 4 ||
		!c[4].BoolVal.GetValue() || c[5].DoubleVal.GetValue() != .5 || c[6].StringVal.GetValue() != "x" || c[7].I32Val == nil || c[7].I32Val.IsSetValue() {
		t.Errorf("%v", c)
	}
}

func TestHS2Service_NullBits(t *testing.T) {
	t.Parallel()
	u := openTestSession(t, start(t, Config{Coordinators: 1}))
	columns, err := u.query("values (1),(null),(2),(3),(4),(5),(6),(7),(8),(null)")
	if err != nil || !bytes.Equal(columns[0].ByteVal.Nulls, []byte{2, 2}) || len(columns[0].ByteVal.Values) != 10 {
		t.Errorf("%v, %v", columns, err)
	}
}
