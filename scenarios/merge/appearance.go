package merge

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// watchSum is the coordinators of a watch, as the documents saw them. They are put
// together at the end, so that the order of the documents does not matter.
type watchSum struct {
	of  map[string][]reached
	end scenarios.Seconds // of the watch
}

// reached is when one document reached a coordinator, and which shards it is of.
type reached struct {
	scenarios.Appearance
	shards []int
}

func (w *watchSum) add(a scenarios.Appearance, shards []int) {
	if w.of == nil {
		w.of = map[string][]reached{}
	}
	w.of[a.Name] = append(w.of[a.Name], reached{a, shards})
	w.end = max(w.end, a.Last) // the last sessions may end after the watch
}

// appearances are those of all documents, by name, and what to remark of them.
func (w *watchSum) appearances() (out []scenarios.Appearance, remarks []string) {
	for _, name := range slices.Sorted(maps.Keys(w.of)) {
		a, said := appearanceOf(w.of[name], w.end)
		out, remarks = append(out, a), append(remarks, said...)
	}
	return out, remarks
}

// appearanceOf puts together how documents reached one coordinator.
func appearanceOf(all []reached, end scenarios.Seconds) (out scenarios.Appearance, remarks []string) {
	slices.SortStableFunc(all, func(a, b reached) int { return cmp.Compare(a.First, b.First) })
	out = scenarios.Appearance{Name: all[0].Name, First: all[0].First}
	for _, a := range all {
		out.Sessions += a.Sessions
		out.Last, out.Peak = max(out.Last, a.Last), max(out.Peak, a.Peak)
		out.PIDs = pidsOf(out.PIDs, a.PIDs)
	}
	for _, gap := range absencesOf(all, end) {
		said, ok := gap.heldAgainst(all)
		switch {
		case !ok:
		case out.Gone != nil:
			remarks = append(remarks, fmt.Sprintf("%s was not reached %s by %s either: of several absences one is kept", out.Name, gap, numbered(gap.shards)))
		default:
			out.Gone = &gap.from
			if !gap.open {
				out.Back = &gap.to
			}
			remarks = append(remarks, said...)
		}
	}
	return out, remarks
}

// pidsOf adds the processes that a document saw, in its order, to those of others: each
// stands before the one that it was seen before.
func pidsOf(have, more []int32) []int32 {
	more = more[:min(len(more), scenarios.MaxPIDs)]
	at := len(have)
	for _, pid := range slices.Backward(more) {
		if i := slices.Index(have, pid); i >= 0 {
			at = i
		} else {
			have = slices.Insert(have, at, pid)
		}
	}
	return have[:min(len(have), scenarios.MaxPIDs)]
}

// absence is a time in which some documents did not reach a coordinator.
type absence struct {
	from, to scenarios.Seconds
	open     bool  // it did not come back: to is the end of the watch
	shards   []int // that saw it
	seen     []int // the documents that saw it, by their places
}

// String is "from 10s to 20s".
func (a absence) String() string {
	round := func(s scenarios.Seconds) time.Duration { return s.Duration().Round(10 * time.Millisecond) }
	if a.open {
		return fmt.Sprintf("from %s on", round(a.from))
	}
	return fmt.Sprintf("from %s to %s", round(a.from), round(a.to))
}

// absencesOf are those that documents saw. Where they overlap they are one, of the time
// in which nobody reached the coordinator.
func absencesOf(all []reached, end scenarios.Seconds) []absence {
	var each []absence
	for i, a := range all {
		if a.Gone == nil {
			continue
		}
		gap := absence{from: *a.Gone, to: end, open: a.Back == nil, shards: a.shards, seen: []int{i}}
		if a.Back != nil {
			gap.to = *a.Back
		}
		each = append(each, gap)
	}
	slices.SortStableFunc(each, func(a, b absence) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var out []absence
	for _, gap := range each {
		last := len(out) - 1
		if last < 0 || gap.from >= out[last].to {
			out = append(out, gap)
			continue
		}
		both := &out[last]
		both.from, both.to, both.open = max(both.from, gap.from), min(both.to, gap.to), both.open && gap.open
		both.shards, both.seen = slices.Concat(both.shards, gap.shards), append(both.seen, gap.seen...)
	}
	return out
}

// heldAgainst holds an absence against what the other documents tell. One that reached
// the coordinator meanwhile, for the first or for the last time, shortens it; where less
// is left than a run calls an absence, or less than half, it was not absent. One that
// reached it before and after does not tell what was between, which is remarked: the
// absence is evidence. One that reached it only before, or only after, has no say.
func (a *absence) heldAgainst(all []reached) (remarks []string, ok bool) {
	left := *a
	var silent []int
	for i, r := range all {
		first, last := a.has(r.First), a.has(r.Last)
		switch {
		case slices.Contains(a.seen, i):
		case first && (!last || r.First-a.from > a.to-r.Last):
			left.to, left.open = min(left.to, r.First), false
		case last:
			left.from = max(left.from, r.Last)
		case r.First <= a.from && r.Last >= a.to:
			silent = append(silent, r.shards...)
		}
	}
	shortened := left.from != a.from || left.to != a.to
	if shortened && left.to-left.from < max(scenarios.MinAbsence, (a.to-a.from)/2) {
		return nil, false
	}
	*a = left
	if len(silent) > 0 {
		slices.Sort(silent)
		slices.Sort(a.shards)
		remarks = append(remarks, fmt.Sprintf("%s was not reached %s by %s; the results of the others (%s) do not tell, so it counts as away",
			all[0].Name, a, numbered(a.shards), numbered(silent)))
	}
	return remarks, true
}

// has reports whether a time is within the absence, its ends left out.
func (a *absence) has(at scenarios.Seconds) bool { return at > a.from && at < a.to }
