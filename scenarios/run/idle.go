package run

import "context"

// idle leaves a ladder of sessions alone.
func (r *run) idle(ctx context.Context) { panic("not built") }
