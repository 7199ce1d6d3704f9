package hs2client_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// maxColumns is the longest list that a reply may hold.
const maxColumns = 1 << 16

// bomb is a server that answers a few calls with prepared replies, again and
// again. Nothing is encoded while it serves, so that a test may count what the
// client allocates.
type bomb struct {
	config  hs2client.Config
	replies map[string][]byte // by method
}

// serve answers each call with the reply that is prepared for its method.
func (b bomb) serve(conn net.Conn) {
	in := thrift.NewTBinaryProtocolConf(thrift.NewStreamTransportR(conn), nil)
	ctx := context.Background()
	heads := map[string][]byte{} // of this connection: others send the same replies
	for {
		method, _, seq, err := in.ReadMessageBegin(ctx)
		if err != nil || in.Skip(ctx, thrift.STRUCT) != nil {
			return
		}
		reply, ok := b.replies[method]
		if !ok {
			return
		}
		head := heads[method]
		if head == nil {
			head = slices.Clone(reply[:12+len(method)])
			heads[method] = head
		}
		binary.BigEndian.PutUint32(head[8+len(method):], uint32(seq))
		if _, err := conn.Write(head); err != nil {
			return
		}
		if _, err := conn.Write(reply[len(head):]); err != nil {
			return
		}
	}
}

// replyTo is the reply to method whose result is given.
func replyTo(t testing.TB, method string, result thrift.TStruct) []byte {
	t.Helper()
	ctx, buf := context.Background(), thrift.NewTMemoryBuffer()
	out := thrift.NewTBinaryProtocolConf(buf, nil)
	if err := out.WriteMessageBegin(ctx, method, thrift.REPLY, 0); err != nil {
		t.Fatal(err)
	}
	if err := result.Write(ctx, out); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(buf.Bytes())
}

// beeswaxBomb declares columns and answers each fetch with the same rows.
func beeswaxBomb(t testing.TB, columns int, rows []string) bomb {
	fields := make([]*beeswax.FieldSchema, columns)
	for i := range fields {
		fields[i] = &beeswax.FieldSchema{}
	}
	finished := beeswax.QueryState_FINISHED
	return bomb{hs2client.Config{Protocol: hs2client.ProtocolBeeswax}, map[string][]byte{
		"PingImpalaService":    replyTo(t, "PingImpalaService", &beeswax.ImpalaServicePingImpalaServiceResult{Success: &beeswax.TPingImpalaServiceResp{}}),
		"query":                replyTo(t, "query", &beeswax.BeeswaxServiceQueryResult{Success: &beeswax.QueryHandle{}}),
		"get_state":            replyTo(t, "get_state", &beeswax.BeeswaxServiceGetStateResult{Success: &finished}),
		"get_results_metadata": replyTo(t, "get_results_metadata", &beeswax.BeeswaxServiceGetResultsMetadataResult{Success: &beeswax.ResultsMetadata{Schema: &beeswax.Schema{FieldSchemas: fields}}}),
		"fetch":                replyTo(t, "fetch", &beeswax.BeeswaxServiceFetchResult{Success: &beeswax.Results{Ready: true, Data: rows, HasMore: true}}),
		"close":                replyTo(t, "close", &beeswax.BeeswaxServiceCloseResult{}),
	}}
}

// hs2Bomb answers each fetch with the same columns.
func hs2Bomb(t testing.TB, columns []*hs2.TColumn) bomb {
	c := &coordinator{config: map[string]string{}}
	open, _ := c.OpenSession(t.Context(), &hs2.TOpenSessionReq{})
	ping, _ := c.PingImpalaHS2Service(t.Context(), nil)
	c.columns = columns
	execute, _ := c.ExecuteStatement(t.Context(), &hs2.TExecuteStatementReq{})
	state, _ := c.GetOperationStatus(t.Context(), nil)
	metadata, _ := c.GetResultSetMetadata(t.Context(), nil)
	fetch, _ := c.FetchResults(t.Context(), nil)
	fetch.HasMoreRows = new(true)
	operation, _ := c.CloseOperation(t.Context(), nil)
	session, _ := c.CloseSession(t.Context(), nil)
	return bomb{hs2client.Config{}, map[string][]byte{
		"OpenSession":          replyTo(t, "OpenSession", &hs2.TCLIServiceOpenSessionResult{Success: open}),
		"PingImpalaHS2Service": replyTo(t, "PingImpalaHS2Service", &hs2.ImpalaHiveServer2ServicePingImpalaHS2ServiceResult{Success: ping}),
		"ExecuteStatement":     replyTo(t, "ExecuteStatement", &hs2.TCLIServiceExecuteStatementResult{Success: execute}),
		"GetOperationStatus":   replyTo(t, "GetOperationStatus", &hs2.TCLIServiceGetOperationStatusResult{Success: state}),
		"GetResultSetMetadata": replyTo(t, "GetResultSetMetadata", &hs2.TCLIServiceGetResultSetMetadataResult{Success: metadata}),
		"FetchResults":         replyTo(t, "FetchResults", &hs2.TCLIServiceFetchResultsResult{Success: fetch}),
		"CloseOperation":       replyTo(t, "CloseOperation", &hs2.TCLIServiceCloseOperationResult{Success: operation}),
		"CloseSession":         replyTo(t, "CloseSession", &hs2.TCLIServiceCloseSessionResult{Success: session}),
	}}
}

