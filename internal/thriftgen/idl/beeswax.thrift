/*
 * The part of Beeswax and of Impala's extension to it that impala-lbcheck and its
 * simulated cluster speak. A Beeswax session is its TCP connection: there is no OpenSession.
 */
namespace go beeswax

struct Query {
  1: string query
  3: list<string> configuration
  4: string hadoop_user
}

struct QueryHandle {
  1: string id
  2: string log_context
}

enum QueryState { CREATED = 0, INITIALIZED = 1, COMPILED = 2, RUNNING = 3, FINISHED = 4, EXCEPTION = 5 }

// A row is one string, its columns joined by tabs; `columns` are type names.
struct Results {
  1: bool ready
  2: list<string> columns
  3: list<string> data
  4: i64 start_row
  5: bool has_more
}

struct FieldSchema {
  1: string name
  2: string type
  3: string comment
}

struct Schema {
  1: list<FieldSchema> fieldSchemas
  2: map<string, string> properties
}

struct ResultsMetadata {
  1: Schema schema
  2: string table_dir
  3: string in_tablename
  4: string delim
}

exception BeeswaxException {
  1: string message
  2: string log_context
  3: QueryHandle handle
  4: optional i32 errorCode
  5: optional string SQLState
}

exception QueryNotFoundException {}

enum TQueryOptionLevel { REGULAR = 0, ADVANCED = 1, DEVELOPMENT = 2, DEPRECATED = 3, REMOVED = 4 }

struct ConfigVariable {
  1: string key
  2: string value
  3: string description
  4: optional TQueryOptionLevel level
}

// Not TCLIService's TStatus: the status of Impala's own services, of which
// status_code 0 is OK.
struct TStatus {
  1: required i32 status_code
  2: list<string> error_msgs
}

struct TPingImpalaServiceResp {
  1: string version
  2: string webserver_address
}

struct QueryExplanation {
  1: string textual
}

struct TDmlResult {
  1: required map<string, i64> rows_modified
  3: optional map<string, i64> rows_deleted
  2: optional i64 num_row_errors
}

struct TResetTableReq {
  1: required string db_name
  2: required string table_name
}

// The execution summary is HiveServer2's too, where it is documented.
enum TExecState { REGISTERED = 0, PLANNING = 1, QUEUED = 2, RUNNING = 3, FINISHED = 4, CANCELLED = 5, FAILED = 6 }

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

struct TExecSummary {
  1: required TExecState state
  2: optional TStatus status
  3: optional list<TPlanNodeExecSummary> nodes
}

service BeeswaxService {
  QueryHandle query(1: Query query) throws (1: BeeswaxException error)
  QueryHandle executeAndWait(1: Query query, 2: string clientCtx) throws (1: BeeswaxException error)
  QueryExplanation explain(1: Query query) throws (1: BeeswaxException error)
  Results fetch(1: QueryHandle query_id, 2: bool start_over, 3: i32 fetch_size)
    throws (1: QueryNotFoundException error, 2: BeeswaxException error2)
  QueryState get_state(1: QueryHandle handle) throws (1: QueryNotFoundException error)
  ResultsMetadata get_results_metadata(1: QueryHandle handle) throws (1: QueryNotFoundException error)
  string get_log(1: string context) throws (1: QueryNotFoundException error)
  string echo(1: string s)
  string dump_config()
  list<ConfigVariable> get_default_configuration(1: bool include_hadoop)
  void close(1: QueryHandle handle) throws (1: QueryNotFoundException error, 2: BeeswaxException error2)
  void clean(1: string log_context)
}

service ImpalaService extends BeeswaxService {
  TStatus Cancel(1: QueryHandle query_id) throws (1: BeeswaxException error)
  TStatus ResetCatalog()
  TStatus ResetTable(1: TResetTableReq request)
  string GetRuntimeProfile(1: QueryHandle query_id) throws (1: BeeswaxException error)
  TDmlResult CloseInsert(1: QueryHandle handle) throws (1: QueryNotFoundException error, 2: BeeswaxException error2)
  TPingImpalaServiceResp PingImpalaService()
  TExecSummary GetExecSummary(1: QueryHandle handle) throws (1: QueryNotFoundException error, 2: BeeswaxException error2)
}
