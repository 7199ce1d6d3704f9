package scenarios_test

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Whatever the numbers, each session of the whole is that of one shard, and what comes
// after some sessions goes on where they ended.
func TestShard_PartsAreTheWhole(t *testing.T) {
	t.Parallel()
	for count := 1; count <= 33; count++ {
		for _, n := range []int{0, 1, count - 1, count, count + 1, 100, 1009} {
			taken := make([]int, n)
			after := make([]int, n)
			for index := 1; index <= count; index++ {
				s := scenarios.Shard{Index: index, Count: count}
				for i := range s.Of(n) {
					taken[s.Number(i)]++
				}
				first := n / 3
				for i := range s.Of(first) {
					after[s.Number(i)]++
				}
				rest := s.After(first)
				for i := range rest.Of(n - first) {
					after[first+rest.Number(i)]++
				}
				if s.Of(first)+rest.Of(n-first) != s.Of(n) {
					t.Fatalf("shard %s of %d in two parts: %d and %d, not %d", s, n, s.Of(first), rest.Of(n-first), s.Of(n))
				}
				if s.Of(n) > n/count+1 || s.Of(n) < n/count {
					t.Fatalf("shard %s has %d of %d", s, s.Of(n), n)
				}
			}
			for i := range n {
				if taken[i] != 1 || after[i] != 1 {
					t.Fatalf("%d shards of %d: session %d is taken %d times, and in two parts %d times", count, n, i, taken[i], after[i])
				}
			}
		}
	}
	if w := (scenarios.Shard{}); !w.IsWhole() || w.Of(7) != 7 || w.Number(7) != 7 || w.After(3) != w {
		t.Error("the zero value is not the whole")
	}
}

func TestParseShard(t *testing.T) {
	t.Parallel()
	if s, err := scenarios.ParseShard("3/8"); err != nil || s != (scenarios.Shard{Index: 3, Count: 8}) {
		t.Errorf("%s, %v", s, err)
	}
	for _, text := range []string{"", "3", "3/", "/8", "0/8", "9/8", "-1/8", "3/8/2", "x/8", "1/10001", "1/99999999999999999999"} {
		if s, err := scenarios.ParseShard(text); err == nil {
			t.Errorf("%q is %s", text, s)
		}
	}
}

func TestShard_ManyAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"1/10000": true, "10000/10000": true, "1/10001": false, "0/2": false, "3/2": false, "2/2": true} {
		if _, err := scenarios.ParseShard(text); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
