package simcluster

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// GetRuntimeProfile returns a query's profile as text.
func (h hs2Service) GetRuntimeProfile(ctx context.Context, r *hs2.TGetRuntimeProfileReq) (*hs2.TGetRuntimeProfileResp, error) {
	record, err := h.requestedRecord(ctx, r.SessionHandle, r.OperationHandle)
	if err != nil {
		return &hs2.TGetRuntimeProfileResp{Status: failureStatus(err)}, nil
	}
	if r.Format != hs2.TRuntimeProfileFormat_STRING {
		return &hs2.TGetRuntimeProfileResp{Status: unsupportedStatus()}, nil
	}
	profile := h.profile(record)
	return &hs2.TGetRuntimeProfileResp{Status: successStatus(), Profile: &profile}, nil
}

// GetExecSummary returns the summary of a query's plan; an empty one if it has none.
func (h hs2Service) GetExecSummary(ctx context.Context, r *hs2.TGetExecSummaryReq) (*hs2.TGetExecSummaryResp, error) {
	record, err := h.requestedRecord(ctx, r.SessionHandle, r.OperationHandle)
	if err != nil {
		return &hs2.TGetExecSummaryResp{Status: failureStatus(err)}, nil
	}
	summary := &hs2.TExecSummary{}
	if record.planned {
		rows, hosts := record.summaryRows(), int32(1)
		stats := &hs2.TExecStats{LatencyNs: new(int64), CPUTimeNs: new(int64), Cardinality: &rows, MemoryUsed: new(int64)}
		summary.State, summary.Status = hs2.TExecState_FINISHED, &hs2.TImpalaStatus{ErrorMsgs: []string{}}
		summary.Nodes = []*hs2.TPlanNodeExecSummary{{Label: record.planNode(), NumHosts: &hosts, EstimatedStats: stats, ExecStats: []*hs2.TExecStats{stats}}}
	}
	return &hs2.TGetExecSummaryResp{Status: successStatus(), Summary: summary}, nil
}

// requestedRecord finds the query of a request, whose session need not be the one
// that ran it.
func (h hs2Service) requestedRecord(ctx context.Context, session *hs2.TSessionHandle, operation *hs2.TOperationHandle) (queryRecord, error) {
	if session == nil {
		session = &hs2.TSessionHandle{SessionId: &hs2.THandleIdentifier{}}
	}
	s, err := h.sessionOf(ctx, session)
	if err != nil {
		return queryRecord{}, err
	}
	if operation == nil {
		operation = &hs2.TOperationHandle{OperationId: &hs2.THandleIdentifier{}}
	}
	id, _, err := parseIdentifier(operation.OperationId)
	if err != nil {
		return queryRecord{}, err
	}
	return h.recordOf(id, s.effectiveUser())
}

// GetRuntimeProfile returns a query's profile as text.
func (b beeswaxService) GetRuntimeProfile(ctx context.Context, h *beeswax.QueryHandle) (string, error) {
	record, err := b.requestedRecord(ctx, h)
	if err != nil {
		return "", newException(err, sqlStateGeneral)
	}
	return b.profile(record), nil
}

// GetExecSummary returns the summary of a query's plan; an empty one if it has none.
func (b beeswaxService) GetExecSummary(ctx context.Context, h *beeswax.QueryHandle) (*beeswax.TExecSummary, error) {
	record, err := b.requestedRecord(ctx, h)
	if err != nil {
		return nil, newException(err, sqlStateGeneral)
	}
	summary := &beeswax.TExecSummary{}
	if record.planned {
		rows, hosts := record.summaryRows(), int32(1)
		stats := &beeswax.TExecStats{LatencyNs: new(int64), CPUTimeNs: new(int64), Cardinality: &rows, MemoryUsed: new(int64)}
		summary.State, summary.Status = beeswax.TExecState_FINISHED, &beeswax.TStatus{ErrorMsgs: []string{}}
		summary.Nodes = []*beeswax.TPlanNodeExecSummary{{Label: record.planNode(), NumHosts: &hosts, EstimatedStats: stats, ExecStats: []*beeswax.TExecStats{stats}}}
	}
	return summary, nil
}

func (b beeswaxService) requestedRecord(ctx context.Context, h *beeswax.QueryHandle) (queryRecord, error) {
	id, _ := parseHandle(h.GetID())
	return b.recordOf(id, b.userOf(connectionOf(ctx).session))
}

// planNode is the label of the plan's only node.
func (r *queryRecord) planNode() string {
	if r.scanned {
		return "00:SCAN HDFS"
	}
	return "00:UNION"
}

// summaryRows is how many rows the plan's only node returned.
func (r *queryRecord) summaryRows() int64 {
	if r.scanned {
		return testRows
	}
	return 1
}

// profile returns a query's profile in Impala's format, with the lines that name the
// session, the statement and the coordinator. Counters are left out.
func (c *coordinator) profile(r queryRecord) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Query (id=%s):\n  Summary:\n", r.id)
	for _, line := range c.profileLines(r) {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	if r.planned {
		const rule = "----------------"
		fmt.Fprintf(&b, "    Plan: \n%s\n%s\n%s\n", rule, planText(&table{scanned: r.scanned}), rule)
	}
	return b.String() + "  ImpalaServer:\n"
}

func (c *coordinator) profileLines(r queryRecord) []string {
	state, impalaState, status, ended := "FINISHED", "FINISHED", "OK", ""
	if r.failure != nil {
		state, impalaState, status = "EXCEPTION", "ERROR", strings.TrimSpace(r.failure.Error())
	}
	if !r.ended.IsZero() {
		ended = r.ended.Format(timestampFormat)
	}
	kind, statement := "N/A", r.statement
	if r.planned {
		kind = "QUERY"
	}
	if r.statementOverflow {
		statement += "..."
	}
	took := time.Since(r.startedAt)
	if !r.ended.IsZero() {
		took = r.ended.Sub(r.startedAt)
	}
	return []string{
		"Session ID: " + r.session.String(),
		"Session Type: " + sessionKinds[r.protocol],
		"Start Time: " + r.startedAt.Format(timestampFormat),
		"End Time: " + ended,
		fmt.Sprintf("Duration: %dms (%d us)", took.Milliseconds(), took.Microseconds()),
		"Query Type: " + kind,
		"Query State: " + state,
		"Impala Query State: " + impalaState,
		"Query Status: " + status,
		"Impala Version: " + c.version,
		"User: " + r.effectiveUser(),
		"Connected User: " + r.user,
		"Delegated User: " + r.delegate,
		"Network Address: " + r.peer.String(),
		"Default Db: " + r.database,
		"Sql Statement: " + statement,
		fmt.Sprintf("Coordinator: %s:%d", c.host, krpcPort),
	}
}
