package hs2client_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// ask is the result of one statement, whose answer has the given columns.
func ask(t *testing.T, columns []*hs2.TColumn, schema *hs2.TTableSchema) (*hs2client.Rows, error) {
	t.Helper()
	c := &coordinator{columns: columns, schema: schema}
	s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: serve(t, c.plain), Timeout: soon})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close(t.Context()) }()
	return s.Query(t.Context(), "SELECT 1")
}

func TestRows_EveryColumnTypeAndNulls(t *testing.T) {
	columns := []*hs2.TColumn{
		{BoolVal: &hs2.TBoolColumn{Values: []bool{true, false, true}, Nulls: []byte{2}}},
		{ByteVal: &hs2.TByteColumn{Values: []int8{-128, 0, 127}, Nulls: []byte{2}}},
		{I16Val: &hs2.TI16Column{Values: []int16{-32768, 0, 32767}, Nulls: []byte{2}}},
		{I32Val: &hs2.TI32Column{Values: []int32{-1 << 31, 0, 1<<31 - 1}, Nulls: []byte{2}}},
		{I64Val: &hs2.TI64Column{Values: []int64{-1 << 63, 0, 1<<63 - 1}, Nulls: []byte{2}}},
		{DoubleVal: &hs2.TDoubleColumn{Values: []float64{-1.5, 0, 1e300}, Nulls: []byte{2}}},
		{StringVal: &hs2.TStringColumn{Values: []string{"", "", " 42 "}, Nulls: []byte{2}}},
		{BinaryVal: &hs2.TBinaryColumn{Values: [][]byte{{0}, nil, []byte("b")}, Nulls: []byte{2}}},
		{StringVal: &hs2.TStringColumn{Values: []string{"a", "b", "c"}, Nulls: nil}}, // too short a bitmap: not NULL
	}
	rows, err := ask(t, columns, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]any{
		{true, int8(-128), int16(-32768), int32(-1 << 31), int64(-1 << 63), -1.5, "", []byte{0}, "a"},
		{nil, nil, nil, nil, nil, nil, nil, nil, "b"},
		{true, int8(127), int16(32767), int32(1<<31 - 1), int64(1<<63 - 1), 1e300, " 42 ", []byte("b"), "c"},
	}
	for r := range want {
		for c, w := range want[r] {
			if got := rows.Value(r, c); !reflect.DeepEqual(got, w) {
				t.Errorf("row %d column %d: %#v, want %#v", r, c, got, w)
			}
		}
	}
	for c, w := range []struct {
		n  int64
		ok bool
	}{{0, false}, {127, true}, {32767, true}, {1<<31 - 1, true}, {1<<63 - 1, true}, {0, false}, {42, true}, {0, false}, {0, false}} {
		if n, ok := rows.Int64(2, c); n != w.n || ok != w.ok {
			t.Errorf("Int64 of column %d: %d %v", c, n, ok)
		}
	}
	for c, w := range []string{"true", "127", "32767", "2147483647", "9223372036854775807", "1e+300", " 42 ", "b", "c"} {
		if s, ok := rows.String(2, c); s != w || !ok {
			t.Errorf("String of column %d: %q %v", c, s, ok)
		}
	}
	if s, ok := rows.String(1, 0); s != "" || ok {
		t.Errorf("String of NULL: %q %v", s, ok)
	}
}

func TestQuery_RejectsInconsistentColumns(t *testing.T) {
	one := func(values ...string) *hs2.TColumn {
		return &hs2.TColumn{StringVal: &hs2.TStringColumn{Values: values}}
	}
	both := one("a")
	both.I64Val = &hs2.TI64Column{Values: []int64{1}}
	for name, tc := range map[string]struct {
		columns []*hs2.TColumn
		schema  *hs2.TTableSchema
		class   string
	}{
		"unequal lengths":            {[]*hs2.TColumn{one("a", "b"), one("a")}, nil, "fetch.mismatch"},
		"none of the union":          {[]*hs2.TColumn{one("a"), {}}, nil, "fetch."},
		"two of the union":           {[]*hs2.TColumn{both}, nil, "fetch."},
		"more than the description":  {[]*hs2.TColumn{one("a"), one("b")}, schema("x", hs2.TTypeId_STRING_TYPE), "fetch.mismatch"},
		"a string longer than bytes": {[]*hs2.TColumn{one(strings.Repeat("x", 17<<20))}, nil, "fetch.oversize"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ask(t, tc.columns, tc.schema)
			if err == nil || !strings.HasPrefix(hs2client.ClassOf(err).String(), tc.class) {
				t.Errorf("got %v, want %s", err, tc.class)
			}
		})
	}
}

func TestQuery_ReadsAllPages(t *testing.T) {
	full := make([]int64, 1024)
	for i := range full {
		full[i] = int64(i)
	}
	c := &coordinator{columns: []*hs2.TColumn{{I64Val: &hs2.TI64Column{Values: full}}}}
	c.pages = []*hs2.TFetchResultsResp{
		{Status: &hs2.TStatus{StatusCode: hs2.TStatusCode_STILL_EXECUTING}, HasMoreRows: new(true)},
		page(true, full[:3]), page(true, nil), page(false, full), page(false, full[:2]), // Hive says false of a full page, too
	}
	s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: serve(t, c.plain), Timeout: soon})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.Query(t.Context(), "SELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if rows.Len() != 3+1024+2 {
		t.Fatalf("%d rows", rows.Len())
	}
	for at, want := range map[int]int64{0: 0, 2: 2, 3: 0, 1026: 1023, 1027: 0, 1028: 1} {
		if n, ok := rows.Int64(at, 0); n != want || !ok {
			t.Errorf("row %d: %d %v", at, n, ok)
		}
	}
}

func page(more bool, values []int64) *hs2.TFetchResultsResp {
	return &hs2.TFetchResultsResp{Status: success, HasMoreRows: &more, Results: &hs2.TRowSet{
		Rows: []*hs2.TRow{}, Columns: []*hs2.TColumn{{I64Val: &hs2.TI64Column{Values: values}}},
	}}
}
