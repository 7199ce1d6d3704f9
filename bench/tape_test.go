//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"
)

// spoken is a session of two calls: the reply to the first one tells a handle,
// which the second one names.
func spoken(handle string) []step {
	return []step{
		{[]byte("open"), []byte("ok " + handle + " map")},
		{[]byte("close " + handle + "!"), []byte("bye")},
	}
}

func TestHandlesAreFoundByComparingSessions(t *testing.T) {
	t.Parallel()
	s, err := scriptOf([][]step{spoken("abcd"), spoken("efgh"), spoken("ijkl")})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.replies, []int{11, 3}) || len(s.patches[0]) != 0 || !slices.Equal(s.patches[1], []patch{{at: 6, n: 4, step: 0, pos: 3}}) {
		t.Errorf("%+v", s)
	}
}

func TestWhatCannotBeReplayedIsRefused(t *testing.T) {
	t.Parallel()
	strange := spoken("mnop")
	strange[1].request = []byte("close qrst!")
	long := spoken("mnopq")
	for why, tapes := range map[string][][]step{
		"nowhere": {spoken("abcd"), strange},
		"lengths": {spoken("abcd"), long},
	} {
		if _, err := scriptOf(tapes); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", why, err)
		}
	}
}
