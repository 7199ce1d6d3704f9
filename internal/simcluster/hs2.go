package simcluster

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// hs2Service answers HiveServer2's calls for one coordinator, as Impala does in
// be/src/service/impala-hs2-server.cc. Errors travel in the status.
type hs2Service struct{ *coordinator }

var _ hs2.ImpalaHiveServer2Service = hs2Service{}

// OpenSession answers at most V6, and with every query option.
func (h hs2Service) OpenSession(ctx context.Context, r *hs2.TOpenSessionReq) (*hs2.TOpenSessionResp, error) {
	if h.plan.slow > 0 {
		sleep(ctx, h.plan.slow)
	}
	if h.plan.draining {
		return &hs2.TOpenSessionResp{Status: failureStatus(errShuttingDown), ServerProtocolVersion: hs2.TProtocolVersion_V6}, nil
	}
	user := connectionOf(ctx).user
	if user == "" {
		user = r.GetUsername()
	}
	s := h.openSession(user, protocolHS2)
	for key, value := range r.Configuration {
		h.configure(s, key, value)
	}
	connectionOf(ctx).wire.configField = h.encodedConfig // Configuration: alike in all answers, and most of their bytes
	return &hs2.TOpenSessionResp{
		Status:                successStatus(),
		ServerProtocolVersion: min(r.ClientProtocol, hs2.TProtocolVersion_V6),
		SessionHandle:         &hs2.TSessionHandle{SessionId: newIdentifier(s.id, s.secret)},
	}, nil
}

// CloseSession closes a session of this coordinator, from whichever connection.
func (h hs2Service) CloseSession(ctx context.Context, r *hs2.TCloseSessionReq) (*hs2.TCloseSessionResp, error) {
	s, err := h.sessionOf(ctx, r.SessionHandle)
	if err == nil {
		h.closeSession(s)
	}
	return &hs2.TCloseSessionResp{Status: statusOf(err)}, nil
}

// GetInfo knows the three questions that clients ask.
func (h hs2Service) GetInfo(ctx context.Context, r *hs2.TGetInfoReq) (*hs2.TGetInfoResp, error) {
	empty := ""
	resp := &hs2.TGetInfoResp{InfoValue: &hs2.TGetInfoValue{StringValue: &empty}}
	_, err := h.sessionOf(ctx, r.SessionHandle)
	if h.plan.draining {
		err = errShuttingDown
	}
	resp.Status = statusOf(err)
	if err != nil {
		return resp, nil
	}
	impala := "Impala"
	switch r.InfoType {
	case hs2.TGetInfoType_CLI_SERVER_NAME, hs2.TGetInfoType_CLI_DBMS_NAME:
		resp.InfoValue.StringValue = &impala
	case hs2.TGetInfoType_CLI_DBMS_VER:
		resp.InfoValue.StringValue = &h.version
	default:
		resp.Status = unsupportedStatus()
	}
	return resp, nil
}

// ExecuteStatement starts a statement; whether it was admitted shows later.
func (h hs2Service) ExecuteStatement(ctx context.Context, r *hs2.TExecuteStatementReq) (*hs2.TExecuteStatementResp, error) {
	s, err := h.sessionOf(ctx, r.SessionHandle)
	if h.plan.draining {
		err = errShuttingDown
	}
	if err != nil {
		return &hs2.TExecuteStatementResp{Status: failureStatus(err)}, nil
	}
	cached := false
	for key, value := range r.ConfOverlay {
		if key == "impala.resultset.cache.size" {
			n, err := strconv.Atoi(value)
			cached = err == nil && n > 0
		} else if !h.isOption(key) {
			return &hs2.TExecuteStatementResp{Status: failureStatus(sqlError(fmt.Sprintf("Invalid query option: %.64s\n", key)))}, nil
		}
	}
	result, err := h.run(s, r.Statement)
	o := h.addOperation(s, result, cached)
	if err != nil {
		h.closeOperation(o)
		return &hs2.TExecuteStatementResp{Status: failureStatus(queryError(o.id, err))}, nil
	}
	return &hs2.TExecuteStatementResp{Status: successStatus(), OperationHandle: &hs2.TOperationHandle{
		OperationId:   newIdentifier(o.id, s.secret),
		OperationType: hs2.TOperationType_EXECUTE_STATEMENT,
		HasResultSet:  result != nil,
	}}, nil
}

