package merge

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// addKinds adds what runs of one kind alone have.
func (s *sum) addKinds(m scenarios.Measured, sources []scenarios.SourceRun) {
	if m.HTTP != nil {
		if s.r.HTTP == nil {
			s.r.HTTP = &scenarios.HTTPCounts{}
		}
		s.r.HTTP.Add(*m.HTTP)
	}
	for _, q := range m.Queries {
		s.addQuery(q)
	}
	for _, h := range m.Handles {
		s.addHandle(h)
	}
	if m.Capacity != nil {
		s.held.add(*m.Capacity, scenarios.SecondsOf(s.offset), holdsOf(sources, s.began, m.Capacity.For))
	}
	if m.Watch != nil {
		s.addWatch(*m.Watch, sources)
	}
}

// addQuery sums what the statement did on a coordinator.
func (s *sum) addQuery(q scenarios.QueryTally) {
	i, found := slices.BinarySearchFunc(s.r.Queries, q.Coordinator, func(t scenarios.QueryTally, name string) int {
		return cmp.Compare(t.Coordinator, name)
	})
	if !found {
		q.Times = slices.Clone(q.Times)
		s.r.Queries = slices.Insert(s.r.Queries, i, q)
		return
	}
	have := &s.r.Queries[i]
	if have.Failed == 0 {
		have.Class, have.Example = q.Class, q.Example
	}
	have.Runs += q.Runs
	have.Failed += q.Failed
	have.Times = append(have.Times, q.Times...)
}

// addHandle sums how sessions fared that one coordinator had opened and another was
// asked for.
func (s *sum) addHandle(h scenarios.HandleTally) {
	compare := func(a, b scenarios.HandleTally) int {
		other := func(t scenarios.HandleTally) int {
			if t.OtherNode {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(a.Opened, b.Opened), cmp.Compare(a.Answered, b.Answered), cmp.Compare(other(a), other(b)))
	}
	i, found := slices.BinarySearchFunc(s.r.Handles, h, compare)
	if !found && len(s.r.Handles) >= scenarios.MaxHandles {
		s.cut(partHandles)
		return
	}
	if !found {
		s.r.Handles = slices.Insert(s.r.Handles, i, h)
		return
	}
	have := &s.r.Handles[i]
	if have.Class.IsZero() {
		have.Class, have.Example = h.Class, h.Example
	}
	have.Reached += h.Reached
	have.Foreign += h.Foreign
	have.Unknown += h.Unknown
}
