package budget

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// shardLooks is how many looks shards take.
const shardLooks = 3

// ShardLooks are the looks of shards, each of n sessions of all shards together. A run
// asks for another look where one alarmed; a shard cannot, for only the sum tells. So all
// take three: one may alarm, one confirm or withdraw it, and the third decides where the
// two disagree.
func ShardLooks(n int) []scenarios.NextLook {
	out := make([]scenarios.NextLook, shardLooks)
	for i := range out {
		out[i] = scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: n}
	}
	out[0].Kind = scenarios.LookFirst
	return out
}

// OfShards is the budget of a scenario that is parted into so many, of all of them
// together but for the scouts, which each has. Unless load.sessions says how long a look
// is, it is as long as a run's longest one: three times the first, which is as long as it
// may grow where the number of coordinators is not declared. So three have the power of
// the five that a run may take, of which only the last ones are long. Each shard has a
// session of each.
func OfShards(s scenarios.Scenario, nodes, count int) Budget {
	b := Plan(s, nodes)
	if kindOf(s).size != nil {
		return b
	}
	if s.Expect.Coordinators.K() == 0 && s.Load.Sessions == 0 {
		b.Look = max(b.Look, GrownLook(s, maxUnknown))
	}
	if s.Load.Sessions == 0 {
		b.Look *= Extension
	}
	b.Look = max(b.Look, count)
	// Each shard has as many in order, so that those in parallel begin with the first one.
	b.Ordered = max(count, scenarios.MaxOrdered-scenarios.MaxOrdered%count)
	b.Typical = b.Scouts
	for _, l := range ShardLooks(b.Look) {
		b.Typical += l.Sessions + b.Burst
	}
	b.Ceiling = b.Typical
	return b
}

// Of is a shard's part of what all shards may cost: the scouts are its own.
func (b Budget) Of(shard scenarios.Shard) Budget {
	part := Budget{Look: shard.Of(b.Look), Burst: shard.Of(b.Burst), Ordered: shard.Of(b.Ordered), Scouts: b.Scouts}
	part.Typical = b.Scouts + shard.Of(b.Typical-b.Scouts)
	if b.Ceiling > 0 {
		part.Ceiling = b.Scouts + shard.Of(b.Ceiling-b.Scouts)
	}
	return part
}
