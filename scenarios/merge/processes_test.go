package merge_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// A coordinator that was restarted, and a name that several processes have, are told apart
// in a sum as in the run, however it was parted.
func TestMerge_ProcessesOfAName(t *testing.T) {
	t.Parallel()
	for name, pid := range map[string]func(i, n int) int32{
		"restarted":       func(i, n int) int32 { return 7 + int32(i/(n/2+1)) },
		"out of order":    func(i, n int) int32 { return 7 + int32((i^1)/(n/2)) },
		"three times":     func(i, n int) int32 { return 9 - int32(i/(n/4+1)) },
		"two at random":   func(i, _ int) int32 { return 7 + int32(uint32(i)*2654435761>>17&1) },
		"three at random": func(i, _ int) int32 { return 7 + int32(uint32(i)*2654435761>>17%3) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scenarioOf(scenarios.KindStages)
			all := sessions(scenarios.KindStages, 1, 400, 1)
			for i := range all {
				if all[i].Who.Coordinator != "" {
					all[i].Who.PID = pid(i, len(all))
				}
			}
			want := processes(resultOf(s, "whole", nil, all))
			for n := 1; n <= 16; n += splitStep {
				got, err := merge.Merge(split(s, all, n), merge.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if got := processes(got); got != want {
					t.Errorf("%d shards: %s\nthe run: %s", n, got, want)
				}
			}
		})
	}
}

// processes is what is said of them. Those that have one name in turn have no order.
func processes(r scenarios.Result) (said string) {
	for _, f := range r.Findings {
		if f.ID == scenarios.IdentitySound {
			said += fmt.Sprintln(f.Status, f.Note)
		}
	}
	for _, c := range r.Coords {
		if c.Restarts == 0 {
			slices.Sort(c.PIDs)
		}
		said += fmt.Sprintln(c.Name, c.PIDs, c.Restarts)
	}
	return said
}
