package simcluster

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// fetchTable fetches all rows of an operation in text, columns separated by bars.
func fetchTable(t *testing.T, u *testClient, op *hs2.TOperationHandle) []string {
	t.Helper()
	meta, err := u.GetResultSetMetadata(t.Context(), &hs2.TGetResultSetMetadataReq{OperationHandle: op})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range meta.Schema.Columns {
		names = append(names, c.ColumnName)
	}
	r, err := u.FetchResults(t.Context(), &hs2.TFetchResultsReq{OperationHandle: op})
	if err != nil || r.Status.StatusCode != hs2.TStatusCode_SUCCESS {
		t.Fatalf("%v, %v", r, err)
	}
	lines := []string{strings.Join(names, "|")}
	for row := 0; row < len(stringsOf(r.Results.Columns[0])) || row < len(stringsOf(r.Results.Columns[len(names)-1])); row++ {
		var cells []string
		for _, c := range r.Results.Columns {
			if texts := stringsOf(c); row < len(texts) {
				cells = append(cells, texts[row])
			}
		}
		lines = append(lines, strings.Join(cells, "|"))
	}
	return lines
}

// stringsOf returns the values of a string column; nil for another one.
func stringsOf(c *hs2.TColumn) []string {
	if c.StringVal == nil {
		return nil
	}
	return c.StringVal.Values
}

