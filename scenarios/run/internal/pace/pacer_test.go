package pace

import (
	"testing"
	"time"
)

func TestPacer_Due(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pacer Pacer
		n     int
		want  time.Duration
	}{
		{pacer: Pacer{}, n: 1000, want: 0},
		{pacer: Pacer{Rate: 10}, n: 0, want: 0},
		{pacer: Pacer{Rate: 10}, n: 1, want: 100 * time.Millisecond},
		{pacer: Pacer{Rate: 10}, n: 36_000, want: time.Hour},
		{pacer: Pacer{Rate: 0.5}, n: 3, want: 6 * time.Second},
		{pacer: Pacer{Rate: 3}, n: 3, want: time.Second}, // no error adds up
		{pacer: Pacer{Rate: 3}, n: 1, want: 333333333},
	} {
		if got := c.pacer.Due(c.n); got != c.want {
			t.Errorf("session %d at %s is due at %s, want %s", c.n, c.pacer.Rate, got, c.want)
		}
	}
}
