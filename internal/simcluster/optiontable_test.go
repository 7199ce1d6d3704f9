package simcluster

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

func TestOptionTable_Versions(t *testing.T) {
	t.Parallel()
	for version, count := range map[string]int{"4.4.1": 186, "4.5.0": 186, "4.5.0-RELEASE": 186, "4.6.0": 206, "5.0.0-SNAPSHOT": 206, "unknown": 186} {
		table := optionsOf(version)
		if len(table.list) != count || !slices.IsSortedFunc(table.list, func(a, b queryOption) int { return strings.Compare(a.name, b.name) }) {
			t.Errorf("%s: %d options, want %d in order", version, len(table.list), count)
		}
		for _, o := range table.list {
			if o.level < optionLevelRegular {
				t.Errorf("%s: %s has no level", version, o.name)
			}
			if strings.Contains("removed string", o.kind) || o.value == "" {
				continue
			}
			if text, err := o.parse(o.value); err != nil || text != o.value && o.value != "-1" {
				t.Errorf("%s: the default of %s is %q, printed as %q, %v", version, o.name, o.value, text, err)
			}
		}
	}
}

func TestOptionTable_LevelsAndDefaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		table       *optionTable
		name, value string
		level       optionLevel
	}{
		{options45(), "SPOOL_QUERY_RESULTS", "1", optionLevelDevelopment},
		{options45(), "ORC_SCHEMA_RESOLUTION", "POSITION", optionLevelRegular},
		{options45(), "SEQ_COMPRESSION_MODE", "", optionLevelRemoved},
		{options45(), "AGG_MEM_CORRELATION_FACTOR", "0.500000", optionLevelAdvanced},
		{options45(), "DEFAULT_FILE_FORMAT", "TEXT", optionLevelRegular},
		{optionsNext(), "DEFAULT_FILE_FORMAT", "PARQUET", optionLevelRegular},
		{optionsNext(), "USE_HBO_STATS", "0", optionLevelRegular},
		{optionsNext(), "MAX_FRAGMENT_INSTANCES_PER_NODE", "128", optionLevelAdvanced},
		{optionsNext(), "ENABLED_RUNTIME_FILTER_TYPES", "BLOOM,MIN_MAX", optionLevelAdvanced},
	} {
		if o, ok := c.table.find(strings.ToLower(c.name)); !ok || o.value != c.value || o.level != c.level {
			t.Errorf("%s: %+v, %v; want %q %v", c.name, o, ok, c.value, c.level)
		}
	}
	if _, ok := options45().find("USE_HBO_STATS"); ok {
		t.Error("4.5 has an option of a later version")
	}
}

