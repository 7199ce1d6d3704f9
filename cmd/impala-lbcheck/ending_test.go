package main

import (
	"slices"
	"strings"
	"testing"
)

// TestEndingOf_IsTrue: only who opens sessions has some to close.
func TestEndingOf_IsTrue(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		args []string
		want string
	}{
		{nil, "closing sessions"},
		{[]string{"smoke", "impala.example.com"}, "closing sessions"},
		{[]string{"exporter"}, "stopping"},
		{[]string{"provision"}, "stopping"},
		{[]string{"provision", "plan"}, "stopping"},
		{[]string{"provision", "status", "-f", "lb.yaml"}, "stopping"},
		{[]string{"provision", "apply"}, "stopping; the next run continues"},
		{[]string{"provision", "destroy", "--yes", "blue"}, "stopping; the next run continues"},
	} {
		if got := endingOf(tc.args); got != tc.want {
			t.Errorf("%q: %q, want %q", tc.args, got, tc.want)
		}
	}
	sessions := []string{"demo"}
	for _, c := range sessionCommands {
		sessions = append(sessions, c.command)
	}
	for _, name := range leafNames() {
		if closes := endingOf(strings.Fields(name)) == "closing sessions"; closes != slices.Contains(sessions, name) {
			t.Errorf("%s closes sessions: %v", name, closes)
		}
	}
}
