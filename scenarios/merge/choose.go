package merge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// chosen is which documents are summed: each group is the shards of one run, or one
// document by itself, and the groups repeat each other.
type chosen struct {
	groups  [][]Document
	remarks []string // which documents were left out, and why
	missing []string // which shards nobody did
}

// choose sorts the documents. Of several of one shard the complete one counts.
func choose(docs []Document, o Options) (chosen, error) {
	var out chosen
	docs = slices.SortedStableFunc(slices.Values(docs), byStart)
	if err := checkRuns(docs); err != nil {
		return out, err
	}
	docs, remarks, err := oneOfEachShard(docs, o)
	if err != nil {
		return out, err
	}
	out.remarks = remarks
	at := map[whole]int{}
	for _, d := range docs {
		w, sharded := d.whole()
		i, known := at[w]
		if !sharded || !known {
			i = len(out.groups)
			out.groups = append(out.groups, nil)
		}
		if sharded {
			at[w] = i
		}
		out.groups[i] = append(out.groups[i], d)
	}
	for _, g := range out.groups {
		if len(g) > 1 {
			slices.SortStableFunc(g, byShard)
		}
	}
	out.missing = missing(docs)
	return out, nil
}

// checkRuns fails where a run would be counted twice.
func checkRuns(docs []Document) error {
	of := map[string]Document{}
	for _, d := range docs {
		runs := []string{d.head.Run}
		for _, s := range d.sources() {
			if s.Run != d.head.Run {
				runs = append(runs, s.Run)
			}
		}
		for _, run := range runs {
			if other, ok := of[run]; ok {
				return fmt.Errorf("%s: it holds the run %.100q, as %s does: give each run once", d.Name, run, other.Name)
			}
			of[run] = d
		}
	}
	return nil
}

// slot is the place of a shard.
type slot struct {
	whole
	index int
}

func (s slot) String() string {
	return fmt.Sprintf("shard %d/%d (seed %d)", s.index, s.count, s.seed)
}

// oneOfEachShard leaves out the documents of shards that were done again.
func oneOfEachShard(docs []Document, o Options) (left []Document, remarks []string, err error) {
	of := map[slot][]Document{}
	for _, d := range docs {
		for _, s := range d.sources() {
			if s.Shard != nil {
				at := slot{wholeOf(s), s.Shard.Index}
				of[at] = append(of[at], d)
			}
		}
	}
	counts := map[slot]Document{} // the one that does
	out := map[string]bool{}      // by run
	for _, d := range docs {
		for _, s := range d.sources() {
			if s.Shard == nil {
				continue
			}
			at := slot{wholeOf(s), s.Shard.Index}
			best, known := counts[at]
			if !known {
				if best, err = pick(at, of[at], o); err != nil {
					return nil, nil, err
				}
				counts[at] = best
			}
			if best.head.Run != d.head.Run {
				out[d.head.Run] = true
				remarks = append(remarks, fmt.Sprintf("the run %.100s is left out: %.100s is the one that counts of %s", d.head.Run, best.head.Run, at))
			}
		}
	}
	return slices.DeleteFunc(docs, func(d Document) bool { return out[d.head.Run] }), boundedRemarks(remarks), nil
}

// pick is the one of the documents of a shard that counts: the complete one, else the
// last.
func pick(at slot, docs []Document, o Options) (Document, error) {
	last := docs[len(docs)-1]
	if len(docs) == 1 {
		return last, nil
	}
	var complete []Document
	for _, d := range docs {
		if d.merged() {
			return d, fmt.Errorf("%s: it is merged, and it and %s both have %s: merge the documents that it was made of", d.Name, otherThan(d, docs).Name, at)
		}
		if d.head.Complete {
			complete = append(complete, d)
		}
	}
	switch {
	case len(complete) == 0:
		return last, nil
	case len(complete) > 1 && !o.PickLast:
		return last, &TwiceError{at.String(), complete[0].Name, complete[1].Name}
	}
	return complete[len(complete)-1], nil
}

// TwiceError is about a shard of which two complete runs are there. PickLast takes the
// later one.
type TwiceError struct {
	Shard        string
	First, Again string // names of the documents
}

func (e *TwiceError) Error() string {
	return fmt.Sprintf("%s: it and %s are both complete runs of %s: leave one out", e.Again, e.First, e.Shard)
}

func otherThan(d Document, docs []Document) Document {
	i := slices.IndexFunc(docs, func(o Document) bool { return o.head.Run != d.head.Run })
	return docs[max(0, i)]
}

// missing says which shards of each run there is no document of.
func missing(docs []Document) []string {
	have := map[whole]map[int]bool{}
	var order []whole
	for _, d := range docs {
		for _, s := range d.sources() {
			if s.Shard == nil {
				continue
			}
			w := wholeOf(s)
			if have[w] == nil {
				have[w] = map[int]bool{}
				order = append(order, w)
			}
			have[w][s.Shard.Index] = true
		}
	}
	var out []string
	for _, w := range order {
		var lacks []int
		for i := 1; i <= w.count && i <= scenarios.MaxShards; i++ {
			if !have[w][i] {
				lacks = append(lacks, i)
			}
		}
		if len(lacks) > 0 {
			out = append(out, fmt.Sprintf("there is no result of %s of %d (seed %d)", numbered(lacks), w.count, w.seed))
		}
	}
	return out
}

// numbered is "shard 3", "shards 3, 5 and 12 more".
func numbered(indexes []int) string {
	const most = 8
	if len(indexes) == 1 {
		return "shard " + strconv.Itoa(indexes[0])
	}
	var words []string
	for _, i := range indexes[:min(most, len(indexes))] {
		words = append(words, strconv.Itoa(i))
	}
	if more := len(indexes) - most; more > 0 {
		return "shards " + strings.Join(words, ", ") + fmt.Sprintf(" and %d more", more)
	}
	last := len(words) - 1
	return "shards " + strings.Join(words[:last], ", ") + " and " + words[last]
}
