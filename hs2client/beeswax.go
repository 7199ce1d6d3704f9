package hs2client

import (
	"errors"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
)

// beeswaxDialect is Beeswax with Impala's extension. Its session is the
// connection: opening asks for nothing but a sign of life, closing is silent.
type beeswaxDialect struct {
	link   *link
	client *beeswax.ImpalaServiceClient
	user   string
	conf   []string // KEY=VALUE, sorted
}

func newBeeswax(l *link, c *Config) *beeswaxDialect {
	d := &beeswaxDialect{link: l, client: beeswax.NewImpalaServiceClient(l), user: c.User}
	for k, v := range c.Options {
		d.conf = append(d.conf, k+"="+v)
	}
	slices.Sort(d.conf)
	return d
}

func (d *beeswaxDialect) open(*Identity) error { return nil }

func (d *beeswaxDialect) ping() (version, address string, err error) {
	resp, err := d.client.PingImpalaService(background())
	if err != nil {
		return "", "", thrown(err)
	}
	return resp.Version, resp.WebserverAddress, nil
}

func (d *beeswaxDialect) start(sql string) (operation, error) {
	handle, err := d.client.Query(background(), &beeswax.Query{Query: sql, Configuration: d.conf, HadoopUser: d.user})
	if err != nil {
		return nil, thrown(err)
	}
	return &beeswaxOperation{link: d.link, client: d.client, handle: handle}, nil
}

func (d *beeswaxDialect) end() error { return nil }

type beeswaxOperation struct {
	link   *link
	client *beeswax.ImpalaServiceClient
	handle *beeswax.QueryHandle
	width  int // columns of a row; 0: not told
}

func (o *beeswaxOperation) state() (finished bool, err error) {
	state, err := o.client.GetState(background(), o.handle)
	switch {
	case err != nil:
		return false, thrown(err)
	case state == beeswax.QueryState_FINISHED:
		return true, nil
	case state == beeswax.QueryState_EXCEPTION:
		return false, o.failure()
	}
	return false, nil
}

// failure asks for the words of a query that failed.
func (o *beeswaxOperation) failure() error {
	log, err := o.client.GetLog(background(), o.handle.LogContext)
	if err != nil {
		return thrown(err)
	}
	if log == "" {
		log = "the query is in state EXCEPTION"
	}
	return &cause{kind: saidKind(log), text: log, said: true}
}

func (o *beeswaxOperation) hasRows() bool { return true }

func (o *beeswaxOperation) columns() ([]Column, error) {
	meta, err := o.client.GetResultsMetadata(background(), o.handle)
	if err != nil {
		return nil, thrown(err)
	}
	var columns []Column
	if meta.Schema != nil {
		columns = make([]Column, len(meta.Schema.FieldSchemas))
		for i, f := range meta.Schema.FieldSchemas {
			columns[i] = Column{Name: f.Name, Type: strings.ToUpper(clip(f.Type))}
		}
	}
	o.width = len(columns)
	return columns, nil
}

func (o *beeswaxOperation) fetch(most int64) (page, error) {
	r, err := o.client.Fetch(background(), o.handle, false, int32(most))
	if err != nil {
		return page{}, thrown(err)
	}
	if !r.Ready {
		return page{more: true}, nil
	}
	width := o.width
	if width == 0 {
		width = len(r.Columns)
	}
	rows, err := splitRows(r.Data, width, o.link.keep)
	return page{values: rows, rows: len(r.Data), more: r.HasMore}, err
}

// textRows is a page of Beeswax: its cells, row by row.
type textRows struct {
	columns int
	cells   []string
}

func (r textRows) width() int            { return r.columns }
func (r textRows) cell(row, col int) any { return r.cells[row*r.columns+col] }

// splitRows makes cells of rows that are text with a TAB between columns. Nothing
// is escaped, so that of a row with a TAB too many the last column takes the rest.
//
// The number of columns and that of rows are each in bounds, their product is
// not: every row is looked at for its TABs, of which each is a byte that came,
// before keep is told what the cells take and they are made.
func splitRows(data []string, width int, keep func(bytes int) error) (textRows, error) {
	r := textRows{columns: max(width, 1)}
	for _, row := range data {
		if strings.Count(row, "\t") < r.columns-1 {
			return r, &cause{kind: KindMismatch, text: "a row with fewer columns than the result has"}
		}
	}
	if err := keep(len(data) * r.columns * textOverhead); err != nil {
		return r, err
	}
	r.cells = make([]string, 0, len(data)*r.columns)
	for _, row := range data {
		for range r.columns - 1 {
			cell, rest, _ := strings.Cut(row, "\t")
			r.cells, row = append(r.cells, cell), rest
		}
		r.cells = append(r.cells, row)
	}
	return r, nil
}

func (o *beeswaxOperation) cancel() error {
	status, err := o.client.Cancel(background(), o.handle)
	if err != nil {
		return thrown(err)
	}
	if status.StatusCode != 0 {
		text := strings.Join(status.ErrorMsgs, "; ")
		return &cause{kind: saidKind(text), text: text, said: true}
	}
	return nil
}

func (o *beeswaxOperation) close() error { return thrown(o.client.Close(background(), o.handle)) }

// undeclared is how Impala's processor words an exception that a method does not
// declare: it arrives as Thrift's own, of type 0.
const undeclared = "TException - service has thrown: BeeswaxException(message="

// thrown reads the exceptions of Beeswax as the server's errors; others, and
// nil, it returns as they are.
func thrown(err error) error {
	if b, ok := errors.AsType[*beeswax.BeeswaxException](err); ok {
		return &cause{kind: saidKind(b.Message), text: b.Message, state: b.GetSQLState(), said: true}
	}
	if _, ok := errors.AsType[*beeswax.QueryNotFoundException](err); ok {
		return &cause{kind: KindInvalidHandle, text: "QueryNotFoundException", said: true}
	}
	why, ok := errors.AsType[*cause](err)
	if !ok || !why.said || !strings.HasPrefix(why.text, undeclared) {
		return err
	}
	text := strings.TrimPrefix(why.text, undeclared)
	text, _, _ = strings.Cut(text, ", log_context=")
	return &cause{kind: saidKind(text), text: text, said: true}
}
