package run

import (
	"regexp"
	"slices"
	"testing"
	"time"
)

func TestPacerIsAPureFunctionOfTheNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pacer Pacer
		n     int
		want  time.Duration
	}{
		{Pacer{}, 1000, 0},
		{Pacer{10}, 0, 0},
		{Pacer{10}, 1, 100 * time.Millisecond},
		{Pacer{10}, 36_000, time.Hour},
		{Pacer{0.5}, 3, 6 * time.Second},
		{Pacer{3}, 3, time.Second}, // no error adds up
		{Pacer{3}, 1, 333333333},
	} {
		if got := c.pacer.Due(c.n); got != c.want {
			t.Errorf("session %d at %s is due at %s, want %s", c.n, c.pacer.Rate, got, c.want)
		}
	}
}

func TestRunIDsSortByTimeAndNeverMeet(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[0-7][0-9A-HJKMNP-TV-Z]{25}$`)
	at := time.UnixMilli(1469918176385) // 01ARYZ6S41 in the ULID specification
	var ids []string
	for i := range 100 {
		ids = append(ids, newID(at.Add(time.Duration(i)*time.Millisecond)))
	}
	for _, id := range ids {
		if !form.MatchString(id) {
			t.Errorf("%s is no ULID", id)
		}
	}
	if !slices.IsSorted(ids) || ids[0][:10] != "01ARYZ6S41" {
		t.Errorf("ids = %v", ids[:3])
	}
	if one, other := newID(at), newID(at); one == other {
		t.Error("two runs of one moment have one id")
	}
}
