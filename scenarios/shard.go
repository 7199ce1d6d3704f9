package scenarios

import (
	"fmt"
	"strconv"
	"strings"
)

// Shard is one machine's part of a scenario: the parts of all Count machines make the
// whole. Shards belong together by scenario, Count and seed. The zero value is the whole.
//
// Sessions of the whole are numbered from 0, and dealt to the shards in turn: where each
// is due does not depend on who opens it, so that a number of shards is one load.
type Shard struct {
	Index int `json:"index"` // from 1
	Count int `json:"count"`
}

// MaxShards is the most parts of a scenario.
const MaxShards = 10_000

// ParseShard reads "3/4".
func ParseShard(text string) (Shard, error) {
	var s Shard
	index, count, ok := strings.Cut(text, "/")
	if !ok {
		return s, fmt.Errorf("%.20q is not I/N, such as 3/8", text)
	}
	var err error
	if s.Index, err = strconv.Atoi(index); err == nil {
		s.Count, err = strconv.Atoi(count)
	}
	if err != nil {
		return Shard{}, fmt.Errorf("%.20q is not I/N, such as 3/8", text)
	}
	return s, s.Check()
}

// IsWhole reports whether the scenario is not parted.
func (s Shard) IsWhole() bool { return s.Count == 0 }

// Of is how many of n sessions are this shard's: n / Count, and the remainder is the
// first ones'.
func (s Shard) Of(n int) int {
	if s.Count <= 1 {
		return n
	}
	own := n / s.Count
	if s.Index <= n%s.Count {
		own++
	}
	return own
}

// Number is which session of the whole the shard's n-th one is, both from 0.
func (s Shard) Number(n int) int {
	if s.Count <= 1 {
		return n
	}
	return s.Index - 1 + n*s.Count
}

// After is the shard of what comes after n sessions of the whole: there it takes other
// places, since the turn goes on.
func (s Shard) After(n int) Shard {
	if s.Count <= 1 {
		return s
	}
	s.Index = (s.Index-1+s.Count-n%s.Count)%s.Count + 1
	return s
}

// String is "3/4".
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Count) }

// Check fails on a part that there cannot be, of which the whole is one.
func (s Shard) Check() error {
	if s.Index < 1 || s.Index > s.Count || s.Count > MaxShards {
		return fmt.Errorf("there is no shard %s: those of N are 1/N to N/N, and N is %d at the most", s, MaxShards)
	}
	return nil
}
