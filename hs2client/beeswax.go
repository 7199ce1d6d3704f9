package hs2client

import (
	"errors"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
)

// beeswaxService is Beeswax with Impala's extension. Its session is the connection:
// opening only asks Ping, and closing sends nothing.
type beeswaxService struct {
	conn          *connection
	client        *beeswax.ImpalaServiceClient
	user          string
	configuration []string // KEY=VALUE, sorted
}

func newBeeswax(conn *connection, c *Config) *beeswaxService {
	s := &beeswaxService{conn: conn, client: beeswax.NewImpalaServiceClient(conn), user: c.User}
	for k, v := range c.Options {
		s.configuration = append(s.configuration, k+"="+v)
	}
	slices.Sort(s.configuration)
	return s
}

func (s *beeswaxService) open(*Identity) error { return nil }

func (s *beeswaxService) ping() (version, address string, err error) {
	resp, err := s.client.PingImpalaService(noContext())
	if err != nil {
		return "", "", beeswaxError(err)
	}
	return resp.Version, resp.WebserverAddress, nil
}

func (s *beeswaxService) start(sql string) (operation, error) {
	handle, err := s.client.Query(noContext(), &beeswax.Query{Query: sql, Configuration: s.configuration, HadoopUser: s.user})
	if err != nil {
		return nil, beeswaxError(err)
	}
	return &beeswaxOperation{conn: s.conn, client: s.client, handle: handle}, nil
}

func (s *beeswaxService) close() error { return nil }

type beeswaxOperation struct {
	conn   *connection
	client *beeswax.ImpalaServiceClient
	handle *beeswax.QueryHandle
	width  int // columns of a row; 0: not known
}

func (o *beeswaxOperation) finished() (bool, error) {
	state, err := o.client.GetState(noContext(), o.handle)
	switch {
	case err != nil:
		return false, beeswaxError(err)
	case state == beeswax.QueryState_FINISHED:
		return true, nil
	case state == beeswax.QueryState_EXCEPTION:
		return false, o.failure()
	}
	return false, nil
}

// failure asks why a query failed.
func (o *beeswaxOperation) failure() error {
	log, err := o.client.GetLog(noContext(), o.handle.LogContext)
	if err != nil {
		return beeswaxError(err)
	}
	if log == "" {
		log = "the query is in state EXCEPTION"
	}
	return wire.ServerError(log, "")
}

func (o *beeswaxOperation) hasRows() bool { return true }

func (o *beeswaxOperation) columns() ([]Column, error) {
	meta, err := o.client.GetResultsMetadata(noContext(), o.handle)
	if err != nil {
		return nil, beeswaxError(err)
	}
	var columns []Column
	if meta.Schema != nil {
		columns = make([]Column, len(meta.Schema.FieldSchemas))
		for i, f := range meta.Schema.FieldSchemas {
			columns[i] = Column{Name: f.Name, Type: strings.ToUpper(wire.Clip(f.Type))}
		}
	}
	o.width = len(columns)
	return columns, nil
}

func (o *beeswaxOperation) fetch(maxRows int64) (page, error) {
	r, err := o.client.Fetch(noContext(), o.handle, false, int32(maxRows))
	if err != nil {
		return page{}, beeswaxError(err)
	}
	if !r.Ready {
		return page{more: true}, nil
	}
	width := o.width
	if width == 0 {
		width = len(r.Columns)
	}
	table, err := wire.SplitRows(r.Data, width, o.conn.charge)
	return page{values: table, rows: len(r.Data), more: r.HasMore}, err
}

func (o *beeswaxOperation) cancel() error {
	status, err := o.client.Cancel(noContext(), o.handle)
	if err != nil {
		return beeswaxError(err)
	}
	if status.StatusCode != 0 {
		return wire.ServerError(strings.Join(status.ErrorMsgs, "; "), "")
	}
	return nil
}

func (o *beeswaxOperation) close() error { return beeswaxError(o.client.Close(noContext(), o.handle)) }

// undeclaredPrefix begins an exception that a method does not declare: Impala's
// processor sends it as Thrift's own, of type 0.
const undeclaredPrefix = "TException - service has thrown: BeeswaxException(message="

// beeswaxError reads the exceptions of Beeswax as the server's errors; it returns
// others, and nil, as they are.
func beeswaxError(err error) error {
	if b, ok := errors.AsType[*beeswax.BeeswaxException](err); ok {
		return wire.ServerError(b.Message, b.GetSQLState())
	}
	if _, ok := errors.AsType[*beeswax.QueryNotFoundException](err); ok {
		return &wire.Error{Kind: KindInvalidHandle, Text: "QueryNotFoundException", Remote: true}
	}
	e, ok := errors.AsType[*wire.Error](err)
	if !ok || !e.Remote || !strings.HasPrefix(e.Text, undeclaredPrefix) {
		return err
	}
	text := strings.TrimPrefix(e.Text, undeclaredPrefix)
	text, _, _ = strings.Cut(text, ", log_context=")
	return wire.ServerError(text, "")
}
