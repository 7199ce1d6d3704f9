package grace

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

const more = 2 * time.Second

func TestOutlasting(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		byCaller bool
		want     time.Duration
	}{
		"the caller ends the run":  {byCaller: true, want: more},
		"the run gives up a login": {byCaller: false, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				caller, endCaller := context.WithCancel(context.Background())
				defer endCaller()
				ctx, giveUp := context.WithCancel(caller)
				defer giveUp()
				late, cancel := Outlasting(ctx, caller, more)
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

func TestOutlasting_DeadlineOfTheRunIsATimeout(t *testing.T) {
	t.Parallel()
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			caller, endCaller := context.WithTimeout(context.Background(), time.Hour)
			defer endCaller()
			ctx, giveUp := context.WithTimeout(caller, time.Second)
			defer giveUp()
			late, cancel := Outlasting(ctx, caller, more)
			defer cancel()
			begin := time.Now()
			<-late.Done()
			if took := time.Since(begin); took != time.Second || !errors.Is(late.Err(), context.DeadlineExceeded) {
				t.Fatalf("it ended after %v: %v", took, late.Err())
			}
		})
	}
}

func TestOutlasting_DeadlineOfTheCallerHasGrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		caller, endCaller := context.WithTimeout(context.Background(), time.Second)
		defer endCaller()
		late, cancel := Outlasting(caller, caller, more)
		defer cancel()
		begin := time.Now()
		<-late.Done()
		if took := time.Since(begin); took != time.Second+more {
			t.Errorf("it ended after %v", took)
		}
	})
}