func TestCoordinator_SetOption(t *testing.T) {
	t.Parallel()
	c, s := newTestCoordinator()
	for set, want := range map[string]string{
		"mem_limit=2g": "2147483648", "mem_limit=1.5Mb": "1572864", "mem_limit=-1": "0", "scratch_limit=-1": "-1",
		"compression_codec='gzip'": "GZIP", "compression_codec=ZSTD:9": "ZSTD:9", "compression_codec=zstd": "ZSTD:3",
		"explain_level=2": "EXTENDED", "sync_ddl=TRUE": "1", "sync_ddl=whatever": "0", "mt_dop='4'": "4",
		"minmax_filter_threshold=.5": "0.500000", `enabled_runtime_filter_types="min_max, bloom"`: "BLOOM,MIN_MAX",
		"enabled_runtime_filter_types=all": "BLOOM,MIN_MAX,IN_LIST", "request_pool=root.a": "root.a",
		"mem_limit=xyz":              "Failed to parse query option 'MEM_LIMIT': xyz",
		"mem_limit=10%":              "Failed to parse query option 'MEM_LIMIT': 10%",
		"mt_dop=65":                  "Invalid value for query option MT_DOP: 65 is not in range [0, 64]",
		"query_timeout_s=-2":         "Invalid value for query option QUERY_TIMEOUT_S: Value must be non-negative: -2",
		"max_cnf_exprs=-2":           "Invalid value for query option MAX_CNF_EXPRS: Value must be greater than or equal to -1, actual value: -2",
		"kudu_read_mode=never":       "Invalid Kudu read mode: 'never'. Valid values are DEFAULT(0), READ_LATEST(1), READ_AT_SNAPSHOT(2).",
		"no_such_option=1":           "Invalid query option: no_such_option",
		"replica_preference=2":       "DISK_LOCAL",
		"seq_compression_mode=block": "",
	} {
		name, _, _ := strings.Cut(strings.ToUpper(set), "=")
		_, err := c.run(s, "set "+set)
		got := s.options[name]
		if err != nil {
			got = strings.TrimSuffix(err.Error(), "\n")
		}
		if got != want {
			t.Errorf("%s: %q, want %q", set, got, want)
		}
		if _, err := c.run(s, "unset all"); err != nil || len(s.options) != 0 {
			t.Errorf("UNSET ALL: %v, %v", s.options, err)
		}
	}
	for _, sql := range []string{"set mem_limit=5", "set mem_limit=''"} {
		if _, err := c.run(s, sql); err != nil {
			t.Error(err)
		}
	}
	if len(s.options) != 0 {
		t.Errorf("an empty value does not reset an option: %v", s.options)
	}
}

func TestHS2Service_OpenSessionAppliesOptions(t *testing.T) {
	t.Parallel()
	u, err := dialHS2(start(t, Config{Coordinators: 1}).Nodes()[0])
	if err != nil {
		t.Fatal(err)
	}
	defer u.transport.Close()
	r, err := u.OpenSession(t.Context(), &hs2.TOpenSessionReq{ClientProtocol: hs2.TProtocolVersion_V6, Configuration: map[string]string{
		"client_identifier": "me", "set:hiveconf:MEM_LIMIT": "5", "REQUEST_POOL": "p", "mt_dop": "many", "no_such": "x", "use:database": "functional",
	}})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"CLIENT_IDENTIFIER": "me", "MEM_LIMIT": "5", "REQUEST_POOL": "p", "MT_DOP": "", "http_addr": "coord-a1:25000"} {
		if got := r.Configuration[key]; got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if len(r.Configuration) != 187 {
		t.Errorf("%d entries: %v", len(r.Configuration), slices.Sorted(maps.Keys(r.Configuration)))
	}
	u.session = r.SessionHandle
	if columns, err := u.query("select current_database()"); err != nil || columns[0].StringVal.Values[0] != "functional" {
		t.Errorf("%v, %v", columns, err)
	}
}

func TestHS2Service_OpenSessionDelegates(t *testing.T) {
	t.Parallel()
	u, err := dialHS2(start(t, Config{Coordinators: 1, ProxyUsers: map[string][]string{"hue": {"*"}}}).Nodes()[0])
	if err != nil {
		t.Fatal(err)
	}
	defer u.transport.Close()
	user := "hue"
	open := func(delegate string) *hs2.TOpenSessionResp {
		r, err := u.OpenSession(t.Context(), &hs2.TOpenSessionReq{Username: &user, Configuration: map[string]string{"IMPALA.doas.user": delegate}})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := open(""); r.Status.GetErrorMessage() != "Unable to delegate using empty doAs username.\n" {
		t.Errorf("an empty user: %v", r.Status)
	}
	u.session = open("alice").SessionHandle
	op := executeStatement(t, u, "select user(), effective_user()")
	rows, err := u.FetchResults(t.Context(), &hs2.TFetchResultsReq{OperationHandle: op})
	if err != nil || len(rows.Results.Rows) != 1 {
		t.Fatalf("%v, %v", rows, err)
	}
	if cells := rows.Results.Rows[0].ColVals; cells[0].StringVal.GetValue() != "hue" || cells[1].StringVal.GetValue() != "alice" {
		t.Errorf("%v", cells)
	}
}
