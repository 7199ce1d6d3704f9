package hs2client

import (
	"context"
	"strconv"
	"time"
)

// operation is one statement in either protocol.
type operation interface {
	state() (finished bool, err error)
	hasRows() bool
	columns() ([]Column, error)
	fetch(most int64) (page, error)
	cancel() error
	close() error
}

// page is what one fetch brought.
type page struct {
	values table
	rows   int
	more   bool // there may be further rows
}

// table is the values of a page.
type table interface {
	width() int
	cell(row, col int) any // nil for NULL
}

// How a query is waited for and read.
const (
	firstPause = time.Millisecond       // between the first two polls; doubles
	lastPause  = 500 * time.Millisecond // between polls, at most
	pageRows   = 1024                   // rows asked for at once
	maxResult  = 64 << 20               // bytes of memory that one result may take
)

// Query runs one statement to its end: start, poll, description, rows, close.
// It records Execute and Fetch, and adds the closing of the operation to Close.
// Where it fails after the server has taken the statement, the operation is
// closed in passing, if the connection can still be used; so it is where ctx
// ends, after CancelOperation. The rows are all in memory: 64 MiB at most, what
// decoding adds to the bytes of a value included.
func (s *Session) Query(ctx context.Context, sql string) (*Rows, error) {
	return s.QueryWithin(ctx, sql, maxResult)
}

// QueryWithin is [Session.Query] for a statement whose result is known to be
// small: it takes limit bytes of memory at most, or the query fails (KindOversize).
func (s *Session) QueryWithin(ctx context.Context, sql string, limit int) (*Rows, error) {
	if s.closed {
		return nil, s.unusable(ctx, "Query", PhaseExecute)
	}
	w := s.watch(ctx)
	op, rows, err := s.run(ctx, sql, min(limit, maxResult))
	w.end()
	if err != nil {
		if op != nil {
			s.abandon(ctx, op, err)
		}
		return nil, err
	}
	return rows, nil
}

// run goes through the phases of a statement. Where it fails, the operation is
// one that the server may still hold; nil: none.
func (s *Session) run(ctx context.Context, sql string, limit int) (operation, *Rows, error) {
	op, err := s.execute(ctx, sql)
	rows := &Rows{}
	if err == nil && op.hasRows() {
		err = s.collect(ctx, op, rows, limit)
	}
	if err != nil {
		return op, nil, err
	}
	sp := s.begin(ctx, PhaseClose, s.timeout)
	return nil, rows, sp.end(op.close())
}

// execute starts the statement and polls until it is finished. The operation is
// nil only where the server never told its handle.
func (s *Session) execute(ctx context.Context, sql string) (operation, error) {
	sp := s.begin(ctx, PhaseExecute, s.timeout)
	op, err := s.dialect.start(sql)
	if err != nil {
		return nil, sp.end(err)
	}
	pause := firstPause
	for {
		finished, err := op.state()
		if finished || err != nil {
			return op, sp.end(err)
		}
		if err := sp.pause(pause); err != nil {
			return op, sp.end(err)
		}
		pause = min(2*pause, lastPause)
	}
}

// collect reads the description and all rows.
func (s *Session) collect(ctx context.Context, op operation, rows *Rows, limit int) error {
	sp := s.begin(ctx, PhaseFetch, s.timeout)
	s.budget, s.taken = resultAllowance.within(limit), 0
	err := s.describe(op, rows)
	if err == nil {
		err = s.fetchAll(&sp, op, rows, limit)
	}
	s.budget = callAllowance
	return sp.end(err)
}

func (s *Session) describe(op operation, rows *Rows) error {
	if s.blind || s.lacks[CanDescribe] {
		return nil
	}
	columns, err := op.columns()
	if s.missing(CanDescribe, err) {
		return nil
	}
	rows.Columns = columns
	return err
}

func (s *Session) fetchAll(sp *span, op operation, rows *Rows, limit int) error {
	pause := firstPause
	for {
		p, err := op.fetch(pageRows)
		if err != nil {
			return err
		}
		if err := rows.add(p); err != nil {
			return err
		}
		if s.taken > limit {
			return &cause{kind: KindOversize, text: "a result that takes more than " + strconv.Itoa(limit>>10) + " KiB of memory"}
		}
		if !p.more {
			return nil
		}
		if err := sp.expired(); err != nil { // what is buffered is read past a deadline
			return err
		}
		if p.rows > 0 {
			pause = firstPause
			continue
		}
		if err := sp.pause(pause); err != nil {
			return err
		}
		pause = min(2*pause, lastPause)
	}
}

// abandon cancels and closes an operation that is not waited for any longer.
func (s *Session) abandon(ctx context.Context, op operation, why error) {
	s.parting(ctx)
	if k := kindOf(why); k == KindTimeout || k == KindCanceled {
		_ = op.cancel() // closing cancels too, where this was not heard
	}
	_ = op.close() // the first failure is the one to tell
}
