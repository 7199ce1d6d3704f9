package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
)

// options are the arguments of a run.
type options struct {
	release  release
	binaries []binary // in the order of the index
	out      string   // path of the archive
}

// parseOptions reads the arguments and the binaries that they name.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	fs := flag.NewFlagSet("image", flag.ContinueOnError)
	fs.SetOutput(stderr)
	var (
		version  = fs.String("version", "", "version of the release, the image's tag: 0.1.0 (a leading v is left out)")
		created  = fs.String("created", "", "time of the release's commit, as RFC 3339")
		revision = fs.String("revision", "", "commit of the release, for the labels")
		out      = fs.String("o", "", "archive to write")
	)
	paths := map[string]*string{}
	for _, p := range platforms {
		paths[p.arch] = fs.String(p.arch, "", "static binary for linux/"+p.arch)
	}
	if err := fs.Parse(args); err != nil {
		return options{}, err
	}
	o := options{out: *out}
	var err error
	if o.release, err = newRelease(*version, *created, *revision); err != nil {
		return options{}, err
	}
	for _, p := range platforms {
		if path := *paths[p.arch]; path != "" {
			b, err := readBinary(p, path)
			if err != nil {
				return options{}, err
			}
			o.binaries = append(o.binaries, b)
		}
	}
	switch {
	case fs.NArg() > 0:
		return options{}, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	case len(o.binaries) == 0:
		return options{}, errors.New("no binary: give -amd64 FILE, -arm64 FILE or both")
	case o.out == "":
		return options{}, errors.New("no output: give -o FILE")
	}
	return o, nil
}

// A release is what the labels say of the build.
type release struct {
	version  string // without a leading v; the image's tag
	created  time.Time
	revision string // ""; not known
}

// tag is what a registry takes as a tag.
var tag = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

func newRelease(version, created, revision string) (release, error) {
	r := release{version: strings.TrimPrefix(version, "v"), revision: revision}
	if !tag.MatchString(r.version) {
		return r, fmt.Errorf("-version %q is no tag of an image: letters, digits, dots, dashes and underscores", version)
	}
	t, err := time.Parse(time.RFC3339, created)
	if err != nil {
		return r, fmt.Errorf("-created %q is no time as RFC 3339, such as 2026-11-28T12:00:00Z (git log -1 --format=%%cI)", created)
	}
	r.created = t.UTC()
	return r, nil
}
