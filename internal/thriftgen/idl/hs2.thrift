/*
 * The part of HiveServer2 and of Impala's extension to it that impala-lbcheck
 * and its simulated cluster speak: sessions, statements, their rows, who answered,
 * and what other clients of Impala ask for. Ids and types are the protocol's own;
 * names follow the wire where it has names (methods) and the field's habit
 * elsewhere. Structs leave out what nobody reads: Thrift skips what it does not know.
 */
namespace go hs2

// A protocol version n is called Vn and is n-1 on the wire. Impala answers at
// most V6 whatever it is asked for.
enum TProtocolVersion { V1 = 0, V2 = 1, V3 = 2, V4 = 3, V5 = 4, V6 = 5, V7 = 6, V8 = 7, V9 = 8, V10 = 9, V11 = 10 }

enum TTypeId {
  BOOLEAN_TYPE = 0, TINYINT_TYPE = 1, SMALLINT_TYPE = 2, INT_TYPE = 3, BIGINT_TYPE = 4, FLOAT_TYPE = 5,
  DOUBLE_TYPE = 6, STRING_TYPE = 7, TIMESTAMP_TYPE = 8, BINARY_TYPE = 9, ARRAY_TYPE = 10, MAP_TYPE = 11,
  STRUCT_TYPE = 12, UNION_TYPE = 13, USER_DEFINED_TYPE = 14, DECIMAL_TYPE = 15, NULL_TYPE = 16,
  DATE_TYPE = 17, VARCHAR_TYPE = 18, CHAR_TYPE = 19, INTERVAL_YEAR_MONTH_TYPE = 20,
  INTERVAL_DAY_TIME_TYPE = 21, TIMESTAMPLOCALTZ_TYPE = 22
}

enum TStatusCode { SUCCESS = 0, SUCCESS_WITH_INFO = 1, STILL_EXECUTING = 2, ERROR = 3, INVALID_HANDLE = 4 }

enum TOperationState {
  INITIALIZED = 0, RUNNING = 1, FINISHED = 2, CANCELED = 3, CLOSED = 4, ERROR = 5, UNKNOWN = 6, PENDING = 7, TIMEDOUT = 8
}

enum TOperationType {
  EXECUTE_STATEMENT = 0, GET_TYPE_INFO = 1, GET_CATALOGS = 2, GET_SCHEMAS = 3, GET_TABLES = 4, GET_TABLE_TYPES = 5,
  GET_COLUMNS = 6, GET_FUNCTIONS = 7, UNKNOWN = 8
}

enum TFetchOrientation { NEXT = 0, PRIOR = 1, RELATIVE = 2, ABSOLUTE = 3, FIRST = 4, LAST = 5 }

// The questions of GetInfo that Impala answers after 4.5; 4.5 answers
// CLI_SERVER_NAME, CLI_DBMS_NAME and CLI_DBMS_VER alone.
enum TGetInfoType {
  CLI_DATA_SOURCE_NAME = 2, CLI_SERVER_NAME = 13, CLI_SEARCH_PATTERN_ESCAPE = 14, CLI_DBMS_NAME = 17, CLI_DBMS_VER = 18,
  CLI_ACCESSIBLE_TABLES = 19, CLI_ACCESSIBLE_PROCEDURES = 20, CLI_CURSOR_COMMIT_BEHAVIOR = 23, CLI_DATA_SOURCE_READ_ONLY = 25,
  CLI_DEFAULT_TXN_ISOLATION = 26, CLI_IDENTIFIER_CASE = 28, CLI_IDENTIFIER_QUOTE_CHAR = 29, CLI_MAX_COLUMN_NAME_LEN = 30,
  CLI_MAX_CURSOR_NAME_LEN = 31, CLI_MAX_SCHEMA_NAME_LEN = 32, CLI_MAX_CATALOG_NAME_LEN = 34, CLI_MAX_TABLE_NAME_LEN = 35,
  CLI_TXN_CAPABLE = 46, CLI_USER_NAME = 47, CLI_TXN_ISOLATION_OPTION = 72, CLI_INTEGRITY = 73, CLI_NULL_COLLATION = 85,
  CLI_ALTER_TABLE = 86, CLI_ORDER_BY_COLUMNS_IN_SELECT = 90, CLI_SPECIAL_CHARACTERS = 94, CLI_MAX_COLUMNS_IN_GROUP_BY = 97,
  CLI_MAX_COLUMNS_IN_ORDER_BY = 99, CLI_MAX_COLUMNS_IN_SELECT = 100, CLI_MAX_COLUMNS_IN_TABLE = 101, CLI_MAX_ROW_SIZE = 104,
  CLI_MAX_STATEMENT_LEN = 105, CLI_MAX_TABLES_IN_SELECT = 106, CLI_MAX_USER_NAME_LEN = 107, CLI_OJ_CAPABILITIES = 115,
  CLI_XOPEN_CLI_YEAR = 10000, CLI_DESCRIBE_PARAMETER = 10002, CLI_MAX_IDENTIFIER_LEN = 10005
}

