package scenarios

import (
	"fmt"
	"testing"
)

// FuzzParseShard reads arbitrary text as a part of a scenario: one of those that there are,
// which share what there is to do without rest and without doubles; or an error.
func FuzzParseShard(f *testing.F) {
	for _, s := range []string{"1/1", "3/8", "0/1", "2/1", "1/0", "-1/3", "1/99999999999999999999", "1/3/5", " 1/3", "1/1000000", ""} {
		f.Add(s, 17)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		s, err := ParseShard(text)
		if err != nil {
			if len(err.Error()) > 200+8*len(text) {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		if s.Index < 1 || s.Index > s.Count || s.Count > MaxShards {
			t.Fatalf("%q is %+v", text, s)
		}
		if again, err := ParseShard(fmt.Sprintf("%d/%d", s.Index, s.Count)); err != nil || again != s {
			t.Errorf("%q is %+v, and again %+v (%v)", text, s, again, err)
		}
		n = n & 0xfff
		all := map[int]bool{}
		for i := range s.Count {
			part := Shard{i + 1, s.Count}
			for k := range part.Of(n) {
				all[part.Number(k)] = true
			}
		}
		for number := range n {
			if !all[number] {
				t.Fatalf("session %d of %d is no shard's of %d", number, n, s.Count)
			}
		}
		if len(all) != n {
			t.Errorf("%d sessions of %d", len(all), n)
		}
	})
}
