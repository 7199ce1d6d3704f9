package run

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestAPlaceTellsWhenItCameFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(2)
		for range 2 {
			if freed, ok := s.place(t.Context()); !ok || !freed.IsZero() {
				t.Errorf("a place that nobody had came free at %s (%v)", freed, ok)
			}
		}
		began := time.Now()
		time.AfterFunc(time.Second, s.give)
		freed, ok := s.place(t.Context())
		if d := freed.Sub(began); !ok || d != time.Second {
			t.Errorf("it came free after %s (%v), want 1s", d, ok)
		}
		s.give()
		time.Sleep(time.Minute) // the bubble's clock
		if freed, _ := s.place(t.Context()); freed.Sub(began) != time.Second {
			t.Errorf("it came free after %s, want 1s: nobody asked for it before", freed.Sub(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if s.take(ctx) {
			t.Error("there was a third place")
		}
		s.give()
		if s.take(ctx) {
			t.Error("a place was taken though the time for it was over")
		}
	})
}
