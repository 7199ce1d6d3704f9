package run

import "context"

// watch has steady sessions while something happens.
func (r *run) watch(ctx context.Context) { panic("not built") }
