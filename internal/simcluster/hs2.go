package simcluster

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// hs2Service handles HiveServer2 calls for one coordinator, as Impala does in
// be/src/service/impala-hs2-server.cc. Errors are returned in the status.
type hs2Service struct{ *coordinator }

var _ hs2.ImpalaHiveServer2Service = hs2Service{}

// OpenSession replies with protocol version V6 at most, and with every query
// option.
func (h hs2Service) OpenSession(ctx context.Context, r *hs2.TOpenSessionReq) (*hs2.TOpenSessionResp, error) {
	if h.plan.slow > 0 {
		sleep(ctx, h.plan.slow)
	}
	if h.plan.draining {
		return &hs2.TOpenSessionResp{Status: failureStatus(errShuttingDown), ServerProtocolVersion: hs2.TProtocolVersion_V6}, nil
	}
	conn := connectionOf(ctx)
	user := conn.user
	if user == "" {
		user = r.GetUsername()
	}
	delegate, delegated, err := delegateOf(conn, r.Configuration)
	if err == nil && delegated {
		err = h.authorizeProxyUser(user, delegate)
	}
	if err != nil {
		return &hs2.TOpenSessionResp{Status: failureStatus(err), ServerProtocolVersion: hs2.TProtocolVersion_V6}, nil
	}
	s := h.openSession(user, protocolHS2)
	h.beginSession(conn, s, delegate, r)
	conn.transport.configField = h.configurationOf(s) // most of the reply, and mostly the same in every one, so it is encoded once
	return &hs2.TOpenSessionResp{
		Status:                successStatus(),
		ServerProtocolVersion: s.version,
		SessionHandle:         &hs2.TSessionHandle{SessionId: newIdentifier(s.id, s.secret)},
	}, nil
}

// beginSession gives a new session what its request says. The session is already in
// the list of open ones, from which the web pages read it.
func (h hs2Service) beginSession(conn *connectionState, s *session, delegate string, r *hs2.TOpenSessionReq) {
	h.mu.Lock()
	if delegate != "" || conn.origin != "" {
		s.details = &sessionDetails{delegate: delegate, origin: conn.origin}
	}
	s.version, s.peer = min(r.ClientProtocol, hs2.TProtocolVersion_V6), conn.transport.link.clientAddr()
	h.mu.Unlock()
	h.configure(s, r.Configuration)
}

// CloseSession closes a session of this coordinator, from any connection. With the
// fault close-hangs it waits until the client disconnects, and the session stays open.
func (h hs2Service) CloseSession(ctx context.Context, r *hs2.TCloseSessionReq) (*hs2.TCloseSessionResp, error) {
	if h.plan.closeHangs {
		connectionOf(ctx).transport.link.discardInput()
		return nil, errNoReply
	}
	s, err := h.sessionOf(ctx, r.SessionHandle)
	if err == nil {
		h.closeSession(s)
	}
	return &hs2.TCloseSessionResp{Status: statusOf(err)}, nil
}

// errNoReply is returned by a call that must not be answered.
var errNoReply = errors.New("no reply")

// ExecuteStatement starts a statement. GetOperationStatus and FetchResults report
// whether it was admitted.
func (h hs2Service) ExecuteStatement(ctx context.Context, r *hs2.TExecuteStatementReq) (*hs2.TExecuteStatementResp, error) {
	s, err := h.sessionOf(ctx, r.SessionHandle)
	if h.plan.draining {
		err = errShuttingDown
	}
	if err != nil {
		return &hs2.TExecuteStatementResp{Status: failureStatus(err)}, nil
	}
	cached, err := h.checkOverlay(r.ConfOverlay)
	if err != nil {
		return &hs2.TExecuteStatementResp{Status: failureStatus(err)}, nil
	}
	result, err := h.run(s, r.Statement)
	o := h.addOperation(s, operation{statement: r.Statement, result: result, err: err, canRewind: cached})
	if err != nil {
		return &hs2.TExecuteStatementResp{Status: failureStatus(queryError(o.id, err))}, nil
	}
	return &hs2.TExecuteStatementResp{Status: successStatus(), OperationHandle: &hs2.TOperationHandle{
		OperationId:   newIdentifier(o.id, s.secret),
		OperationType: hs2.TOperationType_EXECUTE_STATEMENT,
		HasResultSet:  result != nil,
	}}, nil
}

// cacheKey is the entry of a statement's configuration that allows fetching to start
// over.
const cacheKey = "impala.resultset.cache.size"

// checkOverlay checks the configuration of one statement, and reports whether its
// result may be fetched again.
func (h hs2Service) checkOverlay(overlay map[string]string) (cached bool, err error) {
	for key, value := range overlay {
		if key == cacheKey || key == "impala.parent_query_id" {
			continue
		}
		if _, _, err := h.checkOption(key, value); err != nil {
			return false, err
		}
	}
	value, asked := overlay[cacheKey]
	if !asked {
		return false, nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return false, sqlError(fmt.Sprintf("Invalid value '%.64s' for '%s' option.\n", value, cacheKey))
	}
	return n > 0, nil
}

// GetOperationStatus reports a failed statement in the operation's state, with a
// successful status. An empty handle, which old versions return for USE, is
// finished.
func (h hs2Service) GetOperationStatus(ctx context.Context, r *hs2.TGetOperationStatusReq) (*hs2.TGetOperationStatusResp, error) {
	state := hs2.TOperationState_FINISHED
	if len(r.OperationHandle.OperationId.GUID) == 0 {
		return &hs2.TGetOperationStatusResp{Status: successStatus(), OperationState: &state}, nil
	}
	o, err := h.operationOf(ctx, r.OperationHandle)
	resp := &hs2.TGetOperationStatusResp{Status: statusOf(err), OperationState: &state}
	switch {
	case err != nil:
		state = hs2.TOperationState_ERROR
	case o.admissionErr != nil:
		text, general := o.admissionErr.Error(), sqlStateGeneral
		state, resp.ErrorMessage, resp.SqlState = hs2.TOperationState_ERROR, &text, &general
	case o.running():
		state = hs2.TOperationState_RUNNING
	}
	return resp, nil
}

