package merge

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// addWatch sums what shards saw of one event. An outage lasts from the first failed
// session of all to the first good one that the shard with the last failed one saw.
func (s *sum) addWatch(w scenarios.WatchSeen, sources []scenarios.SourceRun) {
	later := scenarios.SecondsOf(s.offset)
	for _, at := range []**scenarios.Seconds{&w.Event, &w.EventEnd, &w.Noticed, &w.FirstErr, &w.LastErr} {
		*at = shifted(*at, later)
	}
	w.Long = slices.Clone(w.Long)
	for i := range w.Long {
		if w.Long[i].At > 0 {
			w.Long[i].At += later
		}
	}
	s.watch.end = max(s.watch.end, later+w.For)
	for _, c := range w.Coords {
		c.First, c.Last = c.First+later, c.Last+later
		c.Gone, c.Back = shifted(c.Gone, later), shifted(c.Back, later)
		s.watch.add(c, shardsOf(sources))
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
}

// outageEnd is when the outage of a watch was over; 0 where there was none.
func outageEnd(w scenarios.WatchSeen) scenarios.Seconds {
	if w.FirstErr == nil {
		return 0
	}
	return *w.FirstErr + w.Outage
}

// shardsOf are the numbers of those shards that some runs are.
func shardsOf(sources []scenarios.SourceRun) []int {
	var out []int
	for _, s := range sources {
		if s.Shard != nil {
			out = append(out, s.Shard.Index)
		}
	}
	return out
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
