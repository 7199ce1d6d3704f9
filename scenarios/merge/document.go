package merge

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Document is a result that is to be merged, and how messages name it. It keeps the
// text of the result and no more, so that a thousand of them fit into memory: what a
// result holds of times takes a hundred times the room once it is read.
type Document struct {
	Name string

	text   []byte
	result *scenarios.Result // in the place of text, where the caller has it already
	head   head
}

// head is what decides about a document.
type head struct {
	Schema   string                `json:"schema"`
	Run      string                `json:"run"`
	Complete bool                  `json:"complete"`
	Seed     uint64                `json:"seed"`
	Started  time.Time             `json:"started"`
	Seconds  float64               `json:"duration_s"`
	Shard    *scenarios.Shard      `json:"shard"`
	Sources  []scenarios.SourceRun `json:"sources"`
}

// NewDocument reads as much of a result as decides where it belongs; the rest is read
// when it is summed. The text is kept.
func NewDocument(name string, text []byte) (Document, error) {
	d := Document{Name: name, text: text}
	if err := json.Unmarshal(text, &d.head); err != nil {
		return d, fmt.Errorf("%s: %w", name, err)
	}
	if d.head.Schema != scenarios.Schema {
		return d, fmt.Errorf("%s: it is no result: schema is %.100q, this version reads %q", name, d.head.Schema, scenarios.Schema)
	}
	return d, nil
}

// documentOf is a result that was read.
func documentOf(name string, r scenarios.Result) Document {
	return Document{Name: name, result: &r, head: headOf(r)}
}

func headOf(r scenarios.Result) head {
	return head{r.Schema, r.Run, r.Complete, r.Seed, r.Started, r.Seconds, r.Shard, r.Sources}
}

// read is the whole result.
func (d Document) read() (scenarios.Result, error) {
	if d.result != nil {
		return *d.result, nil
	}
	r, err := scenarios.DecodeResult(d.text)
	if err != nil {
		return r, fmt.Errorf("%s: %w", d.Name, err)
	}
	if h := headOf(r); h.Run != d.head.Run || h.Complete != d.head.Complete || h.Seed != d.head.Seed || !h.Started.Equal(d.head.Started) ||
		len(h.Sources) != len(d.head.Sources) || (h.Shard == nil) != (d.head.Shard == nil) || h.Shard != nil && *h.Shard != *d.head.Shard {
		return r, fmt.Errorf("%s: %w", d.Name, errors.New("keys of it are there twice, in upper and lower case"))
	}
	return r, nil
}

// merged reports whether the document is itself a sum.
func (d Document) merged() bool { return len(d.head.Sources) > 0 }

// sources are the runs that the document is of.
func (d Document) sources() []scenarios.SourceRun {
	return scenarios.SourcesOf(scenarios.Result{
		Run: d.head.Run, Seed: d.head.Seed, Started: d.head.Started, Seconds: d.head.Seconds,
		Measured: scenarios.Measured{Shard: d.head.Shard, Sources: d.head.Sources},
	})
}

// whole names a scenario that was parted: its shards have the same.
type whole struct {
	count int
	seed  uint64
}

func wholeOf(s scenarios.SourceRun) whole { return whole{s.Shard.Count, s.Seed} }

// whole is what all of the document is a part of; false where it is of no shard, or of
// shards of several.
func (d Document) whole() (whole, bool) {
	var out whole
	for i, s := range d.sources() {
		if s.Shard == nil || i > 0 && wholeOf(s) != out {
			return whole{}, false
		}
		out = wholeOf(s)
	}
	return out, true
}

// byStart is the order in which documents are summed.
func byStart(a, b Document) int {
	return cmp.Or(a.head.Started.Compare(b.head.Started), cmp.Compare(a.head.Run, b.head.Run))
}

// byShard is the order of documents that belong together.
func byShard(a, b Document) int {
	return cmp.Or(cmp.Compare(firstShard(a), firstShard(b)), byStart(a, b))
}

func firstShard(d Document) int {
	return slices.MinFunc(d.sources(), func(a, b scenarios.SourceRun) int { return cmp.Compare(a.Shard.Index, b.Shard.Index) }).Shard.Index
}
