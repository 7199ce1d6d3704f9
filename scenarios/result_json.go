package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/exactjson"
)

// DecodeResult reads a result file. Keys it does not know are ignored, as a
// later version may have written them, and so are those in another case; another
// schema is refused by name, since its numbers may mean something else. Counts
// and times below zero or beyond reason are refused, as are lists longer than a
// run makes them, keys that are there twice, a verdict that does not follow from
// the findings, an exit code that does not follow from the verdict, and counts of
// sessions that do not add up. An exit code that is not there is filled in. The
// input may come from a stranger: what it takes of memory is bounded by its
// length, which is the caller's to limit, by maxValues and by MaxTags.
func DecodeResult(b []byte) (Result, error) {
	r, err := decodeResult(b)
	if err != nil {
		return Result{}, fmt.Errorf("result: %w", explainEnd(b, err))
	}
	return r, nil
}

// explainEnd says of a text that ends too soon what may have become of it.
func explainEnd(b []byte, err error) error {
	decoder := json.NewDecoder(bytes.NewReader(b))
	var whole json.RawMessage
	switch end := decoder.Decode(&whole); {
	case errors.Is(end, io.ErrUnexpectedEOF):
		return errors.New("the text ends before the result does: what wrote it was stopped, or the disk is full; leave it out, or run it again")
	case errors.Is(end, io.EOF):
		return errors.New("the text is empty: nothing was stored")
	}
	return err
}

func decodeResult(b []byte) (Result, error) {
	if err := checkValues(b); err != nil {
		return Result{}, err
	}
	var file struct {
		Result
		Exit *int        `json:"exit"` // goes before the one of Result
		Tags boundedTags `json:"tags"` // and so does this
	}
	b, err := exactjson.Filter(b, reflect.TypeOf(file), jsonShapes)
	if err != nil {
		return Result{}, err
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return Result{}, err
	}
	if head.Schema != Schema {
		return Result{}, fmt.Errorf("schema is %.100q, this version reads %q", head.Schema, Schema)
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return Result{}, err
	}
	r := file.Result
	r.Tags, r.Exit = file.Tags, r.ExitCode()
	if file.Exit != nil {
		r.Exit = *file.Exit
	}
	return r, r.check()
}

// maxValues bounds the values of a result file: an empty finding is two bytes
// there and a hundred times as many in memory. Runs have some thousands.
const maxValues = 1 << 18

// MaxTags bounds the histograms by tag: each is a few bytes in a file and close
// to 200 KB in memory.
const MaxTags = 1 << 10

// checkValues fails on a file of more values than any result has.
func checkValues(b []byte) error {
	if bytes.Count(b, []byte(",")) > maxValues {
		return fmt.Errorf("more than %d values", maxValues)
	}
	return nil
}

// boundedTags are at most MaxTags, which is checked before any is decoded.
type boundedTags []TagTimes

// UnmarshalJSON reads a list of TagTimes.
func (t *boundedTags) UnmarshalJSON(b []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	if err := checkLength(len(raw), MaxTags); err != nil {
		return fmt.Errorf("tags: %w", err)
	}
	return json.Unmarshal(b, (*[]TagTimes)(t))
}

// jsonShapes has what types that read their own JSON read it as.
var jsonShapes = map[reflect.Type]reflect.Type{
	reflect.TypeFor[PhaseStats]():  reflect.TypeFor[map[string]timesJSON](),
	reflect.TypeFor[Times]():       reflect.TypeFor[timesJSON](),
	reflect.TypeFor[boundedTags](): reflect.TypeFor[[]TagTimes](),
	reflect.TypeFor[TimesByName](): reflect.TypeFor[map[string]timesJSON](),
	reflect.TypeFor[Blocks]():      reflect.TypeFor[blocksJSON](),
}