// CancelOperation does nothing: every statement finishes by itself.
func (h hs2Service) CancelOperation(ctx context.Context, r *hs2.TCancelOperationReq) (*hs2.TCancelOperationResp, error) {
	_, err := h.operationOf(ctx, r.OperationHandle)
	return &hs2.TCancelOperationResp{Status: statusOf(err)}, nil
}

// CloseOperation removes a statement. Closing it twice is an error.
func (h hs2Service) CloseOperation(ctx context.Context, r *hs2.TCloseOperationReq) (*hs2.TCloseOperationResp, error) {
	return &hs2.TCloseOperationResp{Status: h.end(ctx, r.OperationHandle)}, nil
}

// CloseImpalaOperation is CloseOperation: without DML there is no row count.
func (h hs2Service) CloseImpalaOperation(ctx context.Context, r *hs2.TCloseImpalaOperationReq) (*hs2.TCloseImpalaOperationResp, error) {
	return &hs2.TCloseImpalaOperationResp{Status: h.end(ctx, r.OperationHandle)}, nil
}

func (h hs2Service) end(ctx context.Context, handle *hs2.TOperationHandle) *hs2.TStatus {
	o, err := h.operationOf(ctx, handle)
	if err == nil {
		h.closeOperation(o)
	}
	return statusOf(err)
}

// GetResultSetMetadata returns the schema; none if the statement has no result.
func (h hs2Service) GetResultSetMetadata(ctx context.Context, r *hs2.TGetResultSetMetadataReq) (*hs2.TGetResultSetMetadataResp, error) {
	o, err := h.operationOf(ctx, r.OperationHandle)
	resp := &hs2.TGetResultSetMetadataResp{Status: statusOf(err)}
	if err == nil && o.result != nil {
		resp.Schema = schemaOf(o.result)
	}
	return resp, nil
}

// FetchResults returns rows. FETCH_FIRST is accepted before the first fetch, because
// some drivers always start with it; a real Impala rejects it without a result
// cache. As in Impala a query whose fetch failed is closed, unless the fetch may be
// tried again without starting over.
func (h hs2Service) FetchResults(ctx context.Context, r *hs2.TFetchResultsReq) (*hs2.TFetchResultsResp, error) {
	first := r.Orientation == hs2.TFetchOrientation_FIRST
	if !first && r.Orientation != hs2.TFetchOrientation_NEXT {
		return &hs2.TFetchResultsResp{Status: unsupportedStatus()}, nil
	}
	o, err := h.operationOf(ctx, r.OperationHandle)
	if err != nil {
		return &hs2.TFetchResultsResp{Status: failureStatus(err)}, nil
	}
	if err := o.fetchError(); err != nil {
		h.closeOperation(o)
		return &hs2.TFetchResultsResp{Status: failureStatus(err)}, nil
	}
	if !o.waitReady(ctx) {
		more := true
		return &hs2.TFetchResultsResp{Status: &hs2.TStatus{StatusCode: hs2.TStatusCode_STILL_EXECUTING}, HasMoreRows: &more}, nil
	}
	if first && !h.rewind(o) {
		return &hs2.TFetchResultsResp{Status: failureStatus(queryError(o.id, sqlError("Restarting of fetch requires enabling of query result caching.\n")))}, nil
	}
	from, to := h.nextRows(o, r.MaxRows)
	more := to < o.result.rows
	return &hs2.TFetchResultsResp{Status: successStatus(), HasMoreRows: &more, Results: rowSet(o.result, from, to, o.session.version)}, nil
}

// fetchError is why a statement has no rows to fetch; nil if it has.
func (o *operation) fetchError() error {
	if o.result == nil {
		return queryError(o.id, sqlError("Client tried to fetch rows on a query that produces no results.\n"))
	}
	return o.admissionErr
}

// GetLog returns the progress of a plan, and the error of a failed statement.
func (h hs2Service) GetLog(ctx context.Context, r *hs2.TGetLogReq) (*hs2.TGetLogResp, error) {
	o, err := h.operationOf(ctx, r.OperationHandle)
	if err != nil {
		return &hs2.TGetLogResp{Status: failureStatus(err)}, nil
	}
	log := ""
	if o.record.planned {
		log = progressLog(o.id)
	}
	if o.admissionErr != nil {
		log += o.admissionErr.Error()
	}
	return &hs2.TGetLogResp{Status: successStatus(), Log: log}, nil
}

// PingImpalaHS2Service returns the coordinator's identity, also while draining.
func (h hs2Service) PingImpalaHS2Service(ctx context.Context, r *hs2.TPingImpalaHS2ServiceReq) (*hs2.TPingImpalaHS2ServiceResp, error) {
	if _, err := h.sessionOf(ctx, r.SessionHandle); err != nil {
		return &hs2.TPingImpalaHS2ServiceResp{Status: failureStatus(err)}, nil
	}
	web, now := h.webURL(), int64(time.Since(h.createdAt))
	return &hs2.TPingImpalaHS2ServiceResp{Status: successStatus(), Version: &h.version, WebserverAddress: &web, Timestamp: &now}, nil
}
