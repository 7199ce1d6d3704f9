package limits

import (
	"cmp"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Part is what one shard takes of its machine, as a scenario of its own. It is for
// [Preflight] alone: a shard does not run it.
func Part(s scenarios.Scenario, shard scenarios.Shard) scenarios.Scenario {
	if shard.IsWhole() {
		return s
	}
	each := scenarios.Rate(shard.Count)
	s.Load.Concurrency = max(1, shard.Of(s.Load.Concurrency))
	s.Load.Rate /= each
	s.Capacity.Hold, s.Watch.Long, s.Reuse.Handles = shard.Of(s.Capacity.Hold), shard.Of(s.Watch.Long), shard.Of(s.Reuse.Handles)
	stages := s.Load.Stages
	s.Load.Stages = nil
	for _, st := range stages {
		st.Rate, st.Closed, st.Hold = st.Rate/each, shard.Of(st.Closed), shard.Of(st.Hold)
		s.Load.Stages = append(s.Load.Stages, st)
	}
	return s
}

// CheckShard says why a shard of a scenario must not run, beside what keeps the scenario
// itself from running but for what [CheckPreflight] says of one machine. All shards
// together must be within the limits, and each has one session open at least.
func CheckShard(s scenarios.Scenario, shard scenarios.Shard) error {
	if err := shard.Check(); err != nil {
		return err
	}
	nodes := len(s.Target.Endpoints)
	all := budget.OfShards(s, nodes, shard.Count)
	last := scenarios.Shard{Index: shard.Count, Count: shard.Count}
	switch {
	case s.Seed == 0:
		return &scenarios.InvalidError{Key: "seed", Msg: "a shard needs one: the shards of one run have the same, any number, and another run has another"}
	case s.Capacity.UntilFull:
		return &scenarios.InvalidError{
			Key: "capacity.until_full", Msg: "shards cannot find out together when a service is full: one that meets the end closes its sessions, and the others get the places",
			Fix: []vocab.Fix{{Setting: "capacity.until_full", Value: "false"}},
		}
	case s.Audit.Balancer != "":
		return &scenarios.InvalidError{
			Key: "audit.balancer", Msg: "each shard would ask AWS by itself, and what they expect could differ: run audit beside the shards",
			Fix: []vocab.Fix{{Why: "declare the coordinators", Setting: "expect.coordinators", Value: "N"}, {Why: "declare the policy", Setting: "expect.balance.policy", Value: "P"}},
		}
	case last.Of(parted(s, all)) == 0:
		return tooFew(s, parted(s, all), shard)
	}
	together := s
	together.Load.Concurrency = max(s.Load.Concurrency, shard.Count)
	if err := CheckGuards(together); err != nil {
		return err
	}
	if kindOf(s).demand == nil {
		if limit, tooLong := TooLong(s, LooksLast(s, all.Typical)); tooLong {
			return &GuardError{Reasons: []string{fmt.Sprintf("%s at %s exceed %s", phrase.Count(all.Typical, "session"), s.Load.Rate, limit)}, Hosts: guarded(s)}
		}
	}
	return CheckPreflight(Part(s, shard), nodes)
}

// parted is how much there is of what each shard has a part of.
func parted(s scenarios.Scenario, all budget.Budget) int {
	if of := kindOf(s).parted; of != nil {
		return of(s, all)
	}
	return all.Look
}

// tooFew is about n of what is parted, which are fewer than the shards.
func tooFew(s scenarios.Scenario, n int, shard scenarios.Shard) error {
	k := kindOf(s)
	text := fmt.Sprintf("there are %s for %d shards, and each must have one", phrase.Count(n, cmp.Or(k.of, "session")), shard.Count)
	if k.key == "" {
		return fmt.Errorf("shard %s: %s", shard, text)
	}
	return &scenarios.InvalidError{Key: k.key, Msg: text}
}

// ShardCost says what a shard may take of what all of them take, over a number of nodes.
func ShardCost(s scenarios.Scenario, shard scenarios.Shard, nodes int) (text string, lasts time.Duration) {
	all := budget.OfShards(s, nodes, shard.Count)
	own := all.Of(shard)
	if d := DemandOf(s); d.Text != "" {
		return fmt.Sprintf("%s; of this, shard %s has %s", d.Text, shard, phrase.Count(own.Look, "session")), d.Lasts
	}
	lasts = LooksLast(s, all.Typical)
	if all.Ordered == 0 { // it is not made of looks
		return fmt.Sprintf("%s at least; of this, shard %s has %d", phrase.Count(all.Look, "session"), shard, own.Look), lasts
	}
	text = fmt.Sprintf("shard %s: %d looks, each with %d of %s and then %d of %d together, and %s",
		shard, len(budget.ShardLooks(all.Look)), own.Look, phrase.Count(all.Look, "session"), own.Burst, all.Burst, phrase.Count(nodes, "scout"))
	if s.Load.Rate > 0 {
		text += ", " + about(lasts)
	}
	return text, lasts
}
