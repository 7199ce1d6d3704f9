package main

import "testing"

// TestEndingOf_IsTrue: provision has no sessions to close.
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
}
