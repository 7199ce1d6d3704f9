package main

import (
	"bytes"
	"debug/elf"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// release010 are arguments of a release with both platforms.
func release010(t *testing.T, out string) []string {
	t.Helper()
	return []string{
		"-version", "v0.1.0", "-created", "2026-11-28T13:00:00+01:00", "-revision", "0123abc", "-o", out,
		"-amd64", file(t, "amd64", program(t, elf.EM_X86_64, elf.PT_LOAD)),
		"-arm64", file(t, "arm64", program(t, elf.EM_AARCH64, elf.PT_LOAD)),
	}
}

// Another directory, another file name and another time of the day make no difference.
func TestRun_SameBytesTwice(t *testing.T) {
	t.Parallel()
	var archives, printed [2][]byte
	for i := range archives {
		out := filepath.Join(t.TempDir(), "image.tar")
		var stdout, stderr bytes.Buffer
		if code := run(release010(t, out), &stdout, &stderr); code != 0 {
			t.Fatalf("exit %d: %s", code, stderr.String())
		}
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		archives[i], printed[i] = b, stdout.Bytes()
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), ".image-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	if !bytes.Equal(archives[0], archives[1]) || !bytes.Equal(printed[0], printed[1]) {
		t.Errorf("the archives differ:\n%s\n%s", printed[0], printed[1])
	}
	for _, want := range []string{"ghcr.io/impala-lbcheck/impala-lbcheck:0.1.0@sha256:", "linux/amd64: ", "linux/arm64: "} {
		if !strings.Contains(string(printed[0]), want) {
			t.Errorf("%q does not say %q", printed[0], want)
		}
	}
}

func TestRun_RefusesArguments(t *testing.T) {
	t.Parallel()
	good := file(t, "good", program(t, elf.EM_X86_64, elf.PT_LOAD))
	dynamic := file(t, "dynamic", program(t, elf.EM_X86_64, elf.PT_INTERP))
	script := file(t, "script", []byte("#!/bin/sh\n"))
	for name, c := range map[string]struct {
		change []string // behind the good arguments, of which the last one of a name counts
		says   string
	}{
		"no version":         {[]string{"-version", ""}, "-version"},
		"a plus":             {[]string{"-version", "0.1.0+dirty"}, "-version"},
		"no time":            {[]string{"-created", "yesterday"}, "RFC 3339"},
		"no output":          {[]string{"-o", ""}, "-o FILE"},
		"no binary":          {[]string{"-amd64", ""}, "-amd64 FILE"},
		"no such binary":     {[]string{"-amd64", good + "x"}, "no such file"},
		"another platform's": {[]string{"-arm64", good}, "GOARCH=arm64"},
		"a dynamic binary":   {[]string{"-amd64", dynamic}, "CGO_ENABLED=0"},
		"a script":           {[]string{"-amd64", script}, "no program for Linux"},
		"an argument":        {[]string{"more"}, "more"},
	} {
		out := filepath.Join(t.TempDir(), "image.tar")
		args := append([]string{"-version", "0.1.0", "-created", "2026-11-28T12:00:00Z", "-o", out, "-amd64", good}, c.change...)
		var stdout, stderr bytes.Buffer
		if code := run(args, &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), c.says) {
			t.Errorf("%s: exit %d, and not %q: %s", name, code, c.says, stderr.String())
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: the archive was written", name)
		}
	}
}

func TestRun_CannotWrite(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := run(release010(t, "/proc/no/image.tar"), &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), "/proc/no/image.tar") {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
}