struct TStatus {
  1: required TStatusCode statusCode
  2: optional list<string> infoMessages
  3: optional string sqlState
  4: optional i32 errorCode
  5: optional string errorMessage
}

struct THandleIdentifier {
  1: required binary guid
  2: required binary secret
}

struct TSessionHandle {
  1: required THandleIdentifier sessionId
}

struct TOperationHandle {
  1: required THandleIdentifier operationId
  2: required TOperationType operationType
  3: required bool hasResultSet
  4: optional double modifiedRowCount
}

struct TOpenSessionReq {
  1: required TProtocolVersion client_protocol
  2: optional string username
  3: optional string password
  4: optional map<string, string> configuration
}

struct TOpenSessionResp {
  1: required TStatus status
  2: required TProtocolVersion serverProtocolVersion
  3: optional TSessionHandle sessionHandle
  4: optional map<string, string> configuration
}

struct TCloseSessionReq {
  1: required TSessionHandle sessionHandle
}

struct TCloseSessionResp {
  1: required TStatus status
}

union TGetInfoValue {
  1: string stringValue
  2: i16 smallIntValue
  3: i32 integerBitmask
  4: i32 integerFlag
  5: i32 binaryValue
  6: i64 lenValue
}

struct TGetInfoReq {
  1: required TSessionHandle sessionHandle
  2: required TGetInfoType infoType
}

struct TGetInfoResp {
  1: required TStatus status
  2: required TGetInfoValue infoValue
}

struct TExecuteStatementReq {
  1: required TSessionHandle sessionHandle
  2: required string statement
  3: optional map<string, string> confOverlay
  4: optional bool runAsync
}

struct TExecuteStatementResp {
  1: required TStatus status
  2: optional TOperationHandle operationHandle
}

struct TGetOperationStatusReq {
  1: required TOperationHandle operationHandle
}

enum TJobExecutionStatus { IN_PROGRESS = 0, COMPLETE = 1, NOT_AVAILABLE = 2 }

struct TProgressUpdateResp {
  1: required list<string> headerNames
  2: required list<list<string>> rows
  3: required double progressedPercentage
  4: required TJobExecutionStatus status
  5: required string footerSummary
  6: required i64 startTime
}

struct TGetOperationStatusResp {
  1: required TStatus status
  2: optional TOperationState operationState
  3: optional string sqlState
  4: optional i32 errorCode
  5: optional string errorMessage
  6: optional string taskStatus
  7: optional i64 operationStarted
  8: optional i64 operationCompleted
  9: optional bool hasResultSet
  10: optional TProgressUpdateResp progressUpdateResponse
  11: optional i64 numModifiedRows
}

struct TCancelOperationReq {
  1: required TOperationHandle operationHandle
}

struct TCancelOperationResp {
  1: required TStatus status
}

struct TCloseOperationReq {
  1: required TOperationHandle operationHandle
}

struct TCloseOperationResp {
  1: required TStatus status
}

struct TCloseImpalaOperationReq {
  1: required TOperationHandle operationHandle
}

struct TDmlResult {
  1: required map<string, i64> rows_modified
  3: optional map<string, i64> rows_deleted
  2: optional i64 num_row_errors
}

struct TCloseImpalaOperationResp {
  1: required TStatus status
  2: optional TDmlResult dml_result
}

union TTypeQualifierValue {
  1: i32 i32Value
  2: string stringValue
}

struct TTypeQualifiers {
  1: required map<string, TTypeQualifierValue> qualifiers
}

struct TPrimitiveTypeEntry {
  1: required TTypeId type
  2: optional TTypeQualifiers typeQualifiers
}

