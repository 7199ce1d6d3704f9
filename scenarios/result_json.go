package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// DecodeResult reads a result file. Keys it does not know are ignored, as a
// later version may have written them; another schema is refused by name, since
// its numbers may mean something else. Counts below zero are refused, as no run
// writes them. The input may come from a stranger: what it takes of memory is
// bounded by its length, which is the caller's to limit, and by maxValues.
func DecodeResult(b []byte) (Result, error) {
	if bytes.Count(b, []byte(",")) > maxValues {
		return Result{}, fmt.Errorf("result: more than %d values", maxValues)
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return Result{}, fmt.Errorf("result: %w", err)
	}
	if head.Schema != Schema {
		return Result{}, fmt.Errorf("result: schema is %.100q, this version reads %q", head.Schema, Schema)
	}
	var r Result
	if err := json.Unmarshal(b, &r); err != nil {
		return Result{}, fmt.Errorf("result: %w", err)
	}
	if err := r.checkCounts(); err != nil {
		return Result{}, fmt.Errorf("result: %w", err)
	}
	return r, nil
}

// maxValues bounds the values of a result file: an empty finding is two bytes
// there and a hundred times as many in memory. Runs have some thousands.
const maxValues = 1 << 18

// maxCount bounds every count in a result file, so that sums over them stay numbers.
const maxCount = 1 << 40

// checkCounts fails on a count that no run can have had.
func (r Result) checkCounts() error {
	s := r.Sessions
	if err := counts("sessions", s.Attempted, s.OK, s.Failed, s.Unknown, s.LeftOpen, s.Scout, s.Settle, s.Refused); err != nil {
		return err
	}
	for _, c := range r.Coords {
		if err := counts("coordinators", c.Sessions, c.Failed, c.Restarts); err != nil {
			return err
		}
	}
	for _, n := range r.Nodes {
		if err := counts("nodes", n.Sessions, n.Failed, n.Unattributed); err != nil {
			return err
		}
		for _, c := range n.Coordinators {
			if err := counts("nodes", c); err != nil {
				return err
			}
		}
	}
	for _, l := range r.Looks {
		if err := l.checkCounts(); err != nil {
			return err
		}
	}
	for _, e := range r.Errors {
		if err := counts("errors", e.Count); err != nil {
			return err
		}
	}
	for _, c := range r.TLS {
		if err := counts("tls", c.Sessions); err != nil {
			return err
		}
	}
	if r.Detect != nil {
		if err := counts("detectable", r.Detect.Sessions); err != nil {
			return err
		}
	}
	return r.checkLoad()
}

// checkLoad looks at what a load counts.
func (r Result) checkLoad() error {
	if l := r.Load; l != nil {
		if err := counts("load", l.Late, l.Dropped, l.OfCores); err != nil {
			return err
		}
		for _, n := range l.Needs {
			if err := counts("load", n.Need, n.Have); err != nil {
				return err
			}
		}
	}
	if r.Series == nil {
		return nil
	}
	for _, p := range r.Series.Points {
		if err := counts("series", p.Started, p.OK, p.Failed, p.Held); err != nil {
			return err
		}
	}
	return nil
}

func (l Look) checkCounts() error {
	if err := counts("looks", l.Planned, l.Refused); err != nil {
		return err
	}
	for _, t := range []Tally{l.Tally, l.Burst} {
		for _, c := range t {
			if err := counts("looks", c.OK, c.Failed, c.Unknown); err != nil {
				return err
			}
		}
	}
	for _, o := range l.Orders {
		if err := counts("looks", o.Lag...); err != nil {
			return err
		}
		for _, c := range o.Counts {
			if err := counts("looks", c); err != nil {
				return err
			}
		}
	}
	for _, e := range l.Errors {
		if err := counts("looks", e.Count); err != nil {
			return err
		}
	}
	return nil
}

func counts(where string, ns ...int) error {
	for _, n := range ns {
		if n < 0 || n > maxCount {
			return fmt.Errorf("%s: %d is no count of sessions", where, n)
		}
	}
	return nil
}
