package simcluster

import (
	"context"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// startMetadata starts a metadata call, whose result is ready at once. Impala
// replies with a handle even if it failed.
func (h hs2Service) startMetadata(ctx context.Context, handle *hs2.TSessionHandle, typ hs2.TOperationType, result func() *table) (*hs2.TStatus, *hs2.TOperationHandle) {
	s, err := h.sessionOf(ctx, handle)
	if h.plan.draining {
		return failureStatus(errShuttingDown), nil
	}
	started := &hs2.TOperationHandle{OperationId: &hs2.THandleIdentifier{GUID: []byte{}, Secret: []byte{}}, OperationType: typ}
	if err != nil {
		return failureStatus(err), started
	}
	o := h.addOperation(s, operation{result: result(), statement: typ.String()})
	started.OperationId, started.HasResultSet = newIdentifier(o.id, s.secret), true
	return successStatus(), started
}

// GetTypeInfo lists the types.
func (h hs2Service) GetTypeInfo(ctx context.Context, r *hs2.TGetTypeInfoReq) (*hs2.TGetTypeInfoResp, error) {
	status, handle := h.startMetadata(ctx, r.SessionHandle, hs2.TOperationType_GET_TYPE_INFO, typeInfo)
	return &hs2.TGetTypeInfoResp{Status: status, OperationHandle: handle}, nil
}

// GetCatalogs lists nothing: Impala has no catalogs in the sense of JDBC.
func (h hs2Service) GetCatalogs(ctx context.Context, r *hs2.TGetCatalogsReq) (*hs2.TGetCatalogsResp, error) {
	status, handle := h.startMetadata(ctx, r.SessionHandle, hs2.TOperationType_GET_CATALOGS, func() *table {
		return &table{columns: []column{{name: "TABLE_CAT"}}}
	})
	return &hs2.TGetCatalogsResp{Status: status, OperationHandle: handle}, nil
}

// GetSchemas lists the databases.
func (h hs2Service) GetSchemas(ctx context.Context, r *hs2.TGetSchemasReq) (*hs2.TGetSchemasResp, error) {
	status, handle := h.startMetadata(ctx, r.SessionHandle, hs2.TOperationType_GET_SCHEMAS, func() *table {
		names, catalogs := column{name: "TABLE_SCHEM"}, column{name: "TABLE_CATALOG"}
		for _, d := range databasesMatching(r.CatalogName, r.SchemaName) {
			names.texts = append(names.texts, d)
			catalogs.texts = append(catalogs.texts, "")
		}
		return &table{columns: []column{names, catalogs}, rows: len(names.texts)}
	})
	return &hs2.TGetSchemasResp{Status: status, OperationHandle: handle}, nil
}

// databasesMatching returns the names of the databases that match; none in a
// catalog.
func databasesMatching(catalog, schema *string) (names []string) {
	matches := jdbcPattern(schema)
	for _, d := range databases {
		if (catalog == nil || *catalog == "") && matches(d.name) {
			names = append(names, d.name)
		}
	}
	return names
}

// GetTables lists the tables.
func (h hs2Service) GetTables(ctx context.Context, r *hs2.TGetTablesReq) (*hs2.TGetTablesResp, error) {
	status, handle := h.startMetadata(ctx, r.SessionHandle, hs2.TOperationType_GET_TABLES, func() *table { return tablesMatching(r) })
	return &hs2.TGetTablesResp{Status: status, OperationHandle: handle}, nil
}

func tablesMatching(r *hs2.TGetTablesReq) *table {
	columns := []column{{name: "TABLE_CAT"}, {name: "TABLE_SCHEM"}, {name: "TABLE_NAME"}, {name: "TABLE_TYPE"}, {name: "REMARKS"}}
	isTable := func(t string) bool { return strings.EqualFold(t, "TABLE") }
	rows, matches := 0, jdbcPattern(r.TableName)
	for _, d := range databasesMatching(r.CatalogName, r.SchemaName) {
		for _, name := range tablesOf(d) {
			if !matches(name) || len(r.TableTypes) > 0 && !slices.ContainsFunc(r.TableTypes, isTable) {
				continue
			}
			for i, cell := range []string{"", d, name, "TABLE", ""} {
				columns[i].texts = append(columns[i].texts, cell)
			}
			rows++
		}
	}
	return &table{columns: columns, rows: rows}
}

// GetTableTypes lists the kinds of tables.
func (h hs2Service) GetTableTypes(ctx context.Context, r *hs2.TGetTableTypesReq) (*hs2.TGetTableTypesResp, error) {
	status, handle := h.startMetadata(ctx, r.SessionHandle, hs2.TOperationType_GET_TABLE_TYPES, func() *table {
		return &table{columns: []column{textColumn("TABLE_TYPE", "TABLE", "VIEW")}, rows: 2}
	})
	return &hs2.TGetTableTypesResp{Status: status, OperationHandle: handle}, nil
}

// GetColumns lists the columns of tables.
func (h hs2Service) GetColumns(ctx context.Context, r *hs2.TGetColumnsReq) (*hs2.TGetColumnsResp, error) {
	status, handle := h.startMetadata(ctx, r.SessionHandle, hs2.TOperationType_GET_COLUMNS, func() *table { return columnsMatching(r) })
	return &hs2.TGetColumnsResp{Status: status, OperationHandle: handle}, nil
}

// GetFunctions lists the builtin functions. They have neither a catalog nor a
// schema in the request.
func (h hs2Service) GetFunctions(ctx context.Context, r *hs2.TGetFunctionsReq) (*hs2.TGetFunctionsResp, error) {
	status, handle := h.startMetadata(ctx, r.SessionHandle, hs2.TOperationType_GET_FUNCTIONS, func() *table { return functionsMatching(r) })
	return &hs2.TGetFunctionsResp{Status: status, OperationHandle: handle}, nil
}

// functionNoTable is java.sql.DatabaseMetaData.functionNoTable.
const functionNoTable = 1

func functionsMatching(r *hs2.TGetFunctionsReq) *table {
	var names []string
	matches := jdbcPattern(&r.FunctionName)
	for _, name := range functionNames {
		if r.GetCatalogName() == "" && r.GetSchemaName() == "" && matches(name) {
			names = append(names, name)
		}
	}
	schemas, function, remarks := column{name: "FUNCTION_SCHEM"}, column{name: "FUNCTION_NAME"}, column{name: "REMARKS"}
	types, specific := column{name: "FUNCTION_TYPE", typ: sqlTypeInt}, column{name: "SPECIFIC_NAME"}
	for _, name := range names {
		schemas.texts = append(schemas.texts, builtinsDatabase)
		function.texts = append(function.texts, name)
		remarks.texts = append(remarks.texts, "")
		types.numbers = append(types.numbers, functionNoTable)
		specific.texts = append(specific.texts, name+"()")
	}
	columns := []column{nullColumn("FUNCTION_CAT", sqlTypeString, len(names)), schemas, function, remarks, types, specific}
	return &table{columns: columns, rows: len(names)}
}

// GetPrimaryKeys lists nothing: no table has a key. As in Impala the handle has no
// type of its own.
func (h hs2Service) GetPrimaryKeys(ctx context.Context, r *hs2.TGetPrimaryKeysReq) (*hs2.TGetPrimaryKeysResp, error) {
	status, handle := h.startMetadata(ctx, r.SessionHandle, hs2.TOperationType_EXECUTE_STATEMENT, func() *table {
		return &table{columns: []column{
			{name: "TABLE_CAT"}, {name: "TABLE_SCHEM"}, {name: "TABLE_NAME"}, {name: "COLUMN_NAME"}, {name: "KEQ_SEQ", typ: sqlTypeInt}, {name: "PK_NAME"},
		}}
	})
	return &hs2.TGetPrimaryKeysResp{Status: status, OperationHandle: handle}, nil
}

// GetCrossReference lists nothing: no table has a foreign key.
func (h hs2Service) GetCrossReference(ctx context.Context, r *hs2.TGetCrossReferenceReq) (*hs2.TGetCrossReferenceResp, error) {
	status, handle := h.startMetadata(ctx, r.SessionHandle, hs2.TOperationType_EXECUTE_STATEMENT, func() *table {
		return &table{columns: []column{
			{name: "PKTABLE_CAT"}, {name: "PKTABLE_SCHEM"}, {name: "PKTABLE_NAME"}, {name: "PKCOLUMN_NAME"},
			{name: "FKTABLE_CAT"}, {name: "FKTABLE_SCHEM"}, {name: "FKTABLE_NAME"}, {name: "FKCOLUMN_NAME"},
			{name: "KEQ_SEQ", typ: sqlTypeInt}, {name: "UPDATE_RULE", typ: sqlTypeInt}, {name: "DELETE_RULE", typ: sqlTypeInt},
			{name: "FK_NAME"}, {name: "PK_NAME"}, {name: "DEFERRABILITY", typ: sqlTypeInt},
		}}
	})
	return &hs2.TGetCrossReferenceResp{Status: status, OperationHandle: handle}, nil
}
