package merge

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Document is a result that is to be merged, and how messages name it. It keeps the
// text of the result and no more, so that a thousand of them fit into memory: what a
// result holds of times takes a hundred times the room once it is read.
type Document struct {
	Name string

	text   []byte
	result *scenarios.Result    // in the place of text, where the caller has it already
	head   scenarios.ResultHead // what decides about the document
}

// NewDocument reads as much of a result as decides where it belongs; the rest is read
// when it is summed. The text is kept.
func NewDocument(name string, text []byte) (Document, error) {
	head, err := scenarios.DecodeResultHead(text)
	if err != nil {
		return Document{}, fmt.Errorf("%s: %w", name, err)
	}
	return Document{Name: name, text: text, head: head}, nil
}

// documentOf is a result that was read.
func documentOf(name string, r scenarios.Result) Document {
	return Document{Name: name, result: &r, head: scenarios.HeadOf(r)}
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
	if !reflect.DeepEqual(scenarios.HeadOf(r), d.head) {
		return r, fmt.Errorf("%s: its first reading and its second differ in the run, or in its parts", d.Name)
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
