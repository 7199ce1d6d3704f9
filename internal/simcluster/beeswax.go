package simcluster

import (
	"context"
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
)

// beeswaxService handles Beeswax calls for one coordinator, as Impala does in
// be/src/service/impala-beeswax-server.cc. Each connection is a session.
type beeswaxService struct{ *coordinator }

var _ beeswax.ImpalaService = beeswaxService{}

// Query runs a statement with its own query options.
func (b beeswaxService) Query(ctx context.Context, q *beeswax.Query) (*beeswax.QueryHandle, error) {
	if b.plan.slow > 0 {
		sleep(ctx, b.plan.slow)
	}
	if b.plan.draining {
		return nil, newException(errShuttingDown, sqlStateGeneral)
	}
	if err := b.checkConfiguration(q.Configuration); err != nil {
		return nil, newException(err, sqlStateGeneral)
	}
	s := connectionOf(ctx).session
	b.nameUser(ctx, s, q.HadoopUser)
	result, err := b.run(s, q.Query)
	o := b.addOperation(s, operation{statement: q.Query, result: result, err: err})
	if err != nil {
		return nil, newException(queryError(o.id, err), sqlStatePlanner)
	}
	return &beeswax.QueryHandle{ID: o.id.String(), LogContext: o.id.String()}, nil
}

// checkConfiguration checks the query options of one statement.
func (b beeswaxService) checkConfiguration(options []string) error {
	for _, option := range options {
		key, value, assigned := strings.Cut(option, "=")
		if !assigned {
			return sqlError(fmt.Sprintf("Invalid configuration option '%.64s'.\n", option))
		}
		if _, _, err := b.checkOption(strings.TrimSpace(key), strings.TrimSpace(value)); err != nil {
			return err
		}
	}
	return nil
}

// nameUser makes the user that the first query names the session's, unless somebody
// has logged in.
func (b beeswaxService) nameUser(ctx context.Context, s *session, user string) {
	conn := connectionOf(ctx)
	if conn.user != "" || conn.named || user == "" || len(user) > maxValue {
		return
	}
	conn.named = true
	b.mu.Lock()
	defer b.mu.Unlock()
	s.user = strings.Clone(user)
}

// Fetch returns rows as text with tabs between the columns; Columns has the type
// names. As in Impala a query whose fetch failed is closed.
func (b beeswaxService) Fetch(ctx context.Context, h *beeswax.QueryHandle, startOver bool, size int32) (*beeswax.Results, error) {
	if startOver {
		return nil, newException(sqlError("Does not support start over\n"), sqlStateUnsupported)
	}
	o, err := b.queryOf(h.GetID())
	if err != nil {
		return nil, newException(err, sqlStateGeneral)
	}
	if o.admissionErr != nil {
		b.closeOperation(o)
		return nil, newException(o.admissionErr, sqlStateGeneral)
	}
	if !o.waitReady(ctx) {
		return &beeswax.Results{HasMore: true}, nil
	}
	results := &beeswax.Results{Ready: true}
	if o.result == nil {
		return results, nil
	}
	from, to := b.nextRows(o, int64(size))
	results.StartRow, results.HasMore = int64(from), to < o.result.rows
	for _, c := range o.result.columns {
		results.Columns = append(results.Columns, c.typ.String())
	}
	for row := from; row < to; row++ {
		results.Data = append(results.Data, rowText(o.result, row))
	}
	return results, nil
}

func rowText(t *table, row int) string {
	cells := make([]string, len(t.columns))
	for i := range t.columns {
		cells[i] = t.columns[i].text(row)
	}
	return strings.Join(cells, "\t")
}

// GetState returns the state of a statement.
func (b beeswaxService) GetState(_ context.Context, h *beeswax.QueryHandle) (beeswax.QueryState, error) {
	o, err := b.queryOf(h.GetID())
	switch {
	case err != nil:
		return beeswax.QueryState_EXCEPTION, undeclaredException{newException(err, sqlStateGeneral)}
	case o.admissionErr != nil:
		return beeswax.QueryState_EXCEPTION, nil
	case o.running():
		return beeswax.QueryState_RUNNING, nil
	}
	return beeswax.QueryState_FINISHED, nil
}

