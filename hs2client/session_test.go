package hs2client_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// soon is more time than anything here needs.
const soon = 10 * time.Second

// pid is the result of SELECT pid().
func pid() ([]*hs2.TColumn, *hs2.TTableSchema) {
	return []*hs2.TColumn{{I32Val: &hs2.TI32Column{Values: []int32{4711}, Nulls: []byte{0}}}}, schema("pid()", hs2.TTypeId_INT_TYPE)
}

func schema(name string, t hs2.TTypeId) *hs2.TTableSchema {
	return &hs2.TTableSchema{Columns: []*hs2.TColumnDesc{{ColumnName: name, TypeDesc: &hs2.TTypeDesc{
		Types: []*hs2.TTypeEntry{{PrimitiveEntry: &hs2.TPrimitiveTypeEntry{Type: t}}},
	}}}}
}

func TestSession_WholeLife(t *testing.T) {
	c := &coordinator{web: "https://Coord-A1.example.com.:25000", config: map[string]string{"MEM_LIMIT": "", "http_addr": "other:1"}}
	c.columns, c.schema = pid()
	var rec hs2client.Record
	s, err := hs2client.Open(t.Context(), hs2client.Config{
		Addr: serve(t, c.plain), User: "ann", Options: map[string]string{"CLIENT_IDENTIFIER": "x"}, Timeout: soon, Record: &rec,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := hs2client.Identity{Coordinator: "coord-a1.example.com:25000", Version: "impalad version 4.5.0 RELEASE (build abc)", Source: hs2client.SourcePing}
	if got := s.Identity(); got != want {
		t.Errorf("identity %+v, want %+v", got, want)
	}
	rows, err := s.Query(t.Context(), "SELECT pid()")
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := rows.Int64(0, 0); n != 4711 || !ok || rows.Len() != 1 || rows.Columns[0] != (hs2client.Column{Name: "pid()", Type: "INT"}) {
		t.Errorf("got %d %v, %+v", n, ok, rows)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	calls := []string{"OpenSession", "Ping", "Execute SELECT pid()", "Status", "Metadata", "Fetch", "CloseOperation", "Ping", "CloseSession"}
	if got := c.asked(); !slices.Equal(got, calls) {
		t.Errorf("calls %v, want %v", got, calls)
	}
	if c.user != "ann" || c.seen["CLIENT_IDENTIFIER"] != "x" {
		t.Errorf("user %q, configuration %v", c.user, c.seen)
	}
	for _, p := range []hs2client.Phase{hs2client.PhaseTCP, hs2client.PhaseOpen, hs2client.PhaseExecute, hs2client.PhaseFetch, hs2client.PhaseClose} {
		if rec.Phases[p] <= 0 {
			t.Errorf("phase %s took %v", p, rec.Phases[p])
		}
	}
	if rec.Phases[hs2client.PhaseResolve] != 0 || !rec.Local.IsValid() || !rec.Remote.IsValid() || rec.Peer != nil {
		t.Errorf("record %+v", rec)
	}
}

func TestOpen_Login(t *testing.T) {
	c := &coordinator{config: map[string]string{"http_addr": "Coord-A1:25000"}}
	c.columns, c.schema = pid()
	addr := serve(t, c.login("ann", "s3cret"))
	s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Plain: &hs2client.Plain{User: "ann", Password: "s3cret"}, Timeout: soon})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Identity(); got.Coordinator != "coord-a1:25000" || got.Source != hs2client.SourceHTTPAddr {
		t.Errorf("identity %+v", got)
	}
	if _, err := s.Query(t.Context(), "SELECT pid()"); err != nil {
		t.Error(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}

	_, err = hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Plain: &hs2client.Plain{User: "ann", Password: "wr0ng"}, Timeout: soon})
	wantClass(t, err, "sasl.rejected")
	if strings.Contains(err.Error(), "wr0ng") {
		t.Errorf("the error shows the password: %v", err)
	}
}

// hintText is a hint as text: each setting with its value, and why.
func hintText(e *hs2client.Error) string {
	var b strings.Builder
	for _, f := range e.Hint() {
		fmt.Fprintf(&b, "%s=%s: %s\n", f.Setting, f.Value, f.Why)
	}
	return b.String()
}

// wantClass checks an error's class, and hands the error back.
func wantClass(t *testing.T, err error, class string) *hs2client.Error {
	t.Helper()
	var e *hs2client.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error of class %s", err, class)
	}
	if e.Class().String() != class {
		t.Fatalf("class %s, want %s: %v", e.Class(), class, err)
	}
	return e
}