// Impala and Hive describe every column they send with a primitive entry; the
// five other members of the union are left unread.
union TTypeEntry {
  1: TPrimitiveTypeEntry primitiveEntry
}

struct TTypeDesc {
  1: required list<TTypeEntry> types
}

struct TColumnDesc {
  1: required string columnName
  2: required TTypeDesc typeDesc
  3: required i32 position
  4: optional string comment
}

struct TTableSchema {
  1: required list<TColumnDesc> columns
}

struct TGetResultSetMetadataReq {
  1: required TOperationHandle operationHandle
}

struct TGetResultSetMetadataResp {
  1: required TStatus status
  2: optional TTableSchema schema
}

// In every column `nulls` has a bit a row, least significant first; a bitmap
// shorter than the rows means that the rest is not null.
struct TBoolColumn { 1: required list<bool> values, 2: required binary nulls }
struct TByteColumn { 1: required list<i8> values, 2: required binary nulls }
struct TI16Column { 1: required list<i16> values, 2: required binary nulls }
struct TI32Column { 1: required list<i32> values, 2: required binary nulls }
struct TI64Column { 1: required list<i64> values, 2: required binary nulls }
struct TDoubleColumn { 1: required list<double> values, 2: required binary nulls }
struct TStringColumn { 1: required list<string> values, 2: required binary nulls }
struct TBinaryColumn { 1: required list<binary> values, 2: required binary nulls }

union TColumn {
  1: TBoolColumn boolVal
  2: TByteColumn byteVal
  3: TI16Column i16Val
  4: TI32Column i32Val
  5: TI64Column i64Val
  6: TDoubleColumn doubleVal
  7: TStringColumn stringVal
  8: TBinaryColumn binaryVal
}

struct TBoolValue { 1: optional bool value }
struct TByteValue { 1: optional i8 value }
struct TI16Value { 1: optional i16 value }
struct TI32Value { 1: optional i32 value }
struct TI64Value { 1: optional i64 value }
struct TDoubleValue { 1: optional double value }
struct TStringValue { 1: optional string value }

// A NULL is the member of its type without a value.
union TColumnValue {
  1: TBoolValue boolVal
  2: TByteValue byteVal
  3: TI16Value i16Val
  4: TI32Value i32Val
  5: TI64Value i64Val
  6: TDoubleValue doubleVal
  7: TStringValue stringVal
}

// Rows of the layout before V6. A session that asks for V6 gets none, but the
// list itself is required.
struct TRow {
  1: required list<TColumnValue> colVals
}

struct TRowSet {
  1: required i64 startRowOffset
  2: required list<TRow> rows
  3: optional list<TColumn> columns
}

struct TFetchResultsReq {
  1: required TOperationHandle operationHandle
  2: required TFetchOrientation orientation
  3: required i64 maxRows
}

struct TFetchResultsResp {
  1: required TStatus status
  2: optional bool hasMoreRows
  3: optional TRowSet results
}

struct TGetLogReq {
  1: required TOperationHandle operationHandle
}

struct TGetLogResp {
  1: required TStatus status
  2: required string log
}

struct TPingImpalaHS2ServiceReq {
  1: required TSessionHandle sessionHandle
}

struct TPingImpalaHS2ServiceResp {
  1: required TStatus status
  2: optional string version
  3: optional string webserver_address
  4: optional i64 timestamp
}

// Operations on metadata. Names of catalogs, schemas, tables and columns are
// patterns, except for those of keys.

struct TGetTypeInfoReq {
  1: required TSessionHandle sessionHandle
}

struct TGetTypeInfoResp {
  1: required TStatus status
  2: optional TOperationHandle operationHandle
}

struct TGetCatalogsReq {
  1: required TSessionHandle sessionHandle
}

struct TGetCatalogsResp {
  1: required TStatus status
  2: optional TOperationHandle operationHandle
}

struct TGetSchemasReq {
  1: required TSessionHandle sessionHandle
  2: optional string catalogName
  3: optional string schemaName
}

struct TGetSchemasResp {
  1: required TStatus status
  2: optional TOperationHandle operationHandle
}

struct TGetTablesReq {
  1: required TSessionHandle sessionHandle
  2: optional string catalogName
  3: optional string schemaName
  4: optional string tableName
  5: optional list<string> tableTypes
}

struct TGetTablesResp {
  1: required TStatus status
  2: optional TOperationHandle operationHandle
}

