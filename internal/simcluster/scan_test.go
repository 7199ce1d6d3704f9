package simcluster

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

const countQuery = "SELECT count(*) FROM functional.alltypestiny"

func TestCoordinator_CountRows(t *testing.T) {
	t.Parallel()
	c, s := newTestCoordinator()
	for sql, want := range map[string]string{
		countQuery: "count(*):bigint=8",
		"select COUNT( * ) as n from `functional`.`alltypestiny`;": "n:bigint=8",
	} {
		got, err := c.run(s, sql)
		if err != nil {
			t.Errorf("%q: %v", sql, err)
		} else if formatRow(got) != want {
			t.Errorf("%q: %s, want %s", sql, formatRow(got), want)
		}
	}
	if _, err := c.run(s, "use functional"); err != nil {
		t.Error(err)
	}
	if _, err := c.run(s, "select count(*) from alltypestiny"); err != nil {
		t.Error(err)
	}
}

// executeStatement starts a statement that must be accepted.
func executeStatement(t *testing.T, u *testClient, sql string) *hs2.TOperationHandle {
	t.Helper()
	r, err := u.ExecuteStatement(context.Background(), &hs2.TExecuteStatementReq{SessionHandle: u.session, Statement: sql})
	if err != nil || r.Status.StatusCode != hs2.TStatusCode_SUCCESS {
		t.Fatalf("ExecuteStatement: %v, %v", r, err)
	}
	return r.OperationHandle
}

func TestCluster_FaultNoExecutors(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	cl := start(t, Config{Coordinators: 1, Beeswax: true}, "no-executors")
	const admissionError = "Admission for query exceeded timeout 60000ms in pool default-pool. Queued reason: Waiting for executors to start. Only DDL"
	u := openTestSession(t, cl)
	if _, err := u.query("SELECT pid()"); err != nil {
		t.Errorf("pid(): %v", err)
	}
	op := executeStatement(t, u, countQuery)
	state, err := u.GetOperationStatus(ctx, &hs2.TGetOperationStatusReq{OperationHandle: op})
	if err != nil || state.Status.StatusCode != hs2.TStatusCode_SUCCESS || state.GetOperationState() != hs2.TOperationState_ERROR ||
		!strings.Contains(state.GetErrorMessage(), admissionError) || state.GetSqlState() != "HY000" {
		t.Errorf("status %v, %v", state, err)
	}
	log, err := u.GetLog(ctx, &hs2.TGetLogReq{OperationHandle: op})
	if err != nil || !strings.Contains(log.Log, admissionError) {
		t.Errorf("log %v, %v", log, err)
	}
	rows, err := u.FetchResults(ctx, &hs2.TFetchResultsReq{OperationHandle: op})
	if err != nil || !strings.Contains(rows.Status.GetErrorMessage(), admissionError) {
		t.Errorf("rows %v, %v", rows, err)
	}
	if closed, err := u.CloseOperation(ctx, &hs2.TCloseOperationReq{OperationHandle: op}); err != nil || closed.Status.StatusCode != hs2.TStatusCode_ERROR {
		t.Errorf("close after a fetch that failed: %v, %v", closed, err)
	}

	b := newBeeswaxClient(t, cl)
	h, err := b.Query(ctx, &beeswax.Query{Query: countQuery})
	if err != nil {
		t.Fatal(err)
	}
	if state, err := b.GetState(ctx, h); err != nil || state != beeswax.QueryState_EXCEPTION {
		t.Errorf("Beeswax: state %v, %v", state, err)
	}
	if text, err := b.GetLog(ctx, h.LogContext); err != nil || !strings.Contains(text, admissionError) {
		t.Errorf("Beeswax: log %q, %v", text, err)
	}
	if _, err := b.Fetch(ctx, h, false, 1); err == nil || !strings.Contains(err.Error(), admissionError) {
		t.Errorf("Beeswax: fetch %v", err)
	}
}

func TestCluster_FaultSlowQuery(t *testing.T) {
	t.Parallel()
	const slow = 80 * time.Millisecond
	ctx := t.Context()
	cl := start(t, Config{Coordinators: 1, Beeswax: true}, "slow-query=80ms")
	u := openTestSession(t, cl)
	began := time.Now()
	op := executeStatement(t, u, countQuery)
	state, err := u.GetOperationStatus(ctx, &hs2.TGetOperationStatusReq{OperationHandle: op})
	if early := time.Since(began) < slow; err != nil || early && state.GetOperationState() != hs2.TOperationState_RUNNING {
		t.Errorf("state %v, %v", state, err)
	}
	rows, err := u.FetchResults(ctx, &hs2.TFetchResultsReq{OperationHandle: op})
	if took := time.Since(began); err != nil || took < slow || rows.Results.Columns[0].I64Val.Values[0] != testRows {
		t.Errorf("rows %v, %v after %v", rows, err, took)
	}
	b := newBeeswaxClient(t, cl)
	began = time.Now()
	h, err := b.Query(ctx, &beeswax.Query{Query: countQuery})
	if err != nil {
		t.Fatal(err)
	}
	if state, err := b.GetState(ctx, h); err != nil || time.Since(began) < slow && state != beeswax.QueryState_RUNNING {
		t.Errorf("Beeswax: state %v, %v", state, err)
	}
	if got, err := b.Fetch(ctx, h, false, 10); err != nil || time.Since(began) < slow || len(got.Data) != 1 || got.Data[0] != "8" {
		t.Errorf("Beeswax: %v, %v", got, err)
	}
}

func TestBeeswaxService_ExecuteAndWaitWaits(t *testing.T) {
	t.Parallel()
	ctx, began := t.Context(), time.Now()
	b := newBeeswaxClient(t, start(t, Config{Coordinators: 1, Beeswax: true}, "slow-query=80ms"))
	h := must(b.ExecuteAndWait(ctx, &beeswax.Query{Query: countQuery}, ""))
	if took := time.Since(began); took < 80*time.Millisecond || must(b.GetState(ctx, h)) != beeswax.QueryState_FINISHED {
		t.Errorf("returned after %v", took)
	}
	b = newBeeswaxClient(t, start(t, Config{Coordinators: 1, Beeswax: true}, "no-executors"))
	if _, err := b.ExecuteAndWait(ctx, &beeswax.Query{Query: countQuery}, ""); err == nil || !strings.Contains(err.Error(), "Waiting for executors to start") {
		t.Errorf("not admitted: %v", err)
	}
}

func TestOperation_WaitReadyTimesOut(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // instead of waiting for fetchTimeout
	o := &operation{readyAt: time.Now().Add(time.Hour)}
	if o.waitReady(ctx) {
		t.Error("rows are available before readyAt")
	}
}
