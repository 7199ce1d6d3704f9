package main

import (
	"encoding"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// csvHead begins the first row of observations as CSV.
const csvHead = "seq,part,"

// csvNeeded are the columns without which a session cannot be told from another.
var csvNeeded = []string{"seq", "part", "start_ms", "start_unix_us", "end_ms", "node", "local", "outcome"}

// csvCells read the columns that go back to an observation; those of another version are
// left aside.
var csvCells = func() map[string]func(*observationLine, string) error {
	cells := map[string]func(*observationLine, string) error{
		"seq":            func(l *observationLine, cell string) (err error) { l.Seq, err = strconv.Atoi(cell); return err },
		"part":           func(l *observationLine, cell string) error { return csvWord(cell, &l.Part) },
		"due_ms":         func(l *observationLine, cell string) error { return csvFloat(cell, &l.Due) },
		"start_ms":       func(l *observationLine, cell string) error { return csvFloat(cell, &l.Start) },
		"start_unix_us":  func(l *observationLine, cell string) error { return csvInt(cell, &l.StartUnix) },
		"end_ms":         func(l *observationLine, cell string) error { return csvFloat(cell, &l.End) },
		"node":           func(l *observationLine, cell string) error { return csvWord(cell, &l.Node) },
		"local":          func(l *observationLine, cell string) error { return csvWord(cell, &l.Local) },
		"received_bytes": func(l *observationLine, cell string) error { return csvInt(cell, &l.Received) },
		"sent_bytes":     func(l *observationLine, cell string) error { return csvInt(cell, &l.Sent) },
		"outcome":        func(l *observationLine, cell string) error { return csvWord(cell, &l.Outcome) },
		"class":          func(l *observationLine, cell string) error { return csvWord(cell, &l.Class) },
		"coordinator": func(l *observationLine, cell string) error {
			l.Coordinator = strings.TrimPrefix(cell, "'") // of a name that a spreadsheet would take for a formula
			return nil
		},
	}
	for p := range scenarios.NumPhases {
		cells[p.String()+"_ms"] = func(l *observationLine, cell string) error {
			var ms float64
			err := csvFloat(cell, &ms)
			l.Phases[p.String()] = ms
			return err
		}
	}
	return cells
}()

func csvWord(cell string, to encoding.TextUnmarshaler) error { return to.UnmarshalText([]byte(cell)) }

func csvFloat(cell string, to *float64) (err error) {
	*to, err = strconv.ParseFloat(cell, 64)
	return err
}

func csvInt(cell string, to *int64) (err error) {
	*to, err = strconv.ParseInt(cell, 10, 64)
	return err
}

// readObservationsCSV reads observations as CSV, as readObservations does JSON lines.
func readObservationsCSV(name string, in io.Reader, each func(scenarios.Observation)) (cut bool, err error) {
	bounded := &rowReader{in: in, left: maxObservation}
	rows := csv.NewReader(bounded)
	columns, err := rows.Read()
	if err == nil {
		err = checkColumns(columns)
	}
	if err != nil {
		return false, fmt.Errorf("%s:1: %w", name, err)
	}
	take := func() error { return nil } // what the row before was, once it is known to be whole
	for n := 2; ; n++ {
		bounded.left = maxObservation
		row, err := rows.Read()
		ended := errors.Is(err, io.EOF)
		if ended && bounded.last != '\n' {
			return true, nil // the last row is of a run that was killed
		}
		if err := take(); err != nil {
			return false, fmt.Errorf("%s:%d: %w", name, n-1, err)
		}
		switch {
		case ended:
			return false, nil
		case errors.Is(err, errLongRow):
			return false, fmt.Errorf("%s:%d: %w", name, n, err)
		case n > maxObservations:
			return false, fmt.Errorf("%s: it has more than %d sessions", name, maxObservations)
		}
		if err == nil && isColumns(row) {
			columns = row
			take = func() error { return checkColumns(row) }
			continue
		}
		take = func() error {
			if err != nil {
				return err
			}
			l, err := observationRow(columns, row)
			if err == nil {
				each(l.observation())
			}
			return err
		}
	}
}

// isColumns reports whether a row is the head of a further run.
func isColumns(row []string) bool {
	return len(row) > 1 && strings.TrimPrefix(row[0], byteOrderMark)+","+row[1]+"," == csvHead
}

// checkColumns refuses a head without what every session has.
func checkColumns(columns []string) error {
	columns[0] = strings.TrimPrefix(columns[0], byteOrderMark)
	for _, key := range csvNeeded {
		if !slices.Contains(columns, key) {
			return fmt.Errorf("there is no column %s: this is not what --observations FILE.csv writes", key)
		}
	}
	return nil
}

// observationRow reads a row.
func observationRow(columns, row []string) (observationLine, error) {
	l := observationLine{Phases: map[string]float64{}}
	for i, column := range columns {
		read := csvCells[column]
		switch {
		case row[i] == "" && column != "local" && slices.Contains(csvNeeded, column):
			return l, fmt.Errorf("it is no session: it has no %s", column)
		case read == nil || row[i] == "":
			continue
		}
		if err := read(&l, row[i]); err != nil {
			return l, fmt.Errorf("it is no session: %s: %w", column, err)
		}
	}
	return l, l.check()
}

// errLongRow is about a row that no run writes.
var errLongRow = fmt.Errorf("the row has more than %d bytes", maxObservation)

// rowReader bounds what is read for one row, and knows the last byte.
type rowReader struct {
	in   io.Reader
	left int
	last byte
}

func (r *rowReader) Read(b []byte) (int, error) {
	if r.left <= 0 {
		return 0, errLongRow
	}
	n, err := r.in.Read(b)
	r.left -= n
	if n > 0 {
		r.last = b[n-1]
	}
	return n, err
}
