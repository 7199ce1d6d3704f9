package main

import (
	"fmt"
	"os"

	"github.com/impala-lbcheck/impala-lbcheck/internal/localfile"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A place is a file that a command reads or writes, and how the user named it.
type place struct{ said, path string }

// stdoutPath stands for stdout among files.
const stdoutPath = "-"

// reads notes a file that the command reads: nothing is written over it.
func (o *output) reads(said, path string) {
	if path != "" {
		o.inputs = append(o.inputs, place{said, path})
	}
}

// readsOf notes the files that a scenario names.
func (o *output) readsOf(s scenarios.Scenario) {
	o.reads("the password file", s.Auth.PasswordFile)
	o.reads("the CA file", s.TLS.CACert)
}

// apart fails where two outputs are one file, or an output is what is read: one
// would be lost.
func (o *output) apart(w world, outs []report.Out) error {
	var seen []place
	for i, out := range outs {
		seen = append(seen, place{"--out " + o.outs[i], out.Path})
	}
	if o.observations != "" {
		seen = append(seen, place{"--observations " + o.observations, o.observations})
	}
	for i, p := range seen {
		for _, other := range seen[:i] {
			if same(p.path, other.path) {
				return fmt.Errorf("%s and %s are the same file: give each its own", other.said, p.said)
			}
		}
		for _, in := range o.inputs {
			if same(p.path, in.path) {
				return fmt.Errorf("%s is %s: write to another file", p.said, in.said)
			}
		}
		if onStdout(w, p.path) {
			return fmt.Errorf("%s is where stdout goes: to have a format on stdout instead of the text, give FORMAT=%s", p.said, stdoutPath)
		}
	}
	return nil
}

// same reports whether two places are one. A device such as /dev/null or a
// terminal takes any number of documents.
func same(a, b string) bool {
	if a == stdoutPath || b == stdoutPath {
		return a == b
	}
	return localfile.Same(a, b) && !device(a)
}

// onStdout reports whether path is the file or pipe behind stdout.
func onStdout(w world, path string) bool {
	f := fileOf(w.out)
	if f == nil || path == stdoutPath {
		return false
	}
	out, err := f.Stat()
	if err != nil {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && os.SameFile(out, info) && !device(path)
}

func device(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&os.ModeDevice != 0
}
