package main

import (
	"slices"
	"strings"
	"testing"
	"time"

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

// A start that is past starts nothing together; one that is to come, does.
func TestJob_StartIsToCome(t *testing.T) {
	t.Parallel()
	printAt := func(at time.Time) (out, errs string, code int) {
		return call(t, "job", "kubernetes", "--shards", "6", "--image", "x", "--", "smoke", "lb.example.com", "--start-at", at.UTC().Format(time.RFC3339))
	}
	const says = " is past: the shards would not wait for each other"
	if out, errs, code := printAt(time.Now().Add(-time.Minute)); code != exitUsage || out != "" || !strings.Contains(errs, says) {
		t.Errorf("a minute ago: exit %d, %s%s", code, out, errs)
	}
	if out, errs, code := printAt(time.Now().Add(time.Hour)); code != 0 || !strings.Contains(out, "--start-at=") {
		t.Errorf("in an hour: exit %d, %s", code, errs)
	}
}
