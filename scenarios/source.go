package scenarios

import "time"

// SourceRun is a run that a merged result is the sum of.
type SourceRun struct {
	Run      string    `json:"run"`
	Shard    *Shard    `json:"shard,omitempty"` // nil: it did the whole scenario
	Seed     uint64    `json:"seed"`
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"duration_s"`
	Sessions int       `json:"sessions"`       // attempted
	Hold     *Hold     `json:"hold,omitempty"` // of kind capacity; nil: it held nothing, or is of an earlier version
	Stopped  *Stop     `json:"stopped,omitempty"`

	LoadBegan *Seconds `json:"load_began_s,omitempty"` // of a shard of kind stages or watch; nil: it did not begin, or is of an earlier version
}

// SourcesOf are the runs that a result is of: those that it is the sum of, or itself.
func SourcesOf(r Result) []SourceRun {
	if len(r.Sources) > 0 {
		return r.Sources
	}
	out := SourceRun{
		Run: r.Run, Shard: r.Shard, Seed: r.Seed, Started: r.Started, Seconds: r.Seconds,
		Sessions: r.Sessions.Attempted, Stopped: r.Stopped, LoadBegan: r.LoadBegan,
	}
	if r.Capacity != nil {
		out.Hold = r.Capacity.Hold
	}
	return []SourceRun{out}
}