struct TGetTableTypesReq {
  1: required TSessionHandle sessionHandle
}

struct TGetTableTypesResp {
  1: required TStatus status
  2: optional TOperationHandle operationHandle
}

struct TGetColumnsReq {
  1: required TSessionHandle sessionHandle
  2: optional string catalogName
  3: optional string schemaName
  4: optional string tableName
  5: optional string columnName
}

struct TGetColumnsResp {
  1: required TStatus status
  2: optional TOperationHandle operationHandle
}

struct TGetFunctionsReq {
  1: required TSessionHandle sessionHandle
  2: optional string catalogName
  3: optional string schemaName
  4: required string functionName
}

struct TGetFunctionsResp {
  1: required TStatus status
  2: optional TOperationHandle operationHandle
}

struct TGetPrimaryKeysReq {
  1: required TSessionHandle sessionHandle
  2: optional string catalogName
  3: optional string schemaName
  4: optional string tableName
}

struct TGetPrimaryKeysResp {
  1: required TStatus status
  2: optional TOperationHandle operationHandle
}

struct TGetCrossReferenceReq {
  1: required TSessionHandle sessionHandle
  2: optional string parentCatalogName
  3: optional string parentSchemaName
  4: optional string parentTableName
  5: optional string foreignCatalogName
  6: optional string foreignSchemaName
  7: optional string foreignTableName
}

struct TGetCrossReferenceResp {
  1: required TStatus status
  2: optional TOperationHandle operationHandle
}

// Calls that Impala answers with an error.

struct TGetDelegationTokenReq {
  1: required TSessionHandle sessionHandle
  2: required string owner
  3: required string renewer
}

struct TGetDelegationTokenResp {
  1: required TStatus status
  2: optional string delegationToken
}

struct TCancelDelegationTokenReq {
  1: required TSessionHandle sessionHandle
  2: required string delegationToken
}

struct TCancelDelegationTokenResp {
  1: required TStatus status
}

struct TRenewDelegationTokenReq {
  1: required TSessionHandle sessionHandle
  2: required string delegationToken
}

struct TRenewDelegationTokenResp {
  1: required TStatus status
}

struct TSetClientInfoReq {
  1: required TSessionHandle sessionHandle
  2: optional map<string, string> configuration
}

struct TSetClientInfoResp {
  1: required TStatus status
}

struct TUploadDataReq {
  1: required TSessionHandle sessionHandle
  2: optional string tableName
  3: optional string path
  4: required binary values
}

struct TUploadDataResp {
  1: required TStatus status
  2: required TOperationHandle operationHandle
}

struct TDownloadDataReq {
  1: required TSessionHandle sessionHandle
  2: optional string tableName
  3: optional string query
  4: optional string format
  5: optional map<string, string> downloadOptions
}

struct TDownloadDataResp {
  1: required TStatus status
  2: required TOperationHandle operationHandle
}

struct TGetQueryIdReq {
  1: required TOperationHandle operationHandle
}

struct TGetQueryIdResp {
  1: required string queryId
}

// Calls of the port for another planner. The second field of these answers is left
// out: an error does not need it, and it brings half of Impala's own IDL.
struct TExternalFrontendReq {
  1: optional TSessionHandle sessionHandle
}

struct TExternalFrontendResp {
  1: required TStatus status
}

enum TRuntimeProfileFormat { STRING = 0, BASE64 = 1, THRIFT = 2, JSON = 3 }

struct TGetRuntimeProfileReq {
  1: optional TOperationHandle operationHandle
  2: optional TSessionHandle sessionHandle
  3: optional TRuntimeProfileFormat format = TRuntimeProfileFormat.STRING
  4: optional bool include_query_attempts = false
}

// The profile as Thrift (field 3) is not served.
struct TGetRuntimeProfileResp {
  1: required TStatus status
  2: optional string profile
  4: optional list<string> failed_profiles
}

enum TExecState { REGISTERED = 0, PLANNING = 1, QUEUED = 2, RUNNING = 3, FINISHED = 4, CANCELLED = 5, FAILED = 6 }

// Impala's own status, not TStatus above; status_code 0 is OK.
struct TImpalaStatus {
  1: required i32 status_code
  2: list<string> error_msgs
}

struct TExecStats {
  1: optional i64 latency_ns
  2: optional i64 cpu_time_ns
  3: optional i64 cardinality
  4: optional i64 memory_used
}

