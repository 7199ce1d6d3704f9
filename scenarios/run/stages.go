package run

import "context"

// stages has the stages of a load, one after the other.
func (r *run) stages(ctx context.Context) { panic("not built") }
