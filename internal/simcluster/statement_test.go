package simcluster

import (
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// newTestCoordinator returns a coordinator without listeners, and a session.
func newTestCoordinator() (*coordinator, *session) { return newVersionedCoordinator("4.5.0") }

func newVersionedCoordinator(version string) (*coordinator, *session) {
	c, err := Config{}.withDefaults()
	if err != nil {
		panic(err)
	}
	co := newCoordinator(c, coordinatorPlan{version: version}, 0, "coord-a1", "coord-a1:25000", [2]int32{4711, 4712})
	return co, co.openSession("alice", protocolHS2)
}

func TestCoordinator_Run(t *testing.T) {
	t.Parallel()
	c, s := newTestCoordinator()
	for sql, want := range map[string]string{ // name:type=value of each column
		"SELECT pid()": "pid():int=4711",
		"select Coordinator() , PID() as Process;": "coordinator():string=coord-a1|process:int=4711",
		"select coordinator() host":                "host:string=coord-a1",
		"\n select\tcurrent_session() ; ;":         "current_session():string=" + s.id.String(),
		"select user(), effective_user(), 'a,b'":   "user():string=alice|effective_user():string=alice|'a,b':string=a,b",
		"select 'it''s'":                           "s:string=it", // a string may be an alias
		"select 1, -300, 70000, 9000000000":        "1:tinyint=1|-300:smallint=-300|70000:int=70000|9000000000:bigint=9000000000",
		"select current_database() as `db`":        "db:string=default",
		"select version ( )":                       "version():string=" + c.version + "\n" + buildDate,
		"use default":                              "",
		"SET mt_dop = '4'":                         "",
		"select\npid(),\n\tcoordinator()\n":        "pid():int=4711|coordinator():string=coord-a1",
	} {
		got, err := c.run(s, sql)
		if err != nil {
			t.Errorf("%q: %v", sql, err)
			continue
		}
		if text := formatRow(got); text != want {
			t.Errorf("%q: %q, want %q", sql, text, want)
		}
	}
}

// formatRow formats a table with one row.
func formatRow(t *table) string {
	if t == nil {
		return ""
	}
	var cells []string
	for _, c := range t.columns {
		cells = append(cells, c.name+":"+c.typ.String()+"="+rowText(&table{columns: []column{c}, rows: 1}, 0))
	}
	return strings.Join(cells, "|")
}

func TestCoordinator_RunErrors(t *testing.T) {
	t.Parallel()
	c, s := newTestCoordinator()
	for sql, want := range map[string]string{
		"selec pid()":                           "ParseException: Syntax error in line 1:\nselec pid()\n^\nEncountered: IDENTIFIER\n",
		"":                                      "ParseException: Syntax error in line 1:\n\n^\nEncountered: EOF\n",
		"select":                                "Encountered: EOF",
		"select pid(),":                         "ParseException: Syntax error",
		"select pid() from t":                   "AnalysisException: Could not resolve table reference: 't'\n",
		"select a from functional.alltypestiny": "AnalysisException: Could not resolve column/field reference: 'a'\n",
		"select pid(), , user()":                "ParseException: Syntax error",
		"select nosuch()":                       "AnalysisException: default.nosuch() unknown\n",
		"use nowhere":                           "AnalysisException: Database does not exist: nowhere\n",
		"set no_such_option=1":                  "Invalid query option: no_such_option\n",
		"set mt_dop":                            "ParseException: Syntax error",
		"select 'a,,b', pid(":                   "ParseException: Syntax error",
		"drop table customers":                  "CAUSED BY: Exception: Syntax error\n",
	} {
		if got, err := c.run(s, sql); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %q", sql, got, err, want)
		}
	}
}

func TestCoordinator_Set(t *testing.T) {
	t.Parallel()
	c, s := newTestCoordinator()
	if _, err := c.run(s, "set mem_limit=2g"); err != nil {
		t.Fatal(err)
	}
	few, err := c.run(s, "SET")
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.run(s, "set all")
	if err != nil {
		t.Fatal(err)
	}
	if few.rows >= all.rows || all.rows != len(c.options.list) {
		t.Errorf("SET has %d rows, SET ALL %d", few.rows, all.rows)
	}
	i := slices.Index(few.columns[0].texts, "MEM_LIMIT")
	if i < 0 || few.columns[1].texts[i] != "2147483648" || few.columns[2].texts[i] != "REGULAR" {
		t.Errorf("MEM_LIMIT at %d", i)
	}
}

func TestHandle_StringAndParse(t *testing.T) {
	t.Parallel()
	h := handle{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	if got := h.String(); got != "0807060504030201:100f0e0d0c0b0a09" {
		t.Error(got)
	}
	if back, ok := parseHandle(h.String()); !ok || back != h {
		t.Errorf("%v, %v", back, ok)
	}
	for _, text := range []string{"", ":", strings.Repeat("x", 33), "0807060504030201-100f0e0d0c0b0a09", h.String() + "0"} {
		if _, ok := parseHandle(text); ok {
			t.Errorf("%q parses", text)
		}
	}
}

func FuzzStatement(f *testing.F) {
	for _, sql := range []string{"select pid(), 'x' as y", "set all", "use `default`;", "select 'a,b', 1", "SET a=b", ";;"} {
		f.Add(sql)
	}
	c, s := newTestCoordinator()
	f.Fuzz(func(t *testing.T, sql string) {
		result, err := c.run(s, sql)
		if err != nil && result != nil {
			t.Error("a result and an error")
		}
		if err != nil && len(err.Error()) > 3*len(sql)+600 {
			t.Errorf("error of %d bytes for %d", len(err.Error()), len(sql))
		}
		if result != nil {
			for row := range result.rows {
				rowText(result, row)
			}
			rowSet(result, 0, result.rows, hs2.TProtocolVersion_V6)
			rowSet(result, 0, result.rows, hs2.TProtocolVersion_V1)
		}
	})
}
