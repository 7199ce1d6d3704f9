package run

import (
	"math"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestSchedulesArePureFunctionsOfTheNumber(t *testing.T) {
	t.Parallel()
	up := Ramp{From: 0, To: 10, In: 10 * time.Second, For: 10 * time.Second}
	for name, c := range map[string]struct {
		schedule Schedule
		n        int
		want     time.Duration
		none     bool
	}{
		"constant: the first at once":           {Constant{10, time.Second}, 0, 0, false},
		"constant: evenly":                      {Constant{10, time.Second}, 9, 900 * time.Millisecond, false},
		"constant: none at the end":             {Constant{10, time.Second}, 10, time.Second, true},
		"constant: no error adds up":            {Constant{3, 2 * time.Hour}, 10_800, time.Hour, false},
		"ramp: the first at once":               {up, 0, 0, false},
		"ramp: half the time, a quarter of all": {up, 12, time.Duration(math.Sqrt(24) * 1e9), false},
		"ramp: on the way":                      {up, 32, 8 * time.Second, false},
		"ramp: the last of the way":             {up, 50, 10 * time.Second, false},
		"ramp: then evenly":                     {up, 60, 11 * time.Second, false},
		"ramp: the last":                        {up, 149, 19900 * time.Millisecond, false},
		"ramp: none at the end":                 {up, 150, 20 * time.Second, true},
		"ramp: down":                            {Ramp{From: 10, To: 2, In: 8 * time.Second, For: time.Second}, 48, 8 * time.Second, false},
		"ramp: down, half way":                  {Ramp{From: 10, To: 2, In: 8 * time.Second, For: time.Second}, 32, 4 * time.Second, false},
		"ramp: to the rate that it has":         {Ramp{From: 10, To: 10, In: time.Second}, 5, 500 * time.Millisecond, false},
		"ramp: no way at all":                   {Ramp{From: 0, To: 10, For: time.Second}, 5, 500 * time.Millisecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, ok := c.schedule.Due(c.n)
			if d := at - c.want; ok == c.none || d < -time.Microsecond || d > time.Microsecond {
				t.Errorf("arrival %d is due at %s (%v), want %s", c.n, at, ok, c.want)
			}
		})
	}
}

// A ramp has as many arrivals in every second as the mean of its rates there.
func TestARampKeepsItsRates(t *testing.T) {
	t.Parallel()
	r := Ramp{From: 5, To: 100, In: 30 * time.Second, For: 5 * time.Second}
	seconds := make([]int, 35)
	last := time.Duration(0)
	n := 0
	for ; ; n++ {
		at, ok := r.Due(n)
		if !ok {
			break
		}
		if at < last {
			t.Fatalf("arrival %d is due %s before the one before it", n, last-at)
		}
		last = at
		seconds[int(at/time.Second)]++
	}
	for i, got := range seconds {
		want := min(100, 5+95*(float64(i)+.5)/30)
		if math.Abs(float64(got)-want) > 1.01 {
			t.Errorf("%d arrivals in second %d, want %.1f", got, i, want)
		}
	}
	st := scenarios.Stage{Rate: 100, Ramp: scenarios.Duration(r.In), For: scenarios.Duration(r.For)}
	if want := st.Sessions(5); n != want {
		t.Errorf("%d arrivals, and %d were planned", n, want)
	}
}
