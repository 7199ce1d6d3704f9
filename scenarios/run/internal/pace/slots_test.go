package pace

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestSlots_Acquire_SaysWhenTheSlotCameFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSlots(2)
		for range 2 {
			if freed, ok := s.Acquire(t.Context()); !ok || !freed.IsZero() {
				t.Errorf("a slot that was never taken came free at %s (%v)", freed, ok)
			}
		}
		began := time.Now()
		time.AfterFunc(time.Second, s.Release)
		freed, ok := s.Acquire(t.Context())
		if d := freed.Sub(began); !ok || d != time.Second {
			t.Errorf("it came free after %s (%v), want 1s", d, ok)
		}
		s.Release()
		time.Sleep(time.Minute) // the bubble's clock
		if freed, _ := s.Acquire(t.Context()); freed.Sub(began) != time.Second {
			t.Errorf("it came free after %s, want 1s: no session asked for it before", freed.Sub(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, ok := s.Acquire(ctx); ok {
			t.Error("there was a third slot")
		}
		s.Release()
		if _, ok := s.Acquire(ctx); ok {
			t.Error("a slot was taken though the time for it was over")
		}
	})
}
