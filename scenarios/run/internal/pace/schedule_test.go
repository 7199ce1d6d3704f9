package pace

import (
	"math"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestSchedule_Due(t *testing.T) {
	t.Parallel()
	up := Ramp{From: 0, To: 10, In: 10 * time.Second, For: 10 * time.Second}
	for name, c := range map[string]struct {
		schedule Schedule
		n        int
		want     time.Duration
		none     bool
	}{
		"constant: the first at once":           {schedule: Constant{Rate: 10, For: time.Second}, n: 0, want: 0},
		"constant: evenly":                      {schedule: Constant{Rate: 10, For: time.Second}, n: 9, want: 900 * time.Millisecond},
		"constant: none at the end":             {schedule: Constant{Rate: 10, For: time.Second}, n: 10, want: time.Second, none: true},
		"constant: no error adds up":            {schedule: Constant{Rate: 3, For: 2 * time.Hour}, n: 10_800, want: time.Hour},
		"ramp: the first at once":               {schedule: up, n: 0, want: 0},
		"ramp: half the time, a quarter of all": {schedule: up, n: 12, want: time.Duration(math.Sqrt(24) * 1e9)},
		"ramp: on the way":                      {schedule: up, n: 32, want: 8 * time.Second},
		"ramp: the last of the way":             {schedule: up, n: 50, want: 10 * time.Second},
		"ramp: then evenly":                     {schedule: up, n: 60, want: 11 * time.Second},
		"ramp: the last":                        {schedule: up, n: 149, want: 19900 * time.Millisecond},
		"ramp: none at the end":                 {schedule: up, n: 150, want: 20 * time.Second, none: true},
		"ramp: down":                            {schedule: Ramp{From: 10, To: 2, In: 8 * time.Second, For: time.Second}, n: 48, want: 8 * time.Second},
		"ramp: down, half way":                  {schedule: Ramp{From: 10, To: 2, In: 8 * time.Second, For: time.Second}, n: 32, want: 4 * time.Second},
		"ramp: to the rate that it has":         {schedule: Ramp{From: 10, To: 10, In: time.Second}, n: 5, want: 500 * time.Millisecond},
		"ramp: none in no time":                 {schedule: Ramp{From: 0, To: 10}, n: 0, want: 0, none: true},
		"ramp: no way at all":                   {schedule: Ramp{From: 0, To: 10, For: time.Second}, n: 5, want: 500 * time.Millisecond},
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
func TestRamp_Due_KeepsItsRates(t *testing.T) {
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
