package merge_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// reaching is how a shard reached a coordinator; gone and back are 0 where it saw no
// absence.
func reaching(first, last, gone, back scenarios.Seconds, pids ...int32) scenarios.Appearance {
	a := scenarios.Appearance{Name: away, Sessions: 10, First: first, Last: last, PIDs: pids}
	if gone > 0 {
		a.Gone = &gone
	}
	if back > 0 {
		a.Back = &back
	}
	return a
}

// watched is the sum of shards that reached one coordinator so, in every order of
// shards; all must say the same.
func watched(t *testing.T, seen ...scenarios.Appearance) (scenarios.Appearance, []string) {
	t.Helper()
	var out scenarios.Appearance
	var remarks []string
	for turn := range len(seen) {
		s := scenarioOf(scenarios.KindWatch)
		shards := split(s, healthy(sessions(s.Kind, 1, 800, 1)), len(seen))
		for i := range shards {
			shards[i].Watch.For, shards[i].Watch.Coords = 60, []scenarios.Appearance{seen[(i+turn)%len(seen)]}
		}
		r := mustMerge(t, shards...)
		got := r.Watch.Coords[0]
		if turn == 0 {
			out, remarks = got, r.Remarks
		} else if text(got) != text(out) || len(r.Remarks) != len(remarks) {
			t.Errorf("shards in another order: %s, %q; first %s, %q", text(got), r.Remarks, text(out), remarks)
		}
	}
	return out, remarks
}

// text is the absence and the processes.
func text(a scenarios.Appearance) string {
	at := func(s *scenarios.Seconds) string {
		if s == nil {
			return "-"
		}
		return fmt.Sprint(float64(*s))
	}
	return fmt.Sprintf("%s to %s, %v", at(a.Gone), at(a.Back), a.PIDs)
}

func TestMerge_WatchedCoordinator(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		seen []scenarios.Appearance
		want string
		says string // in a remark; "": there is none
	}{
		"both saw it away":                {[]scenarios.Appearance{reaching(1, 60, 10, 30, 7, 8), reaching(2, 59, 11, 29, 7, 8)}, "11 to 29, [7 8]", ""},
		"one saw the restart":             {[]scenarios.Appearance{reaching(1, 60, 0, 0, 7), reaching(1, 60, 0, 0, 7, 8)}, "- to -, [7 8]", ""},
		"one came after the restart":      {[]scenarios.Appearance{reaching(40, 60, 0, 0, 8), reaching(1, 60, 0, 0, 7, 8)}, "- to -, [7 8]", ""},
		"each saw one process":            {[]scenarios.Appearance{reaching(40, 60, 0, 0, 8), reaching(1, 30, 0, 0, 7)}, "- to -, [7 8]", ""},
		"one began when it was back":      {[]scenarios.Appearance{reaching(1, 60, 10, 30), reaching(31, 60, 0, 0)}, "10 to 30, []", ""},
		"one ended before it went":        {[]scenarios.Appearance{reaching(1, 60, 10, 30), reaching(1, 9, 0, 0)}, "10 to 30, []", ""},
		"one reached it a little later":   {[]scenarios.Appearance{reaching(1, 60, 10, 30), reaching(1, 10.5, 0, 0)}, "10.5 to 30, []", ""},
		"one reached it a little earlier": {[]scenarios.Appearance{reaching(1, 60, 10, 30), reaching(29, 60, 0, 0)}, "10 to 29, []", ""},
		"it never came back":              {[]scenarios.Appearance{reaching(1, 10, 10, 0), reaching(1, 10.5, 0, 0)}, "10.5 to -, []", ""},
		"one saw it back":                 {[]scenarios.Appearance{reaching(1, 10, 10, 0), reaching(1, 60, 9, 50)}, "10 to 50, []", ""},
		"one reached it at the end":       {[]scenarios.Appearance{reaching(1, 10, 10, 0), reaching(1, 59, 0, 0)}, "- to -, []", ""},
		"one reached it in the middle":    {[]scenarios.Appearance{reaching(1, 60, 10, 30), reaching(18, 22, 0, 0)}, "- to -, []", ""},
		"too little is left":              {[]scenarios.Appearance{reaching(1, 60, 10, 14), reaching(1, 11.5, 0, 0)}, "- to -, []", ""},
		"one does not tell": {[]scenarios.Appearance{reaching(1, 60, 10, 30), reaching(1, 60, 0, 0)}, "10 to 30, []",
			"c2:25000 was not reached from 10s to 30s by shard 1; the results of the others (shard 2) do not tell, so it counts as away"},
		"each saw an absence of its own": {[]scenarios.Appearance{reaching(1, 60, 10, 20), reaching(1, 60, 30, 40)}, "10 to 20, []", "from 30s to 40s by shard 2 either: of several absences one is kept"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, remarks := watched(t, c.seen...)
			if text(got) != c.want {
				t.Errorf("%s, want %s", text(got), c.want)
			}
			if said := strings.Join(remarks, "|"); (said == "") != (c.says == "") || !strings.Contains(said, c.says) {
				t.Errorf("remarks %q, want %q", said, c.says)
			}
		})
	}
}

// Times are moved to those of the sum before they are compared.
func TestMerge_WatchedCoordinatorOfALaterShard(t *testing.T) {
	t.Parallel()
	s := scenarioOf(scenarios.KindWatch)
	shards := split(s, healthy(sessions(s.Kind, 1, 800, 1)), 2)
	shards[0].Watch.Coords = []scenarios.Appearance{reaching(1, 60, 20, 40)}
	shards[1].Watch.Coords = []scenarios.Appearance{reaching(1, 60, 11, 32)}
	shards[1].Started = began.Add(10 * time.Second)
	if got := mustMerge(t, shards...).Watch.Coords[0]; text(got) != "21 to 40, []" || got.Last != 70 {
		t.Errorf("%s, last %g", text(got), float64(got.Last))
	}
}

// A coordinator that restarts all the time has as many processes as a run remembers.
func TestMerge_WatchedProcessesAreBounded(t *testing.T) {
	t.Parallel()
	many := func(from int32) []int32 {
		var out []int32
		for pid := range int32(scenarios.MaxPIDs) {
			out = append(out, from+pid)
		}
		return out
	}
	if got, _ := watched(t, reaching(1, 60, 0, 0, many(100)...), reaching(2, 60, 0, 0, many(200)...)); !slices.Equal(got.PIDs, many(100)) {
		t.Errorf("%v", got.PIDs)
	}
}