func TestSession_ServerWithoutSomeCalls(t *testing.T) {
	v10 := hs2.TProtocolVersion_V10
	c := &coordinator{version: &v10}
	c.columns, _ = pid()
	s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: serve(t, c.without("PingImpalaHS2Service", "GetResultSetMetadata")), Timeout: soon})
	if err != nil {
		t.Fatal(err)
	}
	if s.Has(hs2client.CanPing) || s.Identity() != (hs2client.Identity{}) {
		t.Errorf("Has(CanPing) %v, identity %+v", s.Has(hs2client.CanPing), s.Identity())
	}
	for range 2 { // the connection is still good, and the call is not made again
		rows, err := s.Query(t.Context(), "SELECT 1")
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := rows.Int64(0, 0); n != 4711 || !ok || rows.Columns != nil {
			t.Errorf("got %d %v %v", n, ok, rows.Columns)
		}
	}
	if s.Has(hs2client.CanDescribe) {
		t.Error("Has(CanDescribe)")
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSession_ClassesServerErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		c     *coordinator
		class string
	}{
		"shutting down":     {&coordinator{open: failed("Server is being shut down: shutdown grace period left: 2m.\n")}, "open.shutting-down"},
		"too many sessions": {&coordinator{open: failed("Number of sessions for user ann exceeds coordinator limit 5\n")}, "open.session-limit"},
		"any other error":   {&coordinator{open: failed("boom\n")}, "open.error"},
		"a lost session":    {&coordinator{execute: failed("Invalid session id: 1:2\n")}, "execute.invalid-session"},
		"a syntax error":    {&coordinator{execute: failed("ParseException: Syntax error in line 1\n")}, "execute.error"},
		"a rejected query":  {&coordinator{states: []hs2.TOperationState{hs2.TOperationState_PENDING, hs2.TOperationState_ERROR}}, "execute.admission"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: serve(t, tc.c.plain), Timeout: soon})
			if err == nil {
				_, err = s.Query(t.Context(), "SELECT 1")
				if err := s.Close(t.Context()); err != nil {
					t.Errorf("close after an error: %v", err)
				}
			}
			e := wantClass(t, err, tc.class)
			if e.Text == "" || strings.HasSuffix(e.Text, "\n") {
				t.Errorf("text %q", e.Text)
			}
		})
	}
}

func TestQuery_CancelBetweenPollsClosesOperation(t *testing.T) {
	c := &coordinator{states: []hs2.TOperationState{hs2.TOperationState_RUNNING}}
	s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: serve(t, c.plain), Timeout: soon})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err = s.Query(ctx, "SELECT 1")
	wantClass(t, err, "execute.timeout")
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	calls := c.asked()
	if got := calls[len(calls)-3:]; !slices.Equal(got, []string{"Cancel", "CloseOperation", "CloseSession"}) {
		t.Errorf("calls %v", calls)
	}
}

func TestOpen_ClosedPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Timeout: soon})
	wantClass(t, err, "tcp.refused")
}

func TestOpen_PortOfOtherProtocol(t *testing.T) {
	hs2Port, beeswaxPort := serve(t, (&coordinator{}).plain), serve(t, (&hive{}).serve)
	_, err := hs2client.Open(t.Context(), hs2client.Config{Addr: beeswaxPort, Timeout: soon})
	if e := wantClass(t, err, "open.unsupported"); !strings.Contains(hintText(e), "target.protocol=beeswax") {
		t.Errorf("hint %q", hintText(e))
	}
	_, err = hs2client.Open(t.Context(), hs2client.Config{Addr: hs2Port, Protocol: hs2client.ProtocolBeeswax, Timeout: soon})
	if e := wantClass(t, err, "open.unsupported"); !strings.Contains(hintText(e), "target.protocol=hs2") {
		t.Errorf("hint %q", hintText(e))
	}
}

func TestSession_ClosedReturnsError(t *testing.T) {
	s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: serve(t, (&coordinator{}).plain), Timeout: soon, NoPing: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	_, err = s.Query(t.Context(), "SELECT 1")
	wantClass(t, err, "execute.invalid")
	wantClass(t, s.Ping(t.Context()), "execute.invalid")
}

func TestQuery_NoDescribe(t *testing.T) {
	c := &coordinator{}
	c.columns, c.schema = pid()
	s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: serve(t, c.plain), Timeout: soon, NoDescribe: true, NoPing: true})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.Query(t.Context(), "SELECT pid()")
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := rows.Int64(0, 0); n != 4711 || !ok || len(rows.Columns) != 0 || !s.Has(hs2client.CanDescribe) {
		t.Errorf("%d %v, columns %v", n, ok, rows.Columns)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	want := []string{"OpenSession", "Execute SELECT pid()", "Status", "Fetch", "CloseOperation", "CloseSession"}
	if got := c.asked(); !slices.Equal(got, want) {
		t.Errorf("calls %v, want %v", got, want)
	}
}
