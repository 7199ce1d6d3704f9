package judge

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// ofShard says whether a shard measured what it had to, and nothing of the service:
// that is for the sum of all shards to say.
func ofShard(e scenarios.Measured) Judgement {
	f := scenarios.Finding{ID: scenarios.ShardMeasured}
	attempted, _, _, _ := e.Pooled().Total()
	switch {
	case e.Stopped != nil:
		f.Message, f.Fix = fmt.Sprintf("shard %s did not complete: %s", e.Shard, e.Stopped.Text), e.Stopped.Hint
	case measuredNothing(e):
		f.Message = fmt.Sprintf("shard %s measured nothing", e.Shard)
	default:
		f.Status = scenarios.StatusPass
		f.Message = fmt.Sprintf("shard %s is measured: %s; what they say of the service, merge says of all %d shards", e.Shard, phrase.Count(attempted, "session"), e.Shard.Count)
	}
	return Judgement{Findings: []scenarios.Finding{f}, Verdict: f.Status, Notes: notes(e), Capacity: completed(e)}
}
