package handoff

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func even(n int) bool { return n%2 == 0 }

// blocked is a queue whose function waits for release and keeps what it was given.
func blocked(size int) (q *Queue[int], release func(), got *[]int) {
	gate := make(chan struct{})
	got = new([]int)
	q = New(size, func(n int) { <-gate; *got = append(*got, n) })
	return q, func() { close(gate) }, got
}

func TestQueue_Put_LosesNothingAndKeepsOrder(t *testing.T) {
	t.Parallel()
	var got []int
	q := New(4, func(n int) { got = append(got, n) })
	for n := range 10_000 {
		q.Put(n)
	}
	q.End()
	if len(got) != 10_000 || !slices.IsSorted(got) {
		t.Errorf("%d values, in order: %v", len(got), slices.IsSorted(got))
	}
}

func TestQueue_Put_IsCalledConcurrently(t *testing.T) {
	t.Parallel()
	sum := 0 // the function is called one at a time
	q := New(4, func(n int) { sum += n })
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				q.Put(1)
			}
		})
	}
	all.Wait()
	q.End()
	if sum != 8000 {
		t.Errorf("sum = %d, want 8000", sum)
	}
}

func TestQueue_Put_WaitsForRoomAndSaysHowLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, release, got := blocked(2)
		q.Put(0)
		synctest.Wait() // it is being dealt with
		q.Put(1)
		if waited := q.Put(2); waited != 0 {
			t.Errorf("waited %s though there was room", waited)
		}
		time.AfterFunc(time.Minute, release)
		if waited := q.Put(3); waited != time.Minute {
			t.Errorf("waited %s, want 1m", waited)
		}
		q.End()
		if !slices.Equal(*got, []int{0, 1, 2, 3}) {
			t.Errorf("got %v", *got)
		}
	})
}

func TestQueue_Offer_DropsOnlyWhenFull(t *testing.T) {
	for name, c := range map[string]struct {
		offered []int
		want    []int
	}{
		"room":                         {offered: []int{1, 2, 3}, want: []int{9, 1, 2, 3}},
		"the oldest droppable":         {offered: []int{1, 2, 4, 5}, want: []int{9, 1, 4, 5}},
		"the newest droppable is kept": {offered: []int{2, 4, 6, 8}, want: []int{9, 4, 6, 8}},
		"none is droppable":            {offered: []int{1, 3, 5, 7}, want: []int{9, 3, 5, 7}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q, release, got := blocked(3)
				q.Offer(9, even)
				synctest.Wait() // it is being dealt with
				for _, n := range c.offered {
					q.Offer(n, even)
				}
				release()
				q.End()
				if !slices.Equal(*got, c.want) {
					t.Errorf("got %v, want %v", *got, c.want)
				}
			})
		})
	}
}

func TestQueue_End_WaitsForTheFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, release, got := blocked(2)
		q.Put(1)
		began := time.Now()
		time.AfterFunc(time.Hour, release)
		q.End()
		q.End()
		if time.Since(began) != time.Hour || len(*got) != 1 {
			t.Errorf("ended after %s with %v", time.Since(began), *got)
		}
	})
}

func TestNew_WithoutAFunctionIsNil(t *testing.T) {
	t.Parallel()
	q := New[int](1, nil)
	q.Offer(1, even)
	if q != nil || q.Put(1) != 0 {
		t.Error("a queue without a function does something")
	}
	q.End()
}
