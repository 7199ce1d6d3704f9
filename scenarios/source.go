package scenarios

import (
	"fmt"
	"time"
)

// Shard is one machine's part of a scenario: the parts of all Count machines make the
// whole. Shards belong together by scenario, Count and seed.
type Shard struct {
	Index int `json:"index"` // from 1
	Count int `json:"count"`
}

// MaxShards is the most parts of a scenario.
const MaxShards = 10_000

// String is "3/4".
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Count) }

// check fails on a part that there cannot be.
func (s Shard) check() error {
	if s.Index < 1 || s.Index > s.Count || s.Count > MaxShards {
		return fmt.Errorf("there is no shard %s", s)
	}
	return nil
}

// SourceRun is a run that a merged result is the sum of.
type SourceRun struct {
	Run      string    `json:"run"`
	Shard    *Shard    `json:"shard,omitempty"` // nil: it did the whole scenario
	Seed     uint64    `json:"seed"`
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"duration_s"`
	Sessions int       `json:"sessions"` // attempted
	Stopped  *Stop     `json:"stopped,omitempty"`
}

// SourcesOf are the runs that a result is of: those that it is the sum of, or itself.
func SourcesOf(r Result) []SourceRun {
	if len(r.Sources) > 0 {
		return r.Sources
	}
	return []SourceRun{{
		Run: r.Run, Shard: r.Shard, Seed: r.Seed, Started: r.Started, Seconds: r.Seconds,
		Sessions: r.Sessions.Attempted, Stopped: r.Stopped,
	}}
}
