package wire

import (
	"bytes"
	"context"
	"reflect"
	"runtime"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// tape is a connection that says what is on it, and then ends.
type tape struct {
	*bytes.Reader
	written bytes.Buffer
}

func (t *tape) Write(p []byte) (int, error) { return t.written.Write(p) }

// decode reads a FetchResults answer as a session does.
func decode(sent []byte) (*hs2.TFetchResultsResp, error) {
	w := &transport{rw: &tape{Reader: bytes.NewReader(sent)}}
	w.acquire(ResultBudget)
	defer w.release()
	var resp hs2.TFetchResultsResp
	return &resp, resp.Read(context.Background(), newProtocol(w))
}

// encode writes one as a server does.
func encode(resp *hs2.TFetchResultsResp) []byte {
	var buf thrift.TMemoryBuffer
	buf.Buffer = new(bytes.Buffer)
	if err := resp.Write(context.Background(), thrift.NewTBinaryProtocolConf(&buf, nil)); err != nil {
		return nil
	}
	return buf.Bytes()
}

// FuzzDecodeRows reads whatever a server may send as rows: no panic, memory in
// proportion to what came, and rows that read back as themselves.
func FuzzDecodeRows(f *testing.F) {
	for _, columns := range [][]*hs2.TColumn{
		nil,
		{{I32Val: &hs2.TI32Column{Values: []int32{4711}, Nulls: []byte{0}}}},
		{{StringVal: &hs2.TStringColumn{Values: []string{"a", "", "c"}, Nulls: []byte{2}}}, {BoolVal: &hs2.TBoolColumn{Values: []bool{true, false, true}}}},
		{{BinaryVal: &hs2.TBinaryColumn{Values: [][]byte{{1}, nil}, Nulls: []byte{1}}}, {DoubleVal: &hs2.TDoubleColumn{Values: []float64{1, 2}}}},
		{{I64Val: &hs2.TI64Column{Values: []int64{1, 2}}}, {ByteVal: &hs2.TByteColumn{Values: []int8{1}}}, {I16Val: &hs2.TI16Column{}}},
	} {
		f.Add(encode(&hs2.TFetchResultsResp{Status: &hs2.TStatus{}, HasMoreRows: new(true), Results: &hs2.TRowSet{Rows: []*hs2.TRow{}, Columns: columns}}))
	}
	f.Add([]byte("\x0c\x00\x03\x0f\x00\x03\x0c\x00\x00\xff\xff"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		resp, err := decode(wire)
		runtime.ReadMemStats(&after)
		// A container of up to 65536 elements may be made ahead of its elements,
		// in each of the few levels of a row set.
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20+128*uint64(len(wire)) {
			t.Fatalf("%d bytes of memory for %d that came", grown, len(wire))
		}
		if err != nil || resp.Results == nil {
			return
		}
		rows := (*HS2Table)(resp.Results)
		n, err := rows.RowCount()
		if err != nil {
			return
		}
		again, err := decode(encode(resp))
		if err != nil {
			t.Fatalf("rows that do not read back: %v", err)
		}
		for c := range resp.Results.Columns {
			for r := range n {
				a, b := rows.Cell(r, c), (*HS2Table)(again.Results).Cell(r, c)
				if f, ok := a.(float64); ok && f != f {
					continue // not a number, which equals nothing
				}
				if !reflect.DeepEqual(a, b) {
					t.Fatalf("row %d column %d: %v came back as %v", r, c, a, b)
				}
			}
		}
	})
}
