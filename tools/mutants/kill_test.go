package main

import (
	"errors"
	"testing"
	"time"
)

func TestVerdict_NamesWhatFailed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		out  string
		want outcome
	}{
		"a test":      {"--- FAIL: TestA (0.00s)\n    a_test.go:3: got 1\nFAIL\n", outcome{killed, "p TestA"}},
		"a subtest":   {"--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/zero (0.00s)\nFAIL\n", outcome{killed, "p TestA/zero"}},
		"a panic":     {"panic: index out of range\n\ngoroutine 1\n", outcome{killed, "p panic: index out of range"}},
		"a hang":      {"panic: test timed out after 10s\nrunning tests:\n\tTestA\n", outcome{timeout, "p timeout"}},
		"only a code": {"", outcome{killed, "p exit status 1"}},
	} {
		if got := verdict("p", tc.out, errors.New("exit status 1")); got != tc.want {
			t.Errorf("%s: %+v, want %+v", name, got, tc.want)
		}
	}
}

func TestAffordable_AreTheShortestTests(t *testing.T) {
	t.Parallel()
	tests := []test{{Seconds: 1}, {Seconds: 2}, {Seconds: 30}}
	for most, want := range map[time.Duration]int{time.Second / 2: 0, 3 * time.Second: 2, time.Minute: 3} {
		if got := len(killer{most: most}.affordable(tests)); got != want {
			t.Errorf("%d tests in %v, want %d", got, most, want)
		}
	}
}
