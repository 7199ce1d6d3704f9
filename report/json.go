package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// MaxResult is the size of the largest result file that Read takes, in bytes.
const MaxResult = 64 << 20

// Read reads a result file of this schema, as [scenarios.DecodeResult] does, and
// refuses one longer than MaxResult. Written as JSON again, a file of ours is
// the same byte for byte.
func Read(r io.Reader) (scenarios.Result, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxResult+1))
	if err != nil {
		return scenarios.Result{}, err
	}
	if len(b) > MaxResult {
		return scenarios.Result{}, fmt.Errorf("result: more than %d bytes", MaxResult)
	}
	return scenarios.DecodeResult(b)
}

// writeJSON writes the result file: indented, keys in a fixed order, lists that
// are always there as [] and not null.
func writeJSON(w io.Writer, r scenarios.Result, _ Style) error {
	r.Scenario.Target.Endpoints = orEmpty(r.Scenario.Target.Endpoints)
	r.Coords = orEmpty(r.Coords)
	r.Nodes = orEmpty(r.Nodes)
	r.Looks = orEmpty(r.Looks)
	r.Errors = orEmpty(r.Errors)
	r.Findings = orEmpty(r.Findings)
	emptyListsOfParts(&r)
	b, err := encode(r)
	if err != nil {
		return err
	}
	if bytes.Contains(b, []byte(`\ufffd`)) {
		// Bytes that are no UTF-8 are written as this escape, but U+FFFD itself
		// as it is: once through the reader, and the file is the one that a
		// reader would write again.
		var read scenarios.Result
		if err := json.Unmarshal(b, &read); err != nil {
			return err
		}
		if b, err = encode(read); err != nil {
			return err
		}
	}
	_, err = w.Write(b)
	return err
}

func encode(r scenarios.Result) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(r)
	return b.Bytes(), err
}

// emptyListsOfParts does the same for the lists of parts that not every run has. It
// copies such a part, as others may hold it, too.
func emptyListsOfParts(r *scenarios.Result) {
	if r.Capacity != nil && r.Capacity.Holders == nil {
		c := *r.Capacity
		c.Holders = []scenarios.Holder{}
		r.Capacity = &c
	}
	if r.Idle != nil && r.Idle.Steps == nil {
		i := *r.Idle
		i.Steps = []scenarios.IdleStep{}
		r.Idle = &i
	}
	if r.Watch != nil && r.Watch.Coords == nil {
		w := *r.Watch
		w.Coords = []scenarios.Appearance{}
		r.Watch = &w
	}
	if r.Series != nil && r.Series.Points == nil {
		s := *r.Series
		s.Points = []scenarios.Point{}
		r.Series = &s
	}
}

// orEmpty is s, or an empty list in place of none.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
