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
		"select Coordinator() , PID() as Process;":                           "coordinator():string=coord-a1|process:int=4711",
		"select coordinator() host":                                          "host:string=coord-a1",
		"\n select\tcurrent_session() ; ;":                                   "current_session():string=" + s.id.String(),
		"select user(), effective_user(), 'a,b'":                             "user():string=alice|effective_user():string=alice|'a,b':string=a,b",
		"select 'it''s'":                                                     "s:string=it", // a string may be an alias
		"select 1, -300, 70000, 9000000000":                                  "1:tinyint=1|-300:smallint=-300|70000:int=70000|9000000000:bigint=9000000000",
		"select current_database() as `db`":                                  "db:string=default",
		"select version ( )":                                                 "version():string=" + c.version + "\n" + buildDate,
		"use default":                                                        "",
		"SET mt_dop = '4'":                                                   "",
		"/* hi */ select pid() -- c":                                         "pid():int=4711",
		"-- c\n/*+ hint */ SELECT /* a -- b */ 1;-- c":                       "1:tinyint=1",
		"select '-- no comment' as \"a b\"":                                  "a b:string=-- no comment",
		"select 1+1, 2 * (3 - 300), 7/2":                                     "1 + 1:smallint=2|2 * (3 - 300):bigint=-594|7 / 2:double=3.5",
		"select NULL, TRUE as yes, false":                                    "null:boolean=NULL|yes:boolean=true|false:boolean=false",
		"select 1.50, -.5, 'It\\'s'":                                         "1.50:decimal=1.50|-0.5:decimal=-0.5|'it's':string=It's",
		"select cast('12' as int), cast(1 as string) s, cast('x' as bigint)": "cast('12' as int):int=12|s:string=1|cast('x' as bigint):bigint=NULL",
		"select cast('2026-01-02' as timestamp) t, cast(2.345 as decimal(5,2)) d, cast('abc' as varchar(2)) v, cast('a' as char(2)) c": "t:timestamp=2026-01-02 00:00:00.000000000|d:decimal=2.35|v:string=ab|c:char=a ",
		"values (1, 'a' as x)":                              "1:tinyint=1|x:string=a",
		"select effective_user(), logged_in_user() limit 5": "effective_user():string=alice|logged_in_user():string=alice",
		"show tables":                                        "",
		"show databases like 'def*|nothing'":                 "name:string=default|comment:string=Default Hive database",
		"SHOW SCHEMAS 'func*'":                               "name:string=functional|comment:string=",
		"show tables in functional":                          "name:string=alltypestiny",
		"select id, count(*) n from functional.alltypestiny": "id:int=0|n:bigint=8",
		"unset all":                                          "",
		"select\npid(),\n\tcoordinator()\n":                  "pid():int=4711|coordinator():string=coord-a1",
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
	if t == nil || t.rows == 0 {
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
		"select 1 +":                            "Encountered: EOF",
		"select 1\n, 2 3":                       "ParseException: Syntax error in line 2:\n, 2 3\n    ^\nEncountered: INTEGER LITERAL\n",
		"select 'a' + 1":                        "AnalysisException: Arithmetic operation requires numeric operands: 'a' + 1\n",
		"select cast(1 as":                      "ParseException: Syntax error",
		"select pid":                            "AnalysisException: Could not resolve column/field reference: 'pid'\n",
		"select pid(1)":                         "AnalysisException: default.pid() unknown\n",
		"values (1), (1, 2)":                    "AnalysisException: Operands have unequal number of columns\n",
		"values (1), ('a')":                     "AnalysisException: Incompatible return types 'TINYINT' and 'STRING' of exprs.\n",
		"explain use default":                   "ParseException: Syntax error",
		"show tables in nowhere":                "AnalysisException: Database does not exist: nowhere\n",
		"describe nothing":                      "AnalysisException: Could not resolve table reference: 'nothing'\n",
		"unset mem_limit":                       "ParseException: Syntax error",
		"select " + strings.Repeat("(", 200):    "AnalysisException: Exceeded the maximum depth of an expression tree (100).\n",
		"select " + strings.Repeat("-", 200) + "1":   "ParseException: Syntax error",
		"select 1" + strings.Repeat("+1", maxTokens): "AnalysisException: Exceeded the statement expression limit",
		"drop table customers":                       "CAUSED BY: Exception: Syntax error\n",
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

func TestCoordinator_Tables(t *testing.T) {
	t.Parallel()
	c, s := newTestCoordinator()
	for sql, want := range map[string][]string{
		"select id, bool_col, float_col x, timestamp_col from functional.alltypestiny limit 2": {"0\ttrue\t0\t2009-01-01 00:00:00", "1\tfalse\t1.1\t2009-01-01 00:01:00"},
		"select 1 from functional.alltypestiny limit 1":                                        {"1"},
		"select * from functional.alltypestiny limit 0":                                        nil,
		"values (1), (300), (null)":                                                            {"1", "300", "NULL"},
		"explain select 1":                                                                     strings.Split(planText(&table{}), "\n"),
		"explain select count(*) from functional.alltypestiny":                                 strings.Split(planText(&table{scanned: true}), "\n"),
	} {
		result, err := c.run(s, sql)
		if err != nil {
			t.Errorf("%q: %v", sql, err)
			continue
		}
		var got []string
		for row := range result.rows {
			got = append(got, rowText(result, row))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", sql, got, want)
		}
	}
	columns, err := c.run(s, "describe functional.alltypestiny")
	if err != nil || columns.rows != 13 || rowText(columns, 6) != "float_col\tfloat\t" {
		t.Errorf("%v, %v", columns, err)
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
	for _, sql := range []string{"select pid(), 'x' as y", "set all", "use `default`;", "values (1,null),(2,cast('a' as char(3)))", "explain select * from functional.alltypestiny limit 1", "show tables in functional like 'a*'", "select 'a,b', 1", "SET a=b", ";;"} {
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