func TestHS2Service_Metadata(t *testing.T) {
	t.Parallel()
	ctx, pattern := t.Context(), func(s string) *string { return &s }
	cl := start(t, Config{Coordinators: 1})
	u := openTestSession(t, cl)
	type answer struct {
		status *hs2.TStatus
		handle *hs2.TOperationHandle
		typ    hs2.TOperationType
		want   []string // the columns, and the text columns of the first rows
		rows   int
	}
	var answers []answer
	add := func(status *hs2.TStatus, handle *hs2.TOperationHandle, err error, typ hs2.TOperationType, rows int, want ...string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer{status, handle, typ, want, rows})
	}
	catalogs, err := u.GetCatalogs(ctx, &hs2.TGetCatalogsReq{SessionHandle: u.session})
	add(catalogs.Status, catalogs.OperationHandle, err, hs2.TOperationType_GET_CATALOGS, 0, "TABLE_CAT")
	schemas, err := u.GetSchemas(ctx, &hs2.TGetSchemasReq{SessionHandle: u.session, SchemaName: pattern("%F%")})
	add(schemas.Status, schemas.OperationHandle, err, hs2.TOperationType_GET_SCHEMAS, 2, "TABLE_SCHEM|TABLE_CATALOG", "default|", "functional|")
	tables, err := u.GetTables(ctx, &hs2.TGetTablesReq{SessionHandle: u.session, SchemaName: pattern(".*"), TableName: pattern("all_ypes%"), TableTypes: []string{"table"}})
	add(tables.Status, tables.OperationHandle, err, hs2.TOperationType_GET_TABLES, 1, "TABLE_CAT|TABLE_SCHEM|TABLE_NAME|TABLE_TYPE|REMARKS", "|functional|alltypestiny|TABLE|")
	views, err := u.GetTables(ctx, &hs2.TGetTablesReq{SessionHandle: u.session, TableTypes: []string{"VIEW"}})
	add(views.Status, views.OperationHandle, err, hs2.TOperationType_GET_TABLES, 0, "TABLE_CAT|TABLE_SCHEM|TABLE_NAME|TABLE_TYPE|REMARKS")
	kinds, err := u.GetTableTypes(ctx, &hs2.TGetTableTypesReq{SessionHandle: u.session})
	add(kinds.Status, kinds.OperationHandle, err, hs2.TOperationType_GET_TABLE_TYPES, 2, "TABLE_TYPE", "TABLE", "VIEW")
	columns, err := u.GetColumns(ctx, &hs2.TGetColumnsReq{SessionHandle: u.session, SchemaName: pattern("functional"), ColumnName: pattern("id")})
	add(columns.Status, columns.OperationHandle, err, hs2.TOperationType_GET_COLUMNS, 1,
		"TABLE_CAT|TABLE_MD|TABLE_NAME|COLUMN_NAME|DATA_TYPE|TYPE_NAME|COLUMN_SIZE|BUFFER_LENGTH|DECIMAL_DIGITS|NUM_PREC_RADIX|NULLABLE|REMARKS|COLUMN_DEF|"+
			"SQL_DATA_TYPE|SQL_DATETIME_SUB|CHAR_OCTET_LENGTH|ORDINAL_POSITION|IS_NULLABLE|SCOPE_CATALOG|SCOPE_SCHEMA|SCOPE_TABLE|SOURCE_DATA_TYPE|IS_AUTO_INCREMENT",
		"|functional|alltypestiny|id|INT|||YES||||NO")
	types, err := u.GetTypeInfo(ctx, &hs2.TGetTypeInfoReq{SessionHandle: u.session})
	add(types.Status, types.OperationHandle, err, hs2.TOperationType_GET_TYPE_INFO, 13,
		"TYPE_NAME|DATA_TYPE|PRECISION|LITERAL_PREFIX|LITERAL_SUFFIX|CREATE_PARAMS|NULLABLE|CASE_SENSITIVE|SEARCHABLE|UNSIGNED_ATTRIBUTE|FIXED_PREC_SCALE|"+
			"AUTO_INCREMENT|LOCAL_TYPE_NAME|MINIMUM_SCALE|MAXIMUM_SCALE|SQL_DATA_TYPE|SQL_DATETIME_SUB|NUM_PREC_RADIX", "BOOLEAN||||")
	functions, err := u.GetFunctions(ctx, &hs2.TGetFunctionsReq{SessionHandle: u.session, FunctionName: "p%"})
	add(functions.Status, functions.OperationHandle, err, hs2.TOperationType_GET_FUNCTIONS, 1, "FUNCTION_CAT|FUNCTION_SCHEM|FUNCTION_NAME|REMARKS|FUNCTION_TYPE|SPECIFIC_NAME", "|_impala_builtins|pid||pid()")
	keys, err := u.GetPrimaryKeys(ctx, &hs2.TGetPrimaryKeysReq{SessionHandle: u.session})
	add(keys.Status, keys.OperationHandle, err, hs2.TOperationType_EXECUTE_STATEMENT, 0, "TABLE_CAT|TABLE_SCHEM|TABLE_NAME|COLUMN_NAME|KEQ_SEQ|PK_NAME")
	references, err := u.GetCrossReference(ctx, &hs2.TGetCrossReferenceReq{SessionHandle: u.session})
	add(references.Status, references.OperationHandle, err, hs2.TOperationType_EXECUTE_STATEMENT, 0,
		"PKTABLE_CAT|PKTABLE_SCHEM|PKTABLE_NAME|PKCOLUMN_NAME|FKTABLE_CAT|FKTABLE_SCHEM|FKTABLE_NAME|FKCOLUMN_NAME|KEQ_SEQ|UPDATE_RULE|DELETE_RULE|FK_NAME|PK_NAME|DEFERRABILITY")
	for _, a := range answers {
		if a.status.StatusCode != hs2.TStatusCode_SUCCESS || a.handle.OperationType != a.typ || !a.handle.HasResultSet {
			t.Errorf("%v: %v, %v", a.typ, a.status, a.handle)
			continue
		}
		lines := fetchTable(t, u, a.handle)
		if len(lines) != a.rows+1 {
			t.Errorf("%v: %d rows, want %d: %q", a.typ, len(lines)-1, a.rows, lines)
		}
		for i, want := range a.want {
			if i < len(lines) && lines[i] != want {
				t.Errorf("%v: line %d is %q, want %q", a.typ, i, lines[i], want)
			}
		}
	}
	if n := cl.Stats().Statements; n != 0 {
		t.Errorf("metadata calls counted as %d queries", n)
	}
}

