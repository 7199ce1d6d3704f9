package main

import (
	"slices"
	"strings"
	"testing"
)

// FuzzJobWords reads arbitrary words as the command of a job: a command line that is read
// again as the same, or an error.
func FuzzJobWords(f *testing.F) {
	for _, line := range []string{
		"smoke impala.example.com --seed=1", "capacity h --hold 3s --tls", "smoke h --password-command pw", "smoke --shards 3", "smoke -v h", "smoke h --", "run x.yaml",
		"report x.json", "smoke --endpoint=", "smoke h --start-at 2026-01-31T22:00:00Z", "--help", "smoke h --user",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, " ")
		words, leaf, err := wordsOf(args)
		if err != nil {
			if len(err.Error()) > 200+8*len(line) {
				t.Errorf("an error of %d bytes for %d", len(err.Error()), len(line))
			}
			return
		}
		if leaf == nil {
			t.Fatalf("%q has no command", line)
		}
		again, _, err := wordsOf(joinWords(words))
		if err != nil || !slices.Equal(again, words) {
			t.Errorf("%q is %+v, and again %+v (%v)", line, words, again, err)
		}
	})
}
