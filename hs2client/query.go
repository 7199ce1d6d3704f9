package hs2client

import (
	"context"
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
)

// operation is one statement in either protocol.
type operation interface {
	finished() (bool, error)
	hasRows() bool
	columns() ([]Column, error)
	fetch(maxRows int64) (page, error)
	cancel() error
	close() error
}

// page is the rows of one fetch.
type page struct {
	values wire.Table
	rows   int
	more   bool // there may be further rows
}

// How a query is waited for and read.
const (
	minPause  = time.Millisecond       // between the first two polls; doubles
	maxPause  = 500 * time.Millisecond // between polls
	pageRows  = 1024                   // rows asked for at once
	maxResult = 64 << 20               // bytes of memory that one result may take
)

// Query runs one statement to its end: start, poll, description, rows, close.
// It records Execute and Fetch, and adds the closing of the operation to Close.
// Where it fails after the server has accepted the statement, the operation is
// closed, if the connection can still be used; where ctx ends, CancelOperation is
// called before that. All rows are kept in memory: at most 64 MiB, including what
// decoding adds to the bytes of a value.
func (s *Session) Query(ctx context.Context, sql string) (*Rows, error) {
	return s.QueryWithin(ctx, sql, maxResult)
}

// QueryWithin is [Session.Query] for a statement whose result is known to be small:
// the query fails with KindOversize where the result takes more than limit bytes of
// memory.
func (s *Session) QueryWithin(ctx context.Context, sql string, limit int) (*Rows, error) {
	if s.closed {
		return nil, s.closedError(ctx, "Query")
	}
	w := s.conn.watch(ctx)
	op, rows, err := s.runStatement(ctx, sql, min(limit, maxResult))
	w.end()
	s.conn.wire.DropReplies()
	if err != nil {
		if op != nil {
			s.cancelAndClose(ctx, op, err)
		}
		return nil, err
	}
	return rows, nil
}

// runStatement goes through the phases of a statement. Where it fails, the
// operation is one that the server may still hold; nil: none.
func (s *Session) runStatement(ctx context.Context, sql string, limit int) (operation, *Rows, error) {
	op, err := s.execute(ctx, sql)
	rows := &Rows{}
	if err == nil && op.hasRows() {
		err = s.readResult(ctx, op, rows, limit)
	}
	if err != nil {
		return op, nil, err
	}
	sp := s.conn.begin(ctx, PhaseClose, s.conn.timeout)
	return nil, rows, sp.end(op.close())
}

// execute starts the statement and polls until it is finished. The operation is
// nil only where the server did not return its handle.
func (s *Session) execute(ctx context.Context, sql string) (operation, error) {
	sp := s.conn.begin(ctx, PhaseExecute, s.conn.timeout)
	op, err := s.service.start(sql)
	if err != nil {
		return nil, sp.end(err)
	}
	pause := minPause
	for {
		finished, err := op.finished()
		if finished || err != nil {
			return op, sp.end(err)
		}
		if err := sp.pause(pause); err != nil {
			return op, sp.end(err)
		}
		pause = min(2*pause, maxPause)
	}
}

// readResult reads the description and all rows.
func (s *Session) readResult(ctx context.Context, op operation, rows *Rows, limit int) error {
	sp := s.conn.begin(ctx, PhaseFetch, s.conn.timeout)
	s.conn.budget, s.conn.used = wire.ResultBudget.Within(limit), 0
	s.conn.wire.KeepReplies() // to the end of the statement
	err := s.describe(op, rows)
	if err == nil {
		err = s.fetchAll(&sp, op, rows, limit)
	}
	s.conn.budget = wire.CallBudget
	return sp.end(err)
}

func (s *Session) describe(op operation, rows *Rows) error {
	if s.noDescribe || s.unsupported[CanDescribe] {
		return nil
	}
	columns, err := op.columns()
	if s.noteUnsupported(CanDescribe, err) {
		return nil
	}
	rows.Columns = columns
	return err
}

func (s *Session) fetchAll(sp *span, op operation, rows *Rows, limit int) error {
	pause := minPause
	for {
		p, err := op.fetch(pageRows)
		if err != nil {
			return err
		}
		if err := rows.add(p); err != nil {
			return err
		}
		if s.conn.used > limit {
			return &wire.Error{Kind: KindOversize, Text: "the result takes more than " + strconv.Itoa(limit>>10) + " KiB of memory"}
		}
		if !p.more {
			return nil
		}
		if err := sp.expired(); err != nil { // reading what is buffered does not fail at a deadline
			return err
		}
		if p.rows > 0 {
			pause = minPause
			continue
		}
		if err := sp.pause(pause); err != nil {
			return err
		}
		pause = min(2*pause, maxPause)
	}
}

// cancelAndClose ends an operation that is no longer waited for.
func (s *Session) cancelAndClose(ctx context.Context, op operation, cause error) {
	s.conn.beginCleanup(ctx)
	if k := ClassOf(cause).Kind; k == KindTimeout || k == KindCanceled {
		_ = op.cancel() // closing cancels too, where this was not received
	}
	_ = op.close() // the first failure is the one to report
}
