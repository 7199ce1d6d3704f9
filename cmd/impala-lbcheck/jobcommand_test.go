package main

import (
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Every setting that names a file has a place in a container, and is a secret unless it is
// known to be none.
func TestJob_MountsEveryFile(t *testing.T) {
	t.Parallel()
	files := 0
	for _, st := range scenarios.Settings() {
		if st.Name == "" || st.Arg != "FILE" {
			continue
		}
		if files++; fileKeys[st.Name] == "" {
			t.Errorf("--%s names a file, which a job does not mount", st.Name)
		}
	}
	if files != len(fileKeys) {
		t.Errorf("%d settings name files, and %d are mounted", files, len(fileKeys))
	}
	for _, name := range publicFiles {
		if fileKeys[name] == "" {
			t.Errorf("--%s is no file", name)
		}
	}
	for _, name := range needShell {
		if !slices.ContainsFunc(scenarios.Settings(), func(st scenarios.Setting) bool { return st.Name == name && st.Arg != "FILE" }) {
			t.Errorf("there is no --%s", name)
		}
	}
}