func TestHS2Service_MetadataErrors(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	unknown := &hs2.TSessionHandle{SessionId: newIdentifier(handle{1}, handle{2})}
	u := openTestSession(t, start(t, Config{Coordinators: 1}))
	r, err := u.GetTables(ctx, &hs2.TGetTablesReq{SessionHandle: unknown})
	if err != nil || r.Status.GetErrorMessage() != "Invalid session id: 0000000000000001:0000000000000000\n" || r.OperationHandle == nil {
		t.Errorf("%v, %v", r, err)
	}
	draining, err := dialHS2(start(t, Config{Coordinators: 1}, "draining").Nodes()[0])
	if err != nil {
		t.Fatal(err)
	}
	defer draining.transport.Close()
	if r, err := draining.GetSchemas(ctx, &hs2.TGetSchemasReq{SessionHandle: unknown}); err != nil || !strings.HasPrefix(r.Status.GetErrorMessage(), "Server is being shut down") {
		t.Errorf("draining: %v, %v", r, err)
	}
	for call, status := range map[string]*hs2.TStatus{
		"GetDelegationToken": must(u.GetDelegationToken(ctx, &hs2.TGetDelegationTokenReq{SessionHandle: u.session})).Status,
		"InitQueryContext":   must(u.InitQueryContext(ctx)).Status,
		"GetBackendConfig":   must(u.GetBackendConfig(ctx, &hs2.TExternalFrontendReq{SessionHandle: u.session})).Status,
	} {
		want, state := "Not implemented", ""
		if call != "GetDelegationToken" {
			want, state = "Unsupported operation", "HYC00"
		}
		if status.StatusCode != hs2.TStatusCode_ERROR || status.GetErrorMessage() != want || status.GetSqlState() != state {
			t.Errorf("%s: %v", call, status)
		}
	}
}

// must returns a call's result, and panics if the call was not answered.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestHS2Service_MethodsAfter45(t *testing.T) {
	t.Parallel()
	u := openTestSession(t, start(t, Config{Coordinators: 1, Version: "5.0.0-SNAPSHOT"}))
	op := executeStatement(t, u, "select null")
	if r, err := u.GetQueryId(t.Context(), &hs2.TGetQueryIdReq{OperationHandle: op}); err != nil || r.QueryId != handle(op.OperationId.GUID).String() {
		t.Errorf("GetQueryId: %v, %v", r, err)
	}
	if r, err := u.SetClientInfo(t.Context(), &hs2.TSetClientInfoReq{SessionHandle: u.session}); err != nil || r.Status.GetErrorMessage() != "Not implemented" {
		t.Errorf("SetClientInfo: %v, %v", r, err)
	}
	meta, err := u.GetResultSetMetadata(t.Context(), &hs2.TGetResultSetMetadataReq{OperationHandle: op})
	if err != nil || meta.Schema.Columns[0].TypeDesc.Types[0].PrimitiveEntry.Type != hs2.TTypeId_NULL_TYPE {
		t.Errorf("type of NULL: %v, %v", meta, err)
	}
	for question, want := range map[hs2.TGetInfoType]string{hs2.TGetInfoType_CLI_DBMS_VER: "5.0.0-SNAPSHOT", hs2.TGetInfoType_CLI_IDENTIFIER_QUOTE_CHAR: "`"} {
		if r, err := u.GetInfo(t.Context(), &hs2.TGetInfoReq{SessionHandle: u.session, InfoType: question}); err != nil || r.InfoValue.GetStringValue() != want {
			t.Errorf("%v: %v, %v", question, r, err)
		}
	}
	r, err := u.GetInfo(t.Context(), &hs2.TGetInfoReq{SessionHandle: u.session, InfoType: hs2.TGetInfoType_CLI_MAX_ROW_SIZE})
	if err != nil || r.InfoValue.GetLenValue() != 524288 {
		t.Errorf("CLI_MAX_ROW_SIZE: %v, %v", r, err)
	}
	if n := len(u.opened.Configuration); n != 207 {
		t.Errorf("%d entries, want 206 options and http_addr", n)
	}
}
