package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/localfile"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A place is a file that a command reads or writes, and how the user named it.
type namedFile struct{ name, path string }

// stdoutPath stands for stdout among files.
const stdoutPath = "-"

// addInput notes a file that the command reads: nothing is written over it.
func (o *output) addInput(name, path string) {
	if path != "" {
		o.inputs = append(o.inputs, namedFile{name, path})
	}
}

// addInputsOf notes the files that a scenario names.
func (o *output) addInputsOf(s scenarios.Scenario) {
	o.addInput("the password file", s.Auth.PasswordFile)
	o.addInput("the token file", s.Auth.TokenFile)
	o.addInput("the keytab", s.Auth.Keytab)
	o.addInput("the credential cache", strings.TrimPrefix(s.Auth.CCache, "FILE:"))
	o.addInput("the krb5.conf", s.Auth.Krb5Conf)
	o.addInput("the password file of the web pages", s.Target.WebPasswordFile)
	o.addInput("the CA file", s.TLS.CACert)
	o.addInput("the client certificate", s.TLS.ClientCert)
	o.addInput("the client key", s.TLS.ClientKey)
}

// checkDistinct fails where two outputs are one file, or an output is what is read: one
// would be lost.
func (o *output) checkDistinct(e env, outs []report.Out) error {
	var seen []namedFile
	for i, out := range outs {
		seen = append(seen, namedFile{"--out " + o.outs[i], out.Path})
	}
	if o.observations != "" {
		seen = append(seen, namedFile{"--observations " + o.observations, o.observations})
	}
	if o.summary != "" {
		seen = append(seen, namedFile{"--github-summary " + o.summary, o.summary})
	}
	for i, p := range seen {
		for _, other := range seen[:i] {
			if same(p.path, other.path) {
				return fmt.Errorf("%s and %s are the same file: give each its own", other.name, p.name)
			}
		}
		for _, in := range o.inputs {
			if same(p.path, in.path) {
				return fmt.Errorf("%s is %s: write to another file", p.name, in.name)
			}
		}
		if isFileOf(e.out, p.path) {
			return fmt.Errorf("%s is where stdout goes: to have a format on stdout instead of the text, give FORMAT=%s", p.name, stdoutPath)
		}
		if isFileOf(e.err, p.path) && regular(p.path) {
			return fmt.Errorf("%s is where stderr goes: give each a file of its own", p.name)
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

// isFileOf reports whether path is the file or pipe behind a stream.
func isFileOf(stream io.Writer, path string) bool {
	f := fileOf(stream)
	if f == nil || path == stdoutPath {
		return false
	}
	of, err := f.Stat()
	if err != nil {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && os.SameFile(of, info) && !device(path)
}

func device(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&os.ModeDevice != 0
}

func regular(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
