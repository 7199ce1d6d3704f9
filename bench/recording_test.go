//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"
)

// recordedSession returns a session of two calls: the first reply has a handle, which
// is in the second request.
func recordedSession(handle string) []step {
	return []step{
		{request: []byte("open"), reply: []byte("ok " + handle + " map")},
		{request: []byte("close " + handle + "!"), reply: []byte("bye")},
	}
}

func TestScriptOf(t *testing.T) {
	t.Parallel()
	s, err := scriptOf([][]step{recordedSession("abcd"), recordedSession("efgh"), recordedSession("ijkl")})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.replies, []int{11, 3}) || len(s.patches[0]) != 0 || !slices.Equal(s.patches[1], []patch{{at: 6, n: 4, step: 0, pos: 3}}) {
		t.Errorf("%+v", s)
	}
}

func TestScriptOf_Errors(t *testing.T) {
	t.Parallel()
	strange := recordedSession("mnop")
	strange[1].request = []byte("close qrst!")
	long := recordedSession("mnopq")
	for want, sessions := range map[string][][]step{
		"are in no earlier reply": {recordedSession("abcd"), strange},
		"lengths":                 {recordedSession("abcd"), long},
	} {
		if _, err := scriptOf(sessions); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