// columnsOf are n columns alike.
func columnsOf(n int, c hs2.TColumn) []*hs2.TColumn {
	all := make([]*hs2.TColumn, n)
	for i := range all {
		all[i] = &c
	}
	return all
}

// repeated is n strings alike.
func repeated(n int, s string) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = s
	}
	return all
}

// wideRows is what a small reply of Beeswax promises: each of 65536 rows has as
// many columns, and none is there.
func wideRows(t testing.TB) bomb { return beeswaxBomb(t, maxColumns, repeated(maxColumns, "")) }

func TestQuery_BoundsMemory(t *testing.T) {
	for name, tc := range map[string]struct {
		bomb  bomb
		class string
		max   uint64 // bytes allocated, garbage included
	}{
		"Beeswax, many columns declared and short rows":  {beeswaxBomb(t, 4096, repeated(8192, "")), "fetch.mismatch", 32 << 20},
		"Beeswax, rows of tabs in one reply":             {beeswaxBomb(t, maxColumns, repeated(250, strings.Repeat("\t", maxColumns-1))), "fetch.oversize", 128 << 20},
		"Beeswax, rows of tabs in endless replies":       {beeswaxBomb(t, 512, repeated(64, strings.Repeat("\t", 511))), "fetch.oversize", 128 << 20},
		"Beeswax, endless empty rows":                    {beeswaxBomb(t, 1, repeated(maxColumns-1, "")), "fetch.oversize", 128 << 20},
		"HS2, endless replies of many columns":           {hs2Bomb(t, columnsOf(maxColumns-1, hs2.TColumn{StringVal: &hs2.TStringColumn{Values: []string{""}}})), "fetch.oversize", 128 << 20},
		"HS2, endless replies of many columns, no rows":  {hs2Bomb(t, columnsOf(maxColumns-1, hs2.TColumn{BoolVal: &hs2.TBoolColumn{}})), "fetch.oversize", 128 << 20},
		"HS2, endless replies of empty binary values":    {hs2Bomb(t, columnsOf(64, hs2.TColumn{BinaryVal: &hs2.TBinaryColumn{Values: make([][]byte, 1024)}})), "fetch.oversize", 128 << 20},
		"HS2, endless replies of one row and one column": {hs2Bomb(t, columnsOf(1, hs2.TColumn{StringVal: &hs2.TStringColumn{Values: []string{strings.Repeat("x", 1<<20)}}})), "fetch.oversize", 256 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			c := tc.bomb.config
			c.Addr, c.Timeout = serve(t, tc.bomb.serve), time.Minute
			s, err := hs2client.Open(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close(t.Context()) }()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err = s.Query(t.Context(), "SELECT 1")
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			wantClass(t, err, tc.class)
			grown := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d MiB in %v", grown>>20, took)
			if grown > tc.max && !raceDetector { // which allocates on its own account, and empties pools
				t.Errorf("%d MiB allocated, want at most %d", grown>>20, tc.max>>20)
			}
		})
	}
}

func TestQueryWithin_BoundsMemory(t *testing.T) {
	const limit = 64 << 10
	value := func(n int) []*hs2.TColumn {
		return columnsOf(1, hs2.TColumn{StringVal: &hs2.TStringColumn{Values: []string{strings.Repeat("x", n)}}})
	}
	for name, tc := range map[string]struct {
		bomb  bomb
		class string
	}{
		"HS2, one long value":         {hs2Bomb(t, value(limit)), "fetch.oversize"},
		"HS2, endless short values":   {hs2Bomb(t, value(100)), "fetch.oversize"},
		"HS2, many columns":           {hs2Bomb(t, columnsOf(1000, hs2.TColumn{BoolVal: &hs2.TBoolColumn{}})), "fetch.oversize"},
		"Beeswax, endless rows":       {beeswaxBomb(t, 1, []string{"4711"}), "fetch.oversize"},
		"Beeswax, many columns":       {beeswaxBomb(t, 1000, []string{strings.Repeat("\t", 999)}), "fetch.oversize"},
		"Beeswax, a row of TABs":      {beeswaxBomb(t, 1<<12, []string{strings.Repeat("\t", 1<<12)}), "fetch.oversize"},
		"Beeswax, columns and no row": {wideRows(t), "fetch.oversize"},
	} {
		t.Run(name, func(t *testing.T) {
			c := tc.bomb.config
			c.Addr, c.Timeout = serve(t, tc.bomb.serve), time.Minute
			s, err := hs2client.Open(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close(t.Context()) }()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = s.QueryWithin(t.Context(), "SELECT 1", limit)
			runtime.ReadMemStats(&after)
			wantClass(t, err, tc.class)
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
				t.Errorf("%d KiB allocated for a result of 64", grown>>10)
			}
		})
	}
}

