package simcluster

import (
	"context"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
)

// ExecuteAndWait is Query, and waits for the rows.
func (b beeswaxService) ExecuteAndWait(ctx context.Context, q *beeswax.Query, clientCtx string) (*beeswax.QueryHandle, error) {
	h, err := b.Query(ctx, q)
	if err != nil {
		return nil, err
	}
	o, err := b.queryOf(h.ID)
	if err == nil {
		err = o.admissionErr
	}
	if err != nil {
		if o != nil {
			b.closeOperation(o)
		}
		return nil, newException(err, sqlStateGeneral)
	}
	for !o.waitReady(ctx) && ctx.Err() == nil {
		continue // until the rows are there, however long that takes
	}
	if clientCtx != "" {
		h.LogContext = clientCtx
	}
	return h, nil
}

// Explain returns the plan of a statement.
func (b beeswaxService) Explain(ctx context.Context, q *beeswax.Query) (*beeswax.QueryExplanation, error) {
	if err := b.checkConfiguration(q.Configuration); err != nil {
		return nil, newException(err, sqlStateGeneral)
	}
	t, err := b.explainStatement(connectionOf(ctx).session, q.Query)
	if err != nil {
		return nil, newException(err, sqlStatePlanner)
	}
	return &beeswax.QueryExplanation{Textual: planText(t) + "\n"}, nil
}

// Echo returns its argument.
func (b beeswaxService) Echo(_ context.Context, s string) (string, error) { return s, nil }

// DumpConfig returns nothing, as in Impala.
func (b beeswaxService) DumpConfig(context.Context) (string, error) { return "", nil }

// Clean does nothing, as in Impala.
func (b beeswaxService) Clean(context.Context, string) error { return nil }

// notImplementedCode is NOT_IMPLEMENTED_ERROR of
// common/thrift/generate_error_codes.py.
const notImplementedCode = 5

func deprecated() *beeswax.TStatus {
	return &beeswax.TStatus{StatusCode: notImplementedCode, ErrorMsgs: []string{"Deprecated RPC; please update your client"}}
}

// ResetCatalog is no longer implemented in Impala.
func (b beeswaxService) ResetCatalog(context.Context) (*beeswax.TStatus, error) {
	return deprecated(), nil
}

// ResetTable is no longer implemented in Impala.
func (b beeswaxService) ResetTable(context.Context, *beeswax.TResetTableReq) (*beeswax.TStatus, error) {
	return deprecated(), nil
}

// CloseInsert is Close: without DML there are no rows to count.
func (b beeswaxService) CloseInsert(ctx context.Context, h *beeswax.QueryHandle) (*beeswax.TDmlResult_, error) {
	return &beeswax.TDmlResult_{RowsModified: map[string]int64{}}, b.Close(ctx, h)
}
