package simcluster

import (
	"context"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// methodsAfter45 are methods that Impala has had since 4.5.
var methodsAfter45 = []string{"GetQueryId", "SetClientInfo", "UploadData", "DownloadData"}

// unservedMethods are the HS2 methods that a coordinator does not know.
func unservedMethods(p coordinatorPlan) (names []string) {
	if p.noPing {
		names = append(names, "PingImpalaHS2Service")
	}
	if !isAfter45(p.version) {
		names = append(names, methodsAfter45...)
	}
	return names
}

// notImplemented is Impala's reply to calls that it declares and does not have.
func notImplemented() *hs2.TStatus {
	text := "Not implemented"
	return &hs2.TStatus{StatusCode: hs2.TStatusCode_ERROR, ErrorMessage: &text}
}

// noOperation is the handle in the reply to a call that started nothing.
func noOperation() *hs2.TOperationHandle {
	return &hs2.TOperationHandle{OperationId: &hs2.THandleIdentifier{GUID: []byte{}, Secret: []byte{}}}
}

// GetDelegationToken answers as Impala does, which has no such call: with an error status.
func (h hs2Service) GetDelegationToken(context.Context, *hs2.TGetDelegationTokenReq) (*hs2.TGetDelegationTokenResp, error) {
	return &hs2.TGetDelegationTokenResp{Status: notImplemented()}, nil
}

// CancelDelegationToken answers as Impala does, which has no such call: with an error status.
func (h hs2Service) CancelDelegationToken(context.Context, *hs2.TCancelDelegationTokenReq) (*hs2.TCancelDelegationTokenResp, error) {
	return &hs2.TCancelDelegationTokenResp{Status: notImplemented()}, nil
}

// RenewDelegationToken answers as Impala does, which has no such call: with an error status.
func (h hs2Service) RenewDelegationToken(context.Context, *hs2.TRenewDelegationTokenReq) (*hs2.TRenewDelegationTokenResp, error) {
	return &hs2.TRenewDelegationTokenResp{Status: notImplemented()}, nil
}

// GetQueryId returns the ID of an operation in the form in which it is printed.
func (h hs2Service) GetQueryId(_ context.Context, r *hs2.TGetQueryIdReq) (*hs2.TGetQueryIdResp, error) { //nolint:revive // named as on the wire
	id, _, err := parseIdentifier(r.OperationHandle.OperationId)
	if err != nil {
		return &hs2.TGetQueryIdResp{}, nil
	}
	return &hs2.TGetQueryIdResp{QueryId: id.String()}, nil
}

// SetClientInfo answers as Impala does, which has no such call: with an error status.
func (h hs2Service) SetClientInfo(context.Context, *hs2.TSetClientInfoReq) (*hs2.TSetClientInfoResp, error) {
	return &hs2.TSetClientInfoResp{Status: notImplemented()}, nil
}

// UploadData answers as Impala does, which has no such call: with an error status.
func (h hs2Service) UploadData(context.Context, *hs2.TUploadDataReq) (*hs2.TUploadDataResp, error) {
	return &hs2.TUploadDataResp{Status: notImplemented(), OperationHandle: noOperation()}, nil
}

// DownloadData answers as Impala does, which has no such call: with an error status.
func (h hs2Service) DownloadData(context.Context, *hs2.TDownloadDataReq) (*hs2.TDownloadDataResp, error) {
	return &hs2.TDownloadDataResp{Status: notImplemented(), OperationHandle: noOperation()}, nil
}

// InitQueryContext is only for another planner, on a port of its own.
func (h hs2Service) InitQueryContext(context.Context) (*hs2.TExternalFrontendResp, error) {
	return &hs2.TExternalFrontendResp{Status: unsupportedStatus()}, nil
}

// ExecutePlannedStatement is only for another planner.
func (h hs2Service) ExecutePlannedStatement(context.Context, *hs2.TExternalFrontendReq) (*hs2.TExternalFrontendResp, error) {
	return &hs2.TExternalFrontendResp{Status: unsupportedStatus()}, nil
}

// GetBackendConfig is only for another planner.
func (h hs2Service) GetBackendConfig(context.Context, *hs2.TExternalFrontendReq) (*hs2.TExternalFrontendResp, error) {
	return &hs2.TExternalFrontendResp{Status: unsupportedStatus()}, nil
}

// GetExecutorMembership is only for another planner.
func (h hs2Service) GetExecutorMembership(context.Context, *hs2.TExternalFrontendReq) (*hs2.TExternalFrontendResp, error) {
	return &hs2.TExternalFrontendResp{Status: unsupportedStatus()}, nil
}
