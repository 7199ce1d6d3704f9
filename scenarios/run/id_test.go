package run

import (
	"regexp"
	"slices"
	"testing"
	"time"
)

func TestNewID_SortsByTimeAndIsUnique(t *testing.T) {
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
