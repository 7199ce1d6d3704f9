package simcluster

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

func TestHS2Service_ProfileAndSummary(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	u := openTestSession(t, start(t, Config{Coordinators: 1}))
	op := executeStatement(t, u, "select pid() -- mine")
	profile := func() *hs2.TGetRuntimeProfileResp {
		return must(u.GetRuntimeProfile(ctx, &hs2.TGetRuntimeProfileReq{SessionHandle: u.session, OperationHandle: op}))
	}
	id, session := handle(op.OperationId.GUID), handle(u.session.SessionId.GUID)
	for _, closed := range []bool{false, true} {
		if closed {
			must(u.CloseImpalaOperation(ctx, &hs2.TCloseImpalaOperationReq{OperationHandle: op}))
		}
		for _, want := range []string{
			"Query (id=" + id.String() + "):\n  Summary:\n", "    Session ID: " + session.String() + "\n", "    Session Type: HIVESERVER2\n",
			"    Coordinator: coord-a1:27000\n", "    Sql Statement: select pid() -- mine\n", "    Network Address: 127.0.0.1:", "    Plan: \n",
		} {
			if got := profile().GetProfile(); !strings.Contains(got, want) {
				t.Errorf("closed %v: no %q in\n%s", closed, want, got)
			}
		}
		summary := must(u.GetExecSummary(ctx, &hs2.TGetExecSummaryReq{SessionHandle: u.session, OperationHandle: op}))
		if s := summary.GetSummary(); s.GetState() != hs2.TExecState_FINISHED || len(s.GetNodes()) != 1 || s.Nodes[0].Label != "00:UNION" {
			t.Errorf("closed %v: %v", closed, summary)
		}
	}
	use := executeStatement(t, u, "use default")
	if r := must(u.GetExecSummary(ctx, &hs2.TGetExecSummaryReq{SessionHandle: u.session, OperationHandle: use})); len(r.GetSummary().GetNodes()) != 0 {
		t.Errorf("USE: %v", r)
	}
	if r := must(u.GetRuntimeProfile(ctx, &hs2.TGetRuntimeProfileReq{SessionHandle: u.session, OperationHandle: op, Format: hs2.TRuntimeProfileFormat_JSON})); r.Status.GetSqlState() != "HYC00" {
		t.Errorf("profile in JSON: %v", r.Status)
	}
}

func TestHS2Service_ProfileErrors(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cl := start(t, Config{Coordinators: 1})
	u := openTestSession(t, cl)
	op := executeStatement(t, u, "select 1")
	other, err := dialHS2(cl.Nodes()[0])
	if err != nil {
		t.Fatal(err)
	}
	defer other.transport.Close()
	mallory := "mallory"
	other.session = must(other.OpenSession(ctx, &hs2.TOpenSessionReq{Username: &mallory})).SessionHandle
	for name, c := range map[string]struct {
		req  *hs2.TGetRuntimeProfileReq
		want string
	}{
		"no session":     {&hs2.TGetRuntimeProfileReq{OperationHandle: op}, "Malformed THandleIdentifier (guid size: 0, expected 16, secret size: 0, expected 16)\n"},
		"no operation":   {&hs2.TGetRuntimeProfileReq{SessionHandle: u.session}, "Malformed THandleIdentifier (guid size: 0, expected 16, secret size: 0, expected 16)\n"},
		"another user":   {&hs2.TGetRuntimeProfileReq{SessionHandle: other.session, OperationHandle: op}, "User mallory is not authorized to access the runtime profile or execution summary.\n"},
		"another server": {&hs2.TGetRuntimeProfileReq{SessionHandle: u.session, OperationHandle: &hs2.TOperationHandle{OperationId: newIdentifier(handle{1}, handle{})}}, "Query id 0000000000000001:0000000000000000 not found.\n"},
	} {
		if r, err := u.GetRuntimeProfile(ctx, c.req); err != nil || r.Status.GetErrorMessage() != c.want {
			t.Errorf("%s: %v, %v; want %q", name, r, err, c.want)
		}
	}
}