func TestQueryWithin_LeavesASmallResultAndTheSession(t *testing.T) {
	c := &coordinator{}
	c.columns, c.schema = pid()
	s := openTo(t, c.plain, hs2client.Config{})
	for range 3 {
		rows, err := s.QueryWithin(t.Context(), "SELECT pid()", 4<<10)
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := rows.Int64(0, 0); n != 4711 || !ok {
			t.Errorf("got %d %v", n, ok)
		}
	}
	c.columns = columnsOf(1, hs2.TColumn{StringVal: &hs2.TStringColumn{Values: []string{strings.Repeat("x", 100<<10)}}})
	if _, err := s.Query(t.Context(), "SELECT x"); err != nil { // the bound was that query's alone
		t.Error(err)
	}
}

// deaf is a connection without deadlines, as one is whose replies have all arrived
// already: reading them does not wait, and only a wait can be interrupted.
type deaf struct{ net.Conn }

func (deaf) SetDeadline(time.Time) error { return nil }

func TestQuery_EndlessRepliesObeyDeadlineAndCancel(t *testing.T) {
	b := hs2Bomb(t, columnsOf(1, hs2.TColumn{ByteVal: &hs2.TByteColumn{Values: []int8{1}}}))
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		return deaf{c}, err
	}
	addr := serve(t, b.serve)
	for name, tc := range map[string]struct {
		timeout time.Duration
		cancel  time.Duration
		class   string
	}{
		"deadline": {50 * time.Millisecond, time.Hour, "fetch.timeout"},
		"cancel":   {time.Hour, 50 * time.Millisecond, "fetch.canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Timeout: tc.timeout, Dial: dial})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close(t.Context()) }()
			ctx, cancel := context.WithCancel(t.Context())
			defer time.AfterFunc(tc.cancel, cancel).Stop()
			start := time.Now()
			_, err = s.Query(ctx, "SELECT 1")
			if took := time.Since(start); took > generous {
				t.Errorf("took %v", took)
			}
			wantClass(t, err, tc.class)
		})
	}
}

func TestOpen_KeepsNoLongName(t *testing.T) {
	const n = 32
	b := hs2Bomb(t, nil)
	long, short := strings.Repeat("x", 400<<10), "a"
	b.replies["PingImpalaHS2Service"] = replyTo(t, "PingImpalaHS2Service", &hs2.ImpalaHiveServer2ServicePingImpalaHS2ServiceResult{
		Success: &hs2.TPingImpalaHS2ServiceResp{Status: success, Version: &long, WebserverAddress: &long},
	})
	b.replies["OpenSession"] = replyTo(t, "OpenSession", &hs2.TCLIServiceOpenSessionResult{Success: &hs2.TOpenSessionResp{
		Status: success, ServerProtocolVersion: hs2.TProtocolVersion_V6, SessionHandle: &hs2.TSessionHandle{SessionId: id()},
		Configuration: map[string]string{"http_addr": long, "X": short},
	}})
	addr := serve(t, b.serve)
	held := make([]*hs2client.Session, n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range held {
		s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Timeout: soon})
		if err != nil {
			t.Fatal(err)
		}
		held[i] = s
	}
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / n; each > 64<<10 {
		t.Errorf("a held session keeps %d KiB of names of which 512 bytes are shown", each>>10)
	}
	for _, s := range held {
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestError_KeepsNoLongText(t *testing.T) {
	c := &coordinator{open: failed(strings.Repeat("boom ", 100<<10))}
	addr := serve(t, c.plain)
	errs := make([]error, 32)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range errs {
		_, errs[i] = hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Timeout: soon})
		wantClass(t, errs[i], "open.error")
	}
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / int64(len(errs)); each > 64<<10 {
		t.Errorf("an error keeps %d KiB of a text of which 2 are shown", each>>10)
	}
	runtime.KeepAlive(errs)
}