struct TPlanNodeExecSummary {
  1: required i32 node_id
  2: required i32 fragment_idx
  3: required string label
  4: optional string label_detail
  5: required i32 num_children
  6: optional TExecStats estimated_stats
  7: optional list<TExecStats> exec_stats
  8: optional bool is_broadcast
  9: optional i32 num_hosts
}

struct TExecProgress {
  1: optional i64 total_scan_ranges
  2: optional i64 num_completed_scan_ranges
  3: optional i64 total_fragment_instances
  4: optional i64 num_completed_fragment_instances
}

struct TExecSummary {
  1: required TExecState state
  2: optional TImpalaStatus status
  3: optional list<TPlanNodeExecSummary> nodes
  4: optional map<i32, i32> exch_to_sender_map
  5: optional list<string> error_logs
  6: optional TExecProgress progress
  7: optional bool is_queued
  8: optional string queued_reason
}

struct TGetExecSummaryReq {
  1: optional TOperationHandle operationHandle
  2: optional TSessionHandle sessionHandle
  3: optional bool include_query_attempts = false
}

struct TGetExecSummaryResp {
  1: required TStatus status
  2: optional TExecSummary summary
  3: optional list<TExecSummary> failed_summaries
}

service TCLIService {
  TOpenSessionResp OpenSession(1: TOpenSessionReq req)
  TCloseSessionResp CloseSession(1: TCloseSessionReq req)
  TGetInfoResp GetInfo(1: TGetInfoReq req)
  TExecuteStatementResp ExecuteStatement(1: TExecuteStatementReq req)
  TGetOperationStatusResp GetOperationStatus(1: TGetOperationStatusReq req)
  TCancelOperationResp CancelOperation(1: TCancelOperationReq req)
  TCloseOperationResp CloseOperation(1: TCloseOperationReq req)
  TGetResultSetMetadataResp GetResultSetMetadata(1: TGetResultSetMetadataReq req)
  TFetchResultsResp FetchResults(1: TFetchResultsReq req)
  TGetLogResp GetLog(1: TGetLogReq req)
  TGetTypeInfoResp GetTypeInfo(1: TGetTypeInfoReq req)
  TGetCatalogsResp GetCatalogs(1: TGetCatalogsReq req)
  TGetSchemasResp GetSchemas(1: TGetSchemasReq req)
  TGetTablesResp GetTables(1: TGetTablesReq req)
  TGetTableTypesResp GetTableTypes(1: TGetTableTypesReq req)
  TGetColumnsResp GetColumns(1: TGetColumnsReq req)
  TGetFunctionsResp GetFunctions(1: TGetFunctionsReq req)
  TGetPrimaryKeysResp GetPrimaryKeys(1: TGetPrimaryKeysReq req)
  TGetCrossReferenceResp GetCrossReference(1: TGetCrossReferenceReq req)
  TGetDelegationTokenResp GetDelegationToken(1: TGetDelegationTokenReq req)
  TCancelDelegationTokenResp CancelDelegationToken(1: TCancelDelegationTokenReq req)
  TRenewDelegationTokenResp RenewDelegationToken(1: TRenewDelegationTokenReq req)
  TGetQueryIdResp GetQueryId(1: TGetQueryIdReq req)
  TSetClientInfoResp SetClientInfo(1: TSetClientInfoReq req)
  TUploadDataResp UploadData(1: TUploadDataReq req)
  TDownloadDataResp DownloadData(1: TDownloadDataReq req)
}

service ImpalaHiveServer2Service extends TCLIService {
  TPingImpalaHS2ServiceResp PingImpalaHS2Service(1: TPingImpalaHS2ServiceReq req)
  TCloseImpalaOperationResp CloseImpalaOperation(1: TCloseImpalaOperationReq req)
  TGetRuntimeProfileResp GetRuntimeProfile(1: TGetRuntimeProfileReq req)
  TGetExecSummaryResp GetExecSummary(1: TGetExecSummaryReq req)
  TExternalFrontendResp InitQueryContext()
  TExternalFrontendResp ExecutePlannedStatement(1: TExternalFrontendReq req)
  TExternalFrontendResp GetBackendConfig(1: TExternalFrontendReq req)
  TExternalFrontendResp GetExecutorMembership(1: TExternalFrontendReq req)
}
