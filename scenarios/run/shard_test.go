package run

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// planned is what a run did: its sessions by part and node.
type planned map[string]int

// shardedScenarios are the built-in ones of which runs are merged, and a load.
func shardedScenarios(t *testing.T) []scenarios.Scenario {
	var out []scenarios.Scenario
	for _, name := range scenarios.BuiltinNames() {
		s, err := scenarios.Builtin(name)
		if err != nil {
			t.Fatal(err)
		}
		if s.Kind == scenarios.KindCertificates || s.Kind == scenarios.KindIdle {
			continue
		}
		s.Watch.For = min(s.Watch.For, scenarios.Duration(40*time.Second))
		if s.Kind == scenarios.KindQuery {
			s.Query = "SELECT 1"
		}
		if s.Kind.OrLooks() != scenarios.KindLooks {
			s.Load.Burst = 0
		}
		s.Load.PerCoordinator = min(s.Load.PerCoordinator, 20)
		if s.Kind == scenarios.KindCapacity {
			s.Capacity.Hold = 70
		}
		out = append(out, s)
	}
	load := scenarios.Default()
	load.Name, load.Kind, load.Load.Burst = "load", scenarios.KindStages, 0
	load.Load.Stages = []scenarios.Stage{
		{Rate: 20, For: scenarios.Duration(4 * time.Second)}, {Rate: 40, Ramp: scenarios.Duration(3 * time.Second)},
		{Hold: 45, For: scenarios.Duration(time.Second)},
	}
	return append(out, load)
}

// sessionsOf runs a shard against a balancer at which all goes well, and adds what it did.
func sessionsOf(t *testing.T, s scenarios.Scenario, shard scenarios.Shard, all planned) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := Run(context.Background(), (&balancer{coordinators: 5}).dial, s, Options{Shard: shard, Observe: func(o scenarios.Observation) {
			if o.Part == scenarios.PartScout || o.Part == scenarios.PartSettle {
				return
			}
			node := o.Node.String()
			switch s.Kind {
			case scenarios.KindHandleReuse, scenarios.KindQuery, scenarios.KindStages, scenarios.KindWatch:
				node = "" // pairs, or several rows, of which each shard's begin elsewhere in what is dealt
			}
			all[fmt.Sprint(o.Part, " ", node)]++
		}})
		if r.Stopped != nil || r.Verdict != scenarios.StatusPass || r.Shard == nil || *r.Shard != shard {
			t.Errorf("%s, shard %s: %s, %+v: %v", s.Name, shard, r.Verdict, r.Stopped, r.Findings)
		}
		if err := r.Check(); err != nil {
			t.Errorf("%s, shard %s: %v", s.Name, shard, err)
		}
	})
}

// Of every scenario of which runs are merged, the plans of the shards sum to the one plan:
// as many sessions of each part, and as many over each node.
func TestShards_SumToTheWhole(t *testing.T) {
	for _, s := range shardedScenarios(t) {
		s.Target.Endpoints = []string{"127.0.0.2:21050", "127.0.0.3:21050", "127.0.0.4:21050"}
		s.Expect.Coordinators.Count, s.Seed = 5, 9
		s.Load.Concurrency = 33
		s.Target.Confirm = "x"
		t.Run(s.Name, func(t *testing.T) {
			one := planned{}
			sessionsOf(t, s, scenarios.Shard{Index: 1, Count: 1}, one)
			most := 32
			if s.Kind == scenarios.KindHandleReuse {
				most = s.Reuse.Handles // each has one at least
			}
			for count := 2; count <= most; count += shardStep {
				sum := planned{}
				for index := 1; index <= count; index++ {
					sessionsOf(t, s, scenarios.Shard{Index: index, Count: count}, sum)
				}
				if s.Kind == scenarios.KindQuery { // each shard goes on until it has seen all coordinators
					for part, n := range sum {
						if n < max(count, one[part]) || len(sum) != len(one) {
							t.Fatalf("%d shards:\n%v\none:\n%v", count, sum, one)
						}
					}
					continue
				}
				if !maps.Equal(sum, one) {
					t.Fatalf("%d shards:\n%v\none:\n%v", count, sum, one)
				}
			}
		})
	}
}

// The first look of all shards is due as that of one machine is.
func TestShards_AreDueInTurn(t *testing.T) {
	s := scenario(40)
	s.Seed, s.Load.Rate = 4, 10
	start := func() time.Time { return time.Now().Add(20 * time.Second) }
	const count = 6
	var got []time.Duration
	for index := 1; index <= count; index++ {
		synctest.Test(t, func(*testing.T) {
			at := start()
			Run(context.Background(), (&balancer{coordinators: 5}).dial, s, Options{Shard: scenarios.Shard{Index: index, Count: count}, StartAt: at, Observe: func(o scenarios.Observation) {
				if o.Part == scenarios.PartOrdered && o.Due < 24*time.Second {
					got = append(got, o.Due)
				}
			}})
		})
	}
	slices.Sort(got)
	for i, at := range got {
		if want := 20*time.Second + time.Duration(i)*100*time.Millisecond; at != want {
			t.Fatalf("session %d of all is due at %s, want %s", i, at, want)
		}
	}
	if len(got) != 40 {
		t.Errorf("%d sessions", len(got))
	}
}

