package merge

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// addKinds adds what runs of one kind alone have.
func (s *sum) addKinds(m scenarios.Measured) {
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
		s.addCapacity(*m.Capacity)
	}
	if m.Watch != nil {
		s.addWatch(*m.Watch)
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

// addCapacity sums what shards held. What follows from it is the judge's to fill.
func (s *sum) addCapacity(c scenarios.Capacity) {
	if s.r.Capacity == nil {
		c.Holders = slices.Clone(c.Holders)
		s.r.Capacity = &c
		return
	}
	have := s.r.Capacity
	have.Target += c.Target
	have.Held += c.Held
	have.Survived += c.Survived
	have.Lost += c.Lost
	have.For = min(have.For, c.For)
	have.Entered = have.Entered || c.Entered
	if have.StoppedBy.IsZero() {
		have.StoppedBy, have.Phase = c.StoppedBy, c.Phase
	}
	for _, h := range c.Holders {
		i, found := slices.BinarySearchFunc(have.Holders, h.Name, func(o scenarios.Holder, name string) int { return cmp.Compare(o.Name, name) })
		if found {
			have.Holders[i].Held += h.Held
		} else {
			have.Holders = slices.Insert(have.Holders, i, h)
		}
	}
}

// addWatch sums what shards saw of one event. An outage lasts from the first failed
// session of all to the first good one that the shard with the last failed one saw.
func (s *sum) addWatch(w scenarios.WatchSeen) {
	later := scenarios.SecondsOf(s.offset)
	for _, at := range []**scenarios.Seconds{&w.Event, &w.EventEnd, &w.Noticed, &w.FirstErr, &w.LastErr} {
		*at = shifted(*at, later)
	}
	w.Long, w.Coords = slices.Clone(w.Long), slices.Clone(w.Coords)
	for i := range w.Long {
		if w.Long[i].At > 0 {
			w.Long[i].At += later
		}
	}
	for i := range w.Coords {
		c := &w.Coords[i]
		c.First, c.Last = c.First+later, c.Last+later
		c.Gone, c.Back = shifted(c.Gone, later), shifted(c.Back, later)
	}
	if s.r.Watch == nil {
		s.r.Watch = &w
		return
	}
	have := s.r.Watch
	ends := outageEnd(*have)
	if have.LastErr == nil || w.LastErr != nil && *w.LastErr > *have.LastErr {
		ends = outageEnd(w)
	}
	have.For = max(have.For, w.For)
	have.Event, have.EventEnd = earlier(have.Event, w.Event), latest(have.EventEnd, w.EventEnd)
	have.EventText = cmp.Or(have.EventText, w.EventText)
	have.Noticed = earlier(have.Noticed, w.Noticed)
	have.Sessions += w.Sessions
	have.Errors += w.Errors
	have.FirstErr, have.LastErr = earlier(have.FirstErr, w.FirstErr), latest(have.LastErr, w.LastErr)
	have.Long = append(have.Long, w.Long...)
	if have.FirstErr != nil {
		have.Outage = max(0, ends-*have.FirstErr)
	}
	for _, c := range w.Coords {
		have.Coords = addAppearance(have.Coords, c)
	}
}

// outageEnd is when the outage of a watch was over; 0 where there was none.
func outageEnd(w scenarios.WatchSeen) scenarios.Seconds {
	if w.FirstErr == nil {
		return 0
	}
	return *w.FirstErr + w.Outage
}

// addAppearance adds when one shard reached a coordinator. It was away while none of
// them reached it.
func addAppearance(all []scenarios.Appearance, a scenarios.Appearance) []scenarios.Appearance {
	i, found := slices.BinarySearchFunc(all, a.Name, func(o scenarios.Appearance, name string) int { return cmp.Compare(o.Name, name) })
	if !found {
		return slices.Insert(all, i, a)
	}
	have := &all[i]
	have.Sessions += a.Sessions
	have.First, have.Last = min(have.First, a.First), max(have.Last, a.Last)
	have.Peak = max(have.Peak, a.Peak)
	if have.Gone == nil || a.Gone == nil {
		have.Gone, have.Back = nil, nil
		return all
	}
	have.Gone, have.Back = latest(have.Gone, a.Gone), earlier(have.Back, a.Back)
	if have.Back != nil && *have.Back <= *have.Gone {
		have.Gone, have.Back = nil, nil
	}
	return all
}

func shifted(at *scenarios.Seconds, later scenarios.Seconds) *scenarios.Seconds {
	if at == nil {
		return nil
	}
	v := *at + later
	return &v
}

func earlier(a, b *scenarios.Seconds) *scenarios.Seconds {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

func latest(a, b *scenarios.Seconds) *scenarios.Seconds {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}
