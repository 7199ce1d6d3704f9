package lbcheck

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestOutlasting(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		byCaller bool
		want     time.Duration
	}{
		"the caller ends the run":  {byCaller: true, want: openGrace},
		"the run gives up a login": {byCaller: false, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				caller, endCaller := context.WithCancel(context.Background())
				defer endCaller()
				ctx, giveUp := context.WithCancel(caller)
				defer giveUp()
				late, cancel := outlasting(ctx, caller, openGrace)
				defer cancel()
				begin := time.Now()
				if c.byCaller {
					endCaller()
				} else {
					giveUp()
				}
				<-late.Done()
				if took := time.Since(begin); took != c.want {
					t.Errorf("it ended after %v, want %v", took, c.want)
				}
			})
		})
	}
}