// GetResultsMetadata always returns a schema, which may be empty.
func (b beeswaxService) GetResultsMetadata(_ context.Context, h *beeswax.QueryHandle) (*beeswax.ResultsMetadata, error) {
	o, err := b.queryOf(h.GetID())
	if err != nil {
		return nil, undeclaredException{newException(err, sqlStateGeneral)}
	}
	schema := &beeswax.Schema{FieldSchemas: []*beeswax.FieldSchema{}, Properties: map[string]string{}}
	if o.result != nil {
		for _, c := range o.result.columns {
			schema.FieldSchemas = append(schema.FieldSchemas, &beeswax.FieldSchema{Name: c.name, Type: c.typ.String()})
		}
	}
	return &beeswax.ResultsMetadata{Schema: schema, Delim: "\t"}, nil
}

// GetLog returns the error of a failed statement. There are no warnings.
func (b beeswaxService) GetLog(_ context.Context, logContext string) (string, error) {
	o, err := b.queryOf(logContext)
	if err != nil {
		return "", undeclaredException{newException(err, sqlStateGeneral)}
	}
	if o.admissionErr != nil {
		return o.admissionErr.Error(), nil
	}
	return "", nil
}

// localTimezone is the time zone of every coordinator's host.
const localTimezone = "UTC"

// GetDefaultConfiguration lists every query option. Unlike a session's options it
// names the time zone.
func (b beeswaxService) GetDefaultConfiguration(context.Context, bool) ([]*beeswax.ConfigVariable, error) {
	var list []*beeswax.ConfigVariable
	for _, o := range b.options.list {
		level := beeswax.TQueryOptionLevel(o.level)
		if o.name == "TIMEZONE" {
			o.value = localTimezone
		}
		list = append(list, &beeswax.ConfigVariable{Key: o.name, Value: o.value, Level: &level})
	}
	regularLevel := beeswax.TQueryOptionLevel_REGULAR
	return append(list, &beeswax.ConfigVariable{Key: "SUPPORT_START_OVER", Value: "false", Level: &regularLevel}), nil
}

// Close removes a statement of this coordinator, from any connection.
func (b beeswaxService) Close(_ context.Context, h *beeswax.QueryHandle) error {
	o, err := b.queryOf(h.GetID())
	if err != nil {
		return newException(err, sqlStateGeneral)
	}
	b.closeOperation(o)
	return nil
}

// Cancel does nothing: every statement finishes by itself.
func (b beeswaxService) Cancel(_ context.Context, h *beeswax.QueryHandle) (*beeswax.TStatus, error) {
	if _, err := b.queryOf(h.GetID()); err != nil {
		return nil, newException(err, sqlStateGeneral)
	}
	return &beeswax.TStatus{ErrorMsgs: []string{}}, nil
}

// PingImpalaService returns the coordinator's identity, also while draining.
func (b beeswaxService) PingImpalaService(context.Context) (*beeswax.TPingImpalaServiceResp, error) {
	return &beeswax.TPingImpalaServiceResp{Version: b.version, WebserverAddress: b.webURL()}, nil
}

// queryOf finds a statement by the ID that Query returned.
func (b beeswaxService) queryOf(text string) (*operation, error) {
	id, ok := parseHandle(text)
	if o := b.operation(id); ok && o != nil {
		return o, nil
	}
	return nil, unknownQuery(id)
}

// sqlStatePlanner is Beeswax's SQLSTATE for statements rejected by the planner.
const sqlStatePlanner = "42000"

func newException(err error, state string) *beeswax.BeeswaxException {
	return &beeswax.BeeswaxException{Message: err.Error(), SQLState: &state}
}
