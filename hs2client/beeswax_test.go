package hs2client_test

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
)

// hive is a Beeswax server in a struct.
type hive struct {
	beeswax.ImpalaService // nil: methods not written below panic

	rows   []string
	states []beeswax.QueryState
	thrown error // by query
	log    string

	mu    sync.Mutex
	query *beeswax.Query
	calls []string
}

func (h *hive) note(call string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, call)
}

func (h *hive) PingImpalaService(context.Context) (*beeswax.TPingImpalaServiceResp, error) {
	h.note("Ping")
	return &beeswax.TPingImpalaServiceResp{Version: "impalad version 3.4.0", WebserverAddress: "http://Coord-B1:25000"}, nil
}

func (h *hive) Query(_ context.Context, q *beeswax.Query) (*beeswax.QueryHandle, error) {
	h.note("query")
	h.mu.Lock()
	defer h.mu.Unlock()
	h.query = q
	return &beeswax.QueryHandle{ID: "1:2", LogContext: "1:2"}, h.thrown
}

func (h *hive) GetState(context.Context, *beeswax.QueryHandle) (beeswax.QueryState, error) {
	h.note("get_state")
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.states) == 0 {
		return beeswax.QueryState_FINISHED, nil
	}
	next := h.states[0]
	h.states = h.states[1:]
	return next, nil
}

func (h *hive) GetLog(context.Context, string) (string, error) { return h.log, nil }

func (h *hive) GetResultsMetadata(context.Context, *beeswax.QueryHandle) (*beeswax.ResultsMetadata, error) {
	h.note("get_results_metadata")
	return &beeswax.ResultsMetadata{Schema: &beeswax.Schema{FieldSchemas: []*beeswax.FieldSchema{{Name: "pid()", Type: "int"}, {Name: "x", Type: "string"}}}}, nil
}

func (h *hive) Fetch(context.Context, *beeswax.QueryHandle, bool, int32) (*beeswax.Results, error) {
	h.note("fetch")
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.rows) == 0 {
		return &beeswax.Results{Ready: true}, nil
	}
	next := h.rows[:1]
	h.rows = h.rows[1:]
	if next[0] == "not ready" {
		return &beeswax.Results{HasMore: true}, nil
	}
	return &beeswax.Results{Ready: true, Columns: []string{"int", "string"}, Data: next, HasMore: len(h.rows) > 0}, nil
}

func (h *hive) Cancel(context.Context, *beeswax.QueryHandle) (*beeswax.TStatus, error) {
	h.note("Cancel")
	return &beeswax.TStatus{}, nil
}

func (h *hive) Close(context.Context, *beeswax.QueryHandle) error {
	h.note("close")
	return nil
}

func (h *hive) serve(conn net.Conn) {
	answer(beeswax.NewImpalaServiceProcessor(h), thrift.NewStreamTransportRW(conn))
}

func TestBeeswax_Session(t *testing.T) {
	h := &hive{rows: []string{"not ready", "4711\ta", "4712\tb\tc"}, states: []beeswax.QueryState{beeswax.QueryState_RUNNING, beeswax.QueryState_FINISHED}}
	s, err := hs2client.Open(t.Context(), hs2client.Config{
		Addr: serve(t, h.serve), Protocol: hs2client.ProtocolBeeswax, User: "ann", Timeout: soon, Options: map[string]string{"B": "2", "A": "1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Identity(); got != (hs2client.Identity{Coordinator: "coord-b1:25000", Version: "impalad version 3.4.0", Source: hs2client.SourcePing}) {
		t.Errorf("identity %+v", got)
	}
	rows, err := s.Query(t.Context(), "SELECT pid(), x")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	n, ok := rows.Int64(1, 0)
	text, _ := rows.String(1, 1)
	if n != 4712 || !ok || text != "b\tc" || rows.Len() != 2 || rows.Columns[0] != (hs2client.Column{Name: "pid()", Type: "INT"}) {
		t.Errorf("got %d %v %q, %+v", n, ok, text, rows)
	}
	if h.query.HadoopUser != "ann" || !slices.Equal(h.query.Configuration, []string{"A=1", "B=2"}) {
		t.Errorf("query %+v", h.query)
	}
	calls := []string{"Ping", "query", "get_state", "get_state", "get_results_metadata", "fetch", "fetch", "fetch", "close"}
	if !slices.Equal(h.calls, calls) {
		t.Errorf("calls %v", h.calls)
	}
}

func TestBeeswax_ClassesErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		h     *hive
		class string
		text  string
	}{
		"shutting down": {&hive{thrown: &beeswax.BeeswaxException{Message: "Server is being shut down: 2m.\n", SQLState: new("HY000")}}, "execute.shutting-down", "Server is being"},
		"a lost query":  {&hive{states: []beeswax.QueryState{beeswax.QueryState_EXCEPTION}, log: "Rejected query from pool p: queue full"}, "execute.admission", "Rejected"},
		"a short row":   {&hive{rows: []string{"4711"}}, "fetch.mismatch", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: serve(t, tc.h.serve), Protocol: hs2client.ProtocolBeeswax, Timeout: soon})
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Query(t.Context(), "SELECT 1")
			e := wantClass(t, err, tc.class)
			if !strings.HasPrefix(e.Text, tc.text) || tc.h.thrown != nil && e.SQLState != "HY000" {
				t.Errorf("error %+v", e)
			}
			if err := s.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// Impala's processor answers so where a method does not declare what it throws.
func TestBeeswax_ReadsUndeclaredException(t *testing.T) {
	text := "TException - service has thrown: BeeswaxException(message=Query 1:2 failed:\nInvalid or unknown query handle: 1:2.\n\n, log_context=, handle=QueryHandle(id=, log_context=), errorCode=<null>, SQLState=HY000)"
	body := string([]byte{0x0b, 0, 1, 0, 0, 0, byte(len(text))}) + text + "\x08\x00\x02\x00\x00\x00\x00\x00"
	addr := serve(t, says(string(message(thrift.EXCEPTION, "PingImpalaService", 1, body))))
	_, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Protocol: hs2client.ProtocolBeeswax, Timeout: soon})
	if e := wantClass(t, err, "open.invalid-handle"); e.Text != "Query 1:2 failed:\nInvalid or unknown query handle: 1:2." {
		t.Errorf("text %q", e.Text)
	}
}
