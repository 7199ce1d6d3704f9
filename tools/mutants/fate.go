package main

import (
	"regexp"
	"strings"
)

// fate is what became of a mutant.
type fate int

const (
	lived    fate = iota
	killed        // a test failed
	timeout       // a test did not end
	reasoned      // lived, and equivalent.txt says why
)

func (f fate) String() string {
	return [...]string{"lived", "killed", "timeout", "equivalent"}[f]
}

// An outcome is a fate with its cause.
type outcome struct {
	fate fate
	by   string // the package and the test; of one that lived, how many tests tried
}

// test is the test function that failed; "" where none is named.
func (o outcome) test() string {
	_, name, _ := strings.Cut(o.by, " ")
	name, _, _ = strings.Cut(name, "/")
	return name
}

// failed is how package testing begins the report of a failed test.
var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)

// verdict reads the output of tests that failed.
func verdict(pkg, out string, err error) outcome {
	by := func(what string) string { return pkg + " " + what }
	if strings.Contains(out, timedOut) {
		return outcome{fate: timeout, by: by("timeout")}
	}
	if found := failed.FindAllStringSubmatch(out, -1); found != nil {
		return outcome{fate: killed, by: by(found[len(found)-1][1])} // a subtest stands below its test
	}
	if _, what, found := strings.Cut(out, "panic: "); found {
		line, _, _ := strings.Cut(what, "\n")
		return outcome{fate: killed, by: by("panic: " + head(line))}
	}
	return outcome{fate: killed, by: by(err.Error())}
}
