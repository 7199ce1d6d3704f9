package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/exactjson"
)

// ResultHead is as much of a result as tells which run it is of.
type ResultHead struct {
	Schema   string      `json:"schema"`
	Run      string      `json:"run"`
	Complete bool        `json:"complete"`
	Seed     uint64      `json:"seed"`
	Started  time.Time   `json:"started"`
	Seconds  float64     `json:"duration_s"`
	Shard    *Shard      `json:"shard"`
	Sources  []SourceRun `json:"sources"`
}

// HeadOf is the head of a result.
func HeadOf(r Result) ResultHead {
	return ResultHead{r.Schema, r.Run, r.Complete, r.Seed, r.Started, r.Seconds, r.Shard, r.Sources}
}

// DecodeResultHead reads the head of a result file as [DecodeResult] does, and nothing
// else: it costs a small part of the time and memory. What it reads may come from a
// stranger, and the rest of the file may be no result.
func DecodeResultHead(b []byte) (ResultHead, error) {
	h, err := decodeHead(b)
	if err != nil {
		return ResultHead{}, fmt.Errorf("result: %w", explainEnd(b, err))
	}
	return h, nil
}

func decodeHead(b []byte) (ResultHead, error) {
	if err := checkValues(b); err != nil {
		return ResultHead{}, err
	}
	var file struct {
		ResultHead
		Sources sourceRuns `json:"sources"` // goes before the one of ResultHead
	}
	b, err := exactjson.Filter(b, reflect.TypeOf(file), nil)
	if err != nil {
		return ResultHead{}, err
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return ResultHead{}, err
	}
	h := file.ResultHead
	h.Sources = file.Sources
	if h.Schema != Schema {
		return ResultHead{}, fmt.Errorf("schema is %.100q, this version reads %q", h.Schema, Schema)
	}
	return h, nil
}

// sourceRuns are at most MaxShards, which is checked while they are decoded.
type sourceRuns []SourceRun

// UnmarshalJSON reads a list of SourceRun.
func (s *sourceRuns) UnmarshalJSON(b []byte) error {
	in := json.NewDecoder(bytes.NewReader(b))
	begins, err := in.Token()
	if err != nil || begins == nil {
		return err
	}
	if begins != json.Delim('[') {
		return fmt.Errorf("sources: they are no list")
	}
	*s = sourceRuns{}
	for in.More() {
		if err := checkLength(len(*s)+1, MaxShards); err != nil {
			return fmt.Errorf("sources: %w", err)
		}
		var run SourceRun
		if err := in.Decode(&run); err != nil {
			return fmt.Errorf("sources: %w", err)
		}
		*s = append(*s, run)
	}
	return nil
}
