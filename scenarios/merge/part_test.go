package merge_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// nodeOf is the n-th of many nodes.
func nodeOf(n int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}), 21050)
}

// What a sum holds only a part of is remarked, and nothing passes that is judged by all
// of it: at once, and when the sum is merged again.
func TestMerge_ListsAreBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind   scenarios.Kind
		fill   func(m *scenarios.Measured, from, n int)
		count  func(m scenarios.Measured) int
		most   int
		says   string
		judged bool
	}{
		"certificates": {scenarios.KindStages, func(m *scenarios.Measured, from, n int) {
			m.TLS = nil
			for i := range n {
				m.TLS = append(m.TLS, scenarios.Cert{Node: nodeOf(from + i), Fingerprint: "ab", SANs: []string{}})
			}
		}, func(m scenarios.Measured) int { return len(m.TLS) }, 1024, "more than 1024 certificates by node together: the others are left out", true},
		"scouts": {scenarios.KindStages, func(m *scenarios.Measured, from, n int) {
			m.Scouts, m.Sessions.Scout = nil, n
			for i := range n {
				m.Scouts = append(m.Scouts, scenarios.Scout{Address: nodeOf(from + i), Attempts: 1, Outcome: scenarios.OutcomeOK})
			}
		}, func(m scenarios.Measured) int { return len(m.Scouts) }, scenarios.MaxScouts, "more than 4096 nodes in scouts together", false},
		"handles": {scenarios.KindHandleReuse, func(m *scenarios.Measured, from, n int) {
			m.Handles = nil
			for i := range n {
				m.Handles = append(m.Handles, scenarios.HandleTally{Opened: fmt.Sprintf("h%06d", from+i), Answered: "c1:25000", Reached: max(0, min(1, 100-i))}) // there are not more sessions
			}
		}, func(m scenarios.Measured) int { return len(m.Handles) }, scenarios.MaxHandles, "more than 10000 pairs of coordinators in handles together", true},
		"closes": {scenarios.KindStages, func(m *scenarios.Measured, from, n int) {
			m.Closes = nil
			for i := range n {
				m.Closes = append(m.Closes, scenarios.CloseTally{Coordinator: fmt.Sprintf("h%06d", from+i), Closes: 1})
			}
		}, func(m scenarios.Measured) int { return len(m.Closes) - 1 }, scenarios.MaxCloses, "more than 512 coordinators in closes together: the others are counted together", false},
		"logins": {scenarios.KindStages, func(m *scenarios.Measured, from, n int) {
			times := scenarios.LoginTimes{Coordinators: scenarios.TimesByName{}, Nodes: scenarios.TimesByName{}}
			var one scenarios.Times
			one.Record(time.Millisecond)
			for i := range n {
				times.All.Record(time.Millisecond)
				times.Coordinators[fmt.Sprintf("h%06d", from+i)] = one
			}
			m.Logins = scenarios.LoginsOf(times)
		}, func(m scenarios.Measured) int { return len(m.Logins.Times.Coordinators) }, scenarios.MaxNames, "more than 256 coordinators or nodes in logins together", false},
		"tags": {scenarios.KindStages, func(m *scenarios.Measured, from, n int) {
			m.Tags = nil
			var one scenarios.Times
			one.Record(time.Millisecond)
			for i := range n {
				m.Tags = append(m.Tags, scenarios.TagTimes{Metric: "session.open", Tag: scenarios.TagNode, Value: nodeOf(from + i).String(), Times: one})
			}
		}, func(m scenarios.Measured) int { return len(m.Tags) }, scenarios.MaxTags, "more than 1024 times by tag together", true},
		"remarks": {scenarios.KindStages, func(m *scenarios.Measured, from, n int) {
			m.Remarks = nil
			for i := range n {
				m.Remarks = append(m.Remarks, fmt.Sprint("something happened ", from+i))
			}
		}, func(m scenarios.Measured) int { return len(m.Remarks) - 1 }, 64, "more than 64 remarks together", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scenarioOf(c.kind)
			s.Thresholds = nil
			made := func(from, n int) []scenarios.Result {
				shards := split(s, healthy(sessions(s.Kind, 1, 800, 1)), 3)
				for i := range shards {
					c.fill(&shards[i].Measured, from*i, n)
				}
				return shards
			}
			fits := mustMerge(t, made(c.most/3, c.most/3)...)
			if !fits.Complete || strings.Contains(strings.Join(fits.Remarks, "|"), c.says) {
				t.Errorf("what fits: complete: %t, %q", fits.Complete, fits.Remarks)
			}
			shards := made(c.most/2, c.most/2)
			for step, r := range map[string]scenarios.Result{
				"at once":  mustMerge(t, shards...),
				"in steps": mustMerge(t, mustMerge(t, shards...)),
			} {
				if c.count(r.Measured) != c.most || r.Complete == c.judged || c.judged && r.Stopped.By != scenarios.StopPartial {
					t.Errorf("%s: %d of %d, complete: %t, %+v", step, c.count(r.Measured), c.most, r.Complete, r.Stopped)
				}
				if !slices.ContainsFunc(r.Remarks, func(text string) bool { return strings.Contains(text, c.says) }) {
					t.Errorf("%s: remarks %q, want %q", step, r.Remarks, c.says)
				}
				if step == "at once" {
					reread(t, r)
				}
			}
		})
	}
}

// However many documents are left out, or did not meet, the sum says so of some of them,
// and how many others there are.
func TestMerge_RemarksOnTheSumAreBounded(t *testing.T) {
	t.Parallel()
	const runs, kept = 70, 64
	s := scenarioOf(scenarios.KindStages)
	two := split(s, healthy(sessions(s.Kind, 1, 20, 1)), 2)
	again, apart := slices.Clone(two), []scenarios.Result(nil)
	for i := range runs {
		again = append(again, rejudged(two[1], func(r *scenarios.Result) {
			r.Run, r.Started = fmt.Sprint("again-", i), r.Started.Add(time.Duration(i+1)*time.Second)
		}))
		for j, shard := range two {
			apart = append(apart, rejudged(shard, func(r *scenarios.Result) {
				r.Run, r.Seed, r.Started = fmt.Sprint("apart-", i, "-", j), uint64(i+1), r.Started.Add(time.Duration(j)*time.Hour)
			}))
		}
	}
	for says, in := range map[string][]scenarios.Result{"is left out": again, "had ended": apart} {
		r, err := merge.Merge(in, merge.Options{PickLast: true})
		if err != nil {
			t.Fatal(err)
		}
		said := slices.DeleteFunc(slices.Clone(r.Remarks), func(text string) bool { return !strings.Contains(text, says) })
		if last := fmt.Sprint(runs-kept, " more remarks like the last are left out"); len(said) != kept || !slices.Contains(r.Remarks, last) {
			t.Errorf("%d remarks that say %q, of %d in all, the last of them %q", len(said), says, len(r.Remarks), r.Remarks[len(r.Remarks)-1])
		}
	}
}
