package run

import (
	"context"
	"time"
)

// acceptTimeout is how long Impala lets a connection wait for a service thread
// before it closes it: --accepted_client_cnxn_timeout, five minutes unless set
// (be/src/rpc/TAcceptQueueServer.cpp).
const acceptTimeout = 5 * time.Minute

type patienceKey struct{}

// patient lets whoever opens a session under the context take so long over each
// phase.
func patient(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, patienceKey{}, d)
}

// Patience is how long an [OpenFunc] is to let each phase take, where the run
// decides itself when a login has taken too long; it then ends ctx. False where
// the scenario's load.timeout applies as ever. The run bounds Ping and Close of
// such a session by their contexts.
func Patience(ctx context.Context) (time.Duration, bool) {
	d, ok := ctx.Value(patienceKey{}).(time.Duration)
	return d, ok
}