// Of a shard of a load it is known when it began, whenever its run did: its first session is
// due then, but for its turn.
func TestShards_SayWhenTheirLoadBegan(t *testing.T) {
	stages, watch := scenario(0), scenario(0)
	stages.Kind, stages.Load.Stages = scenarios.KindStages, []scenarios.Stage{{Rate: 10, For: scenarios.Duration(time.Second)}}
	watch.Kind, watch.Watch = scenarios.KindWatch, scenarios.WatchConfig{For: scenarios.Duration(time.Second), EventAfter: 1}
	for _, s := range []scenarios.Scenario{stages, watch} {
		s.Seed, s.Load.Rate, s.Load.Burst = 4, 10, 0
		for _, late := range []time.Duration{-20 * time.Second, 3 * time.Second} { // after its start
			for index := 1; index <= 3; index++ {
				synctest.Test(t, func(t *testing.T) {
					shard := scenarios.Shard{Index: index, Count: 3}
					var due []time.Duration
					r := Run(context.Background(), (&balancer{coordinators: 5}).dial, s, Options{Shard: shard, StartAt: time.Now().Add(-late), Observe: func(o scenarios.Observation) {
						if o.Part == scenarios.PartArrival {
							due = append(due, o.Due)
						}
					}})
					turn := time.Duration(index-1) * 100 * time.Millisecond
					if r.LoadBegan == nil || *r.LoadBegan != scenarios.SecondsOf(slices.Min(due)-turn) {
						t.Errorf("%s, shard %s, %s late: the load began at %v, and sessions were due at %s: %+v", s.Kind, shard, late, r.LoadBegan, due, r.Stopped)
					}
				})
			}
		}
		synctest.Test(t, func(t *testing.T) {
			if r := Run(context.Background(), (&balancer{coordinators: 5}).dial, s, Options{}); r.LoadBegan != nil {
				t.Errorf("%s: the whole is no shard: %v", s.Kind, *r.LoadBegan)
			}
		})
	}
}

func TestRun_StartAt_Late(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(4)
		r := Run(context.Background(), (&balancer{coordinators: 2}).dial, s, Options{StartAt: time.Now().Add(-3 * time.Second), judge: content, plan: plain})
		if !slices.ContainsFunc(r.Remarks, func(text string) bool { return text == "the load began 3s after the time it was to start at" }) {
			t.Errorf("remarks: %q", r.Remarks)
		}
	})
}

// A shard whose run did not end by itself did not measure its part, whatever an
// inconclusive run is to be.
func TestShard_ThatNobodyGetsInto(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(4)
		s.Inconclusive = scenarios.OnInconclusivePass
		b := &balancer{coordinators: 2, answer: func(Node, int) fate { return fate{openErr: fault{"tcp.refused", ""}} }}
		r := Run(context.Background(), b.dial, s, Options{Shard: scenarios.Shard{Index: 2, Count: 3}})
		if r.Exit != scenarios.ExitUnmeasured || r.Verdict != scenarios.StatusInconclusive {
			t.Errorf("exit %d, %s", r.Exit, r.Verdict)
		}
		ctx, cancel := context.WithCancel(context.Background())
		b = &balancer{coordinators: 2}
		r = Run(ctx, b.dial, s, Options{Shard: scenarios.Shard{Index: 2, Count: 3}, Observe: func(scenarios.Observation) { cancel() }})
		if r.Exit != scenarios.ExitInconclusive {
			t.Errorf("cut off: exit %d, %s", r.Exit, r.Verdict)
		}
	})
}

// Shards deal a later look alike, whenever in an earlier one each had to deal again.
func TestShards_DealAlikeAfterARefusedNode(t *testing.T) {
	const ordered = scenarios.MaxOrdered / 2 // of each look, in one of two shards
	lastLook := func(after int) (nodes []string) {
		synctest.Test(t, func(t *testing.T) {
			s := scenario(scenarios.MaxOrdered + 200)
			s.Target.Endpoints = append(s.Target.Endpoints, "127.0.0.4:21050")
			s.Seed, s.Load.Rate, s.Target.Confirm = 4, 0, "x"
			opened := 0
			b := &balancer{coordinators: 5, answer: func(n Node, _ int) fate {
				opened++
				return fate{refused: opened > after && n.Addr.Addr().String() == "127.0.0.4"}
			}}
			r := Run(t.Context(), b.dial, s, Options{Shard: scenarios.Shard{Index: 1, Count: 2}, Observe: func(o scenarios.Observation) {
				if o.Part == scenarios.PartOrdered && !o.Refused {
					nodes = append(nodes, o.Node.String())
				}
			}})
			if r.Sessions.Refused < 1 { // more where others were under way to the node
				t.Fatalf("the node was not refused: %+v", r.Sessions)
			}
		})
		return nodes[len(nodes)-ordered:]
	}
	inOrder, inParallel := lastLook(100), lastLook(ordered+10)
	if !slices.Equal(inOrder, inParallel) {
		t.Error("the nodes of the last look differ")
	}
}
