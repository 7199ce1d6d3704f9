package stopped

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestBy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		until := time.Now()
		for late, want := range map[time.Duration]time.Duration{
			-time.Hour: 0, 0: 0, 99 * time.Millisecond: 0, 100 * time.Millisecond: 100 * time.Millisecond,
			1500 * time.Millisecond: 1500 * time.Millisecond, time.Hour: 2 * time.Second,
		} {
			if got := By(until.Add(-late)); got != want {
				t.Errorf("%v late: %v, want %v", late, got, want)
			}
		}
	})
}