// GetOperationStatus succeeds where the statement did not: its failure is in the
// state. An empty handle, of an old USE, is finished.
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

// CancelOperation does nothing: statements end by themselves.
func (h hs2Service) CancelOperation(ctx context.Context, r *hs2.TCancelOperationReq) (*hs2.TCancelOperationResp, error) {
	_, err := h.operationOf(ctx, r.OperationHandle)
	return &hs2.TCancelOperationResp{Status: statusOf(err)}, nil
}

// CloseOperation forgets a statement; a second time is an error.
func (h hs2Service) CloseOperation(ctx context.Context, r *hs2.TCloseOperationReq) (*hs2.TCloseOperationResp, error) {
	return &hs2.TCloseOperationResp{Status: h.end(ctx, r.OperationHandle)}, nil
}

// CloseImpalaOperation is CloseOperation; there is no DML to count the rows of.
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

// GetResultSetMetadata describes the columns; no schema where there are none.
func (h hs2Service) GetResultSetMetadata(ctx context.Context, r *hs2.TGetResultSetMetadataReq) (*hs2.TGetResultSetMetadataResp, error) {
	o, err := h.operationOf(ctx, r.OperationHandle)
	resp := &hs2.TGetResultSetMetadataResp{Status: statusOf(err)}
	if err == nil && o.result != nil {
		resp.Schema = schemaOf(o.result)
	}
	return resp, nil
}

// FetchResults sends rows in columns. FETCH_FIRST is allowed while nothing was
// fetched, which a real Impala refuses without a result cache: there are
// drivers that always begin with it.
func (h hs2Service) FetchResults(ctx context.Context, r *hs2.TFetchResultsReq) (*hs2.TFetchResultsResp, error) {
	o, err := h.operationOf(ctx, r.OperationHandle)
	if err != nil {
		return &hs2.TFetchResultsResp{Status: failureStatus(err)}, nil
	}
	if o.result == nil {
		return &hs2.TFetchResultsResp{Status: failureStatus(queryError(o.id, sqlError("Query has no result set\n")))}, nil
	}
	if o.admissionErr != nil {
		return &hs2.TFetchResultsResp{Status: failureStatus(o.admissionErr)}, nil
	}
	if !o.waitReady(ctx) {
		more := true
		return &hs2.TFetchResultsResp{Status: &hs2.TStatus{StatusCode: hs2.TStatusCode_STILL_EXECUTING}, HasMoreRows: &more}, nil
	}
	switch r.Orientation {
	case hs2.TFetchOrientation_NEXT:
	case hs2.TFetchOrientation_FIRST:
		if !h.rewind(o) {
			return &hs2.TFetchResultsResp{Status: failureStatus(queryError(o.id, sqlError("Restarting of fetch requires enabling of query result caching.\n")))}, nil
		}
	default:
		return &hs2.TFetchResultsResp{Status: unsupportedStatus()}, nil
	}
	from, to := h.nextRows(o, r.MaxRows)
	more := to < o.result.rows
	return &hs2.TFetchResultsResp{Status: successStatus(), HasMoreRows: &more, Results: rowSet(o.result, from, to)}, nil
}

// GetLog is the progress line, and why the statement failed.
func (h hs2Service) GetLog(ctx context.Context, r *hs2.TGetLogReq) (*hs2.TGetLogResp, error) {
	o, err := h.operationOf(ctx, r.OperationHandle)
	if err != nil {
		return &hs2.TGetLogResp{Status: failureStatus(err)}, nil
	}
	log := progressLog(o.id)
	if o.admissionErr != nil {
		log += o.admissionErr.Error()
	}
	return &hs2.TGetLogResp{Status: successStatus(), Log: log}, nil
}

// PingImpalaHS2Service says who answers; it is not refused while draining.
func (h hs2Service) PingImpalaHS2Service(ctx context.Context, r *hs2.TPingImpalaHS2ServiceReq) (*hs2.TPingImpalaHS2ServiceResp, error) {
	if _, err := h.sessionOf(ctx, r.SessionHandle); err != nil {
		return &hs2.TPingImpalaHS2ServiceResp{Status: failureStatus(err)}, nil
	}
	web, now := h.webURL(), int64(time.Since(h.createdAt))
	return &hs2.TPingImpalaHS2ServiceResp{Status: successStatus(), Version: &h.version, WebserverAddress: &web, Timestamp: &now}, nil
}
