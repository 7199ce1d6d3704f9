package simcluster

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
)

// newBeeswaxClient returns a client of the first node's Beeswax listener.
func newBeeswaxClient(t *testing.T, cl *Cluster) *beeswax.ImpalaServiceClient {
	t.Helper()
	u, _ := dialBeeswax(t, cl)
	return u
}

// dialBeeswax returns a client and its socket.
func dialBeeswax(t *testing.T, cl *Cluster) (*beeswax.ImpalaServiceClient, *thrift.TSocket) {
	t.Helper()
	config := &thrift.TConfiguration{ConnectTimeout: soon, SocketTimeout: soon}
	socket := thrift.NewTSocketConf(cl.BeeswaxNodes()[0].String(), config)
	if err := socket.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	p := thrift.NewTBinaryProtocolConf(thrift.NewTBufferedTransport(socket, 4096), config)
	return beeswax.NewImpalaServiceClient(thrift.NewTStandardClient(p, p)), socket
}

func TestBeeswaxService_Query(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cl := start(t, Config{Coordinators: 1, Beeswax: true})
	u := newBeeswaxClient(t, cl)
	options, err := u.GetDefaultConfiguration(ctx, false)
	if err != nil || len(options) != len(options45().list)+1 {
		t.Fatalf("%d options, %v", len(options), err)
	}
	ping, err := u.PingImpalaService(ctx)
	if err != nil || ping.WebserverAddress != "http://coord-a1:25000" || !strings.Contains(ping.Version, "4.5.0") {
		t.Errorf("ping %v, %v", ping, err)
	}
	h, err := u.Query(ctx, &beeswax.Query{Query: "select coordinator(), pid()", Configuration: []string{"CLIENT_IDENTIFIER=test"}, HadoopUser: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	if h.ID == "" || h.LogContext != h.ID {
		t.Errorf("handle %v", h)
	}
	if state, err := u.GetState(ctx, h); err != nil || state != beeswax.QueryState_FINISHED {
		t.Errorf("state %v, %v", state, err)
	}
	meta, err := u.GetResultsMetadata(ctx, h)
	if err != nil || len(meta.Schema.FieldSchemas) != 2 || meta.Schema.FieldSchemas[1].Name != "pid()" || meta.Delim != "\t" {
		t.Errorf("metadata %v, %v", meta, err)
	}
	rows, err := u.Fetch(ctx, h, false, 8192)
	if err != nil {
		t.Fatal(err)
	}
	want := "coord-a1\t" + strconv.Itoa(int(cl.PIDs()["coord-a1:25000"][0]))
	if !slices.Equal(rows.Data, []string{want}) || !slices.Equal(rows.Columns, []string{"string", "int"}) || rows.HasMore || !rows.Ready {
		t.Errorf("rows %v, want %q", rows, want)
	}
	if log, err := u.GetLog(ctx, h.LogContext); err != nil || log != "" {
		t.Errorf("log %q, %v", log, err)
	}
	if status, err := u.Cancel(ctx, h); err != nil || status.StatusCode != 0 {
		t.Errorf("cancel %v, %v", status, err)
	}
	if err := u.Close(ctx, h); err != nil {
		t.Error(err)
	}
}

func TestBeeswaxService_ErrorStates(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	u := newBeeswaxClient(t, start(t, Config{Coordinators: 1, Beeswax: true}))
	draining := newBeeswaxClient(t, start(t, Config{Coordinators: 1, Beeswax: true}, "draining"))
	h, err := u.Query(ctx, &beeswax.Query{Query: "select 1"})
	if err != nil {
		t.Fatal(err)
	}
	query := func(u *beeswax.ImpalaServiceClient, q *beeswax.Query) error {
		_, err := u.Query(ctx, q)
		return err
	}
	_, startOver := u.Fetch(ctx, h, true, 10)
	for name, c := range map[string]struct {
		err         error
		state, text string
	}{
		"syntax error":   {err: query(u, &beeswax.Query{Query: "selec"}), state: "42000", text: "failed:\nParseException: Syntax error"},
		"unknown option": {err: query(u, &beeswax.Query{Query: "select 1", Configuration: []string{"NOPE=1"}}), state: "HY000", text: "Invalid query option: NOPE"},
		"draining":       {err: query(draining, &beeswax.Query{Query: "select 1"}), state: "HY000", text: "Server is being shut down: "},
		"start over":     {err: startOver, state: "HYC00", text: "Does not support start over"},
		"unknown handle": {err: u.Close(ctx, &beeswax.QueryHandle{ID: "0807060504030201:100f0e0d00000000"}), state: "HY000", text: "Invalid or unknown query handle: 0807060504030201:100f0e0d00000000."},
	} {
		var e *beeswax.BeeswaxException
		if !errors.As(c.err, &e) || e.GetSQLState() != c.state || !strings.Contains(e.Message, c.text) {
			t.Errorf("%s: %v, want %s %q", name, c.err, c.state, c.text)
		}
	}
	if _, err := draining.PingImpalaService(ctx); err != nil {
		t.Errorf("Ping while draining: %v", err)
	}
	var application thrift.TApplicationException
	if _, err := u.GetState(ctx, &beeswax.QueryHandle{ID: "x"}); !errors.As(err, &application) || application.TypeId() != thrift.UNKNOWN_APPLICATION_EXCEPTION ||
		!strings.HasPrefix(err.Error(), "TException - service has thrown: BeeswaxException(message=Query ") || !strings.HasSuffix(err.Error(), "SQLState=HY000)") {
		t.Errorf("undeclared exception: %v", err)
	}
}

func TestBeeswaxService_SessionClosesWithConnection(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cl := start(t, Config{Coordinators: 1, Beeswax: true})
	first, connection := dialBeeswax(t, cl)
	second := newBeeswaxClient(t, cl)
	h, err := first.Query(ctx, &beeswax.Query{Query: "select 1"})
	if err != nil {
		t.Fatal(err)
	}
	if state, err := second.GetState(ctx, h); err != nil || state != beeswax.QueryState_FINISHED {
		t.Errorf("from another connection: %v, %v", state, err)
	}
	connection.Close()
	eventually(t, func() bool { return cl.Stats().SessionsClosed == 1 })
	if _, err := second.GetState(ctx, h); err == nil {
		t.Error("the query still exists after its session was closed")
	}
}