func TestCoordinator_QueryLogIsBounded(t *testing.T) {
	t.Parallel()
	c, s := newTestCoordinator()
	first := c.addOperation(s, operation{statement: strings.Repeat("x", maxStatementLog+1)})
	c.closeOperation(first)
	c.closeOperation(first)
	if r, err := c.recordOf(first.id, "alice"); err != nil || len(c.queryLog) != 1 || len(r.statement) != maxStatementLog || !strings.Contains(c.profile(r), "x...\n") {
		t.Errorf("%v, %d logged", err, len(c.queryLog))
	}
	for i := range queryLogSize {
		o := c.addOperation(s, operation{statement: fmt.Sprint(i)})
		c.closeOperation(o)
	}
	if _, err := c.recordOf(first.id, "alice"); err == nil || len(c.queryLog) != queryLogSize {
		t.Errorf("%d logged, the oldest is there: %v", len(c.queryLog), err == nil)
	}
}

func TestBeeswaxService_OtherCalls(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	u := newBeeswaxClient(t, start(t, Config{Coordinators: 1, Beeswax: true}))
	h := must(u.ExecuteAndWait(ctx, &beeswax.Query{Query: "select user()", HadoopUser: "alice"}, "mine"))
	if rows := must(u.Fetch(ctx, h, false, -1)); h.LogContext != "mine" || len(rows.Data) != 1 || rows.Data[0] != "alice" {
		t.Errorf("executeAndWait: %v, %v", h, rows)
	}
	later := must(u.Query(ctx, &beeswax.Query{Query: "select user(), null", HadoopUser: "bob"}))
	if rows := must(u.Fetch(ctx, later, false, -1)); rows.Data[0] != "alice\tNULL" {
		t.Errorf("a later query names another user: %v", rows.Data)
	}
	must(u.CloseInsert(ctx, h))
	if profile, err := u.GetRuntimeProfile(ctx, h); err != nil || !strings.Contains(profile, "Session Type: BEESWAX\n") || !strings.Contains(profile, "Coordinator: coord-a1:27000\n") {
		t.Errorf("%v\n%s", err, profile)
	}
	if summary, err := u.GetExecSummary(ctx, h); err != nil || len(summary.Nodes) != 1 {
		t.Errorf("summary %v, %v", summary, err)
	}
	if plan, err := u.Explain(ctx, &beeswax.Query{Query: "select 1"}); err != nil || !strings.Contains(plan.Textual, "PLAN-ROOT SINK\n") {
		t.Errorf("explain %v, %v", plan, err)
	}
	if text, err := u.Echo(ctx, "hello"); err != nil || text != "hello" {
		t.Errorf("echo %q, %v", text, err)
	}
	if text, err := u.DumpConfig(ctx); err != nil || text != "" {
		t.Errorf("dump_config %q, %v", text, err)
	}
	if err := u.Clean(ctx, "mine"); err != nil {
		t.Error(err)
	}
	if status, err := u.ResetCatalog(ctx); err != nil || status.StatusCode != 5 || status.ErrorMsgs[0] != "Deprecated RPC; please update your client" {
		t.Errorf("ResetCatalog %v, %v", status, err)
	}
	for call, err := range map[string]error{
		"explain":           second(u.Explain(ctx, &beeswax.Query{Query: "set all"})),
		"executeAndWait":    second(u.ExecuteAndWait(ctx, &beeswax.Query{Query: "selec"}, "")),
		"GetRuntimeProfile": second(u.GetRuntimeProfile(ctx, &beeswax.QueryHandle{ID: "x"})),
	} {
		var e *beeswax.BeeswaxException
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", call, err)
		}
	}
}

// second returns the error of a call.
func second[T any](_ T, err error) error { return err }
