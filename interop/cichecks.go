//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What reads JUnit, GitHub's own parser of Markdown, and what looks for faults in
// workflows. Jenkins's schema of JUnit comes with pytest's sources.
var pyCI = []string{"junitparser==5.0.3", "xmlschema==4.3.2", "cmarkgfm==2025.10.22", "zizmor==1.32.0"}

const jenkinsSchemaIn = "pytest==8.4.2"

// installJUnitReaders installs them and fetches the schema.
func (c *ciLab) installJUnitReaders(ctx context.Context) (string, error) {
	venv, err := c.installVenv(ctx, "ci", pyCI...)
	if err != nil {
		return "", err
	}
	schema := filepath.Join(venv, "junit-10.xsd")
	if _, err := os.Stat(schema); err == nil {
		return venv, nil
	}
	dir := c.file("ci", "pytest")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if _, err := runRequired(ctx, installTimeout, nil, filepath.Join(venv, "bin", "pip"), "download", "-q", "--no-deps", "--no-binary", "pytest", "-d", dir, jenkinsSchemaIn); err != nil {
		return "", err
	}
	archives, err := filepath.Glob(filepath.Join(dir, "pytest-*.tar.gz"))
	if err != nil || len(archives) != 1 {
		return "", errors.Join(fmt.Errorf("pytest's sources: %q", archives), err)
	}
	b, err := runRequired(ctx, time.Minute, nil, "tar", "-xzOf", archives[0], "--wildcards", "*/junit-10.xsd")
	if err != nil {
		return "", err
	}
	return venv, os.WriteFile(schema, b, 0o644)
}

// junitReader validates files by the schema and reads them; it prints a JSON line for each.
const junitReader = `
import json, sys, xmlschema
from junitparser import JUnitXml
schema = xmlschema.XMLSchema(sys.argv[1])
for path in sys.argv[2:]:
    faults = [str(e.reason) for e in schema.iter_errors(path)]
    xml = JUnitXml.fromfile(path)
    cases = [c for suite in xml for c in suite]
    red = [c for c in cases if any(type(r).__name__ in ("Failure", "Error") for r in c.result)]
    print(json.dumps({"path": path, "faults": faults, "tests": xml.tests, "failed": xml.failures + xml.errors,
        "names": [c.classname + " " + c.name for c in cases], "red": len(red), "time": xml.time}))
`

// junitTests counts what was read.
type junitTests struct{ files, cases, red int }

// readJUnit reads JUnit files as CI systems do.
func (c *ciLab) readJUnit(ctx context.Context, paths ...string) (junitTests, error) {
	var sum junitTests
	venv, err := c.junitVenv()
	if err != nil {
		return sum, err
	}
	argv := append([]string{filepath.Join(venv, "bin", "python"), "-c", junitReader, filepath.Join(venv, "junit-10.xsd")}, paths...)
	out, err := runRequired(ctx, time.Minute, nil, argv...)
	if err != nil {
		return sum, err
	}
	for line := range strings.Lines(string(out)) {
		var file struct {
			Path               string
			Faults, Names      []string
			Tests, Failed, Red int
			Time               float64
		}
		if err := json.Unmarshal([]byte(line), &file); err != nil {
			return sum, fmt.Errorf("%q: %w", line, err)
		}
		names := map[string]bool{}
		for _, name := range file.Names {
			names[name] = true
		}
		switch {
		case len(file.Faults) > 0:
			return sum, fmt.Errorf("%s does not fit Jenkins's schema: %s", file.Path, file.Faults[0])
		case file.Tests != len(file.Names) || file.Failed != file.Red || len(names) != len(file.Names):
			return sum, fmt.Errorf("%s: %d tests, %d cases, %d names; %d failed, %d red", file.Path, file.Tests, len(file.Names), len(names), file.Failed, file.Red)
		}
		sum.files++
		sum.cases += len(file.Names)
		sum.red += file.Red
	}
	if sum.files != len(paths) {
		return sum, fmt.Errorf("%d of %d files were read", sum.files, len(paths))
	}
	return sum, nil
}

// proveJUnit reads the JUnit of every stored run, those of hostile servers too.
func (c *ciLab) proveJUnit(ctx context.Context) (evidence, error) {
	goldens, err := filepath.Glob(filepath.Join(c.root, "testdata", "golden", "*.junit"))
	if err != nil || len(goldens) == 0 {
		return evidence{}, errors.Join(errors.New("no stored JUnit"), err)
	}
	sum, err := c.readJUnit(ctx, goldens...)
	return evidence{numbers: fmt.Sprintf("%d files are valid by Jenkins's schema; junitparser reads %d tests, %d of them red", sum.files, sum.cases, sum.red)}, err
}

// markdownReader renders files as GitHub does, HTML in them included, and prints the names
// of all elements, and the number of rows whose cells are not as many as their table has.
const markdownReader = `
import json, re, sys, cmarkgfm
from cmarkgfm.cmark import Options
names, cells, uneven = set(), 0, 0
for path in sys.argv[1:]:
    page = cmarkgfm.github_flavored_markdown_to_html(open(path, encoding="utf-8").read(), options=Options.CMARK_OPT_UNSAFE)
    names |= set(re.findall(r"<([a-z0-9]+)", page))
    for table in re.findall(r"<table>.*?</table>", page, re.S):
        rows = [len(re.findall("<t[hd]>", row)) for row in table.split("<tr>")[1:]]
        cells += sum(rows)
        uneven += sum(1 for n in rows if n != rows[0])
print(json.dumps({"names": sorted(names), "cells": cells, "uneven": uneven}))
`

// proveMarkdown renders the Markdown of every stored run, those of hostile servers too, as
// GitHub does: it has no element but those of ours.
func (c *ciLab) proveMarkdown(ctx context.Context) (evidence, error) {
	venv, err := c.junitVenv()
	if err != nil {
		return evidence{}, err
	}
	goldens, err := filepath.Glob(filepath.Join(c.root, "testdata", "golden", "*.markdown"))
	if err != nil || len(goldens) == 0 {
		return evidence{}, errors.Join(errors.New("no stored Markdown"), err)
	}
	out, err := runRequired(ctx, time.Minute, nil, append([]string{filepath.Join(venv, "bin", "python"), "-c", markdownReader}, goldens...)...)
	if err != nil {
		return evidence{}, err
	}
	var seen struct {
		Names         []string
		Cells, Uneven int
	}
	if err := json.Unmarshal(out, &seen); err != nil {
		return evidence{}, fmt.Errorf("%q: %w", out, err)
	}
	ours := []string{"details", "h2", "p", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr"}
	if !slices.Equal(seen.Names, ours) || seen.Uneven > 0 || seen.Cells == 0 {
		return evidence{}, fmt.Errorf("elements %q, want %q; %d cells, %d rows with too many or too few", seen.Names, ours, seen.Cells, seen.Uneven)
	}
	return evidence{numbers: fmt.Sprintf("GitHub's parser makes %d tables' cells of %d reports, and no link, image, code or script", seen.Cells, len(goldens))}, nil
}

// proveRelease installs by the script what a mirror has, and nothing that is not what it
// should be.
func (c *ciLab) proveRelease(ctx context.Context) (evidence, error) {
	m, err := c.mirror()
	if err != nil {
		return evidence{}, err
	}
	path, err := c.pathWithGo(commitToBuild)
	if err != nil {
		return evidence{}, err
	}
	other := strings.Repeat("0", len(m.sum))
	for name, try := range map[string]struct {
		version, sum, words string
	}{
		"good":             {goodRelease, "", ""},
		"pinned":           {goodRelease, m.sum, ""},
		"another checksum": {goodRelease, other, "expected SHA-256"},
		"no checksum":      {goodRelease, "no-sum", "expected SHA-256"},
		"changed":          {changedRelease, "", "expected SHA-256"},
		"unlisted":         {unlistedRelease, "", "expected SHA-256"},
		"missing":          {"v9.9.6", "", "cannot download"},
		"a commit":         {commitToBuild, "", ""},
		"a pinned commit":  {commitToBuild, m.sum, "LBCHECK_SHA256 is of an archive"},
	} {
		bin := c.file("ci", "bin")
		if err := os.RemoveAll(bin); err != nil {
			return evidence{}, err
		}
		a, err := runCommand(ctx, time.Minute, []string{"LBCHECK_VERSION=" + try.version, "LBCHECK_SHA256=" + try.sum, "LBCHECK_RELEASES=" + m.url, "LBCHECK_BIN=" + bin, path},
			"sh", filepath.Join(c.root, "ci", "install.sh"))
		if err != nil {
			return evidence{}, err
		}
		_, statErr := os.Stat(filepath.Join(bin, "impala-lbcheck"))
		installs := try.words == ""
		if installs != (a.code == 0) || installs != (statErr == nil) || !strings.Contains(string(a.stderr), try.words) {
			return evidence{}, fmt.Errorf("%s: exit %d: %s", name, a.code, tail(append(a.stdout, a.stderr...)))
		}
	}
	return evidence{numbers: "2 installed, and a commit by go install; another checksum, none, a changed archive, one that is not listed, one that is missing and a commit with a checksum are refused"}, nil
}

// commitToBuild is a version without an archive. No proxy of modules has this project, so
// that a program stands for Go, which takes just the command line that builds it.
const commitToBuild = "0123456789abcdef0123456789abcdef01234567"

// pathWithGo is the variable PATH in which that program comes first.
func (c *ciLab) pathWithGo(commit string) (string, error) {
	tool, err := c.tool()
	if err != nil {
		return "", err
	}
	dir := c.file("ci", "path")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	script := fmt.Sprintf("#!/bin/sh\n[ \"$*\" = \"install -tags noaws github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck@%s\" ] && cp '%s' \"$GOBIN/impala-lbcheck\"\n", commit, tool)
	return "PATH=" + dir + ":" + os.Getenv("PATH"), os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o755)
}

// proveWorkflows checks the job of docs/ci.md, the action and the workflows by actionlint
// and zizmor.
func (c *ciLab) proveWorkflows(ctx context.Context) (evidence, error) {
	venv, err := c.junitVenv()
	if err != nil {
		return evidence{}, err
	}
	page, err := os.ReadFile(filepath.Join(c.root, "docs", "ci.md"))
	if err != nil {
		return evidence{}, err
	}
	_, rest, _ := strings.Cut(string(page), "## GitHub Actions\n\n```yaml\n")
	job, _, found := strings.Cut(rest, "```")
	if !found {
		return evidence{}, fmt.Errorf("docs/ci.md has no job for GitHub")
	}
	example := c.file("ci", "workflow", ".github", "workflows", "example.yml")
	if err := os.MkdirAll(filepath.Dir(example), 0o755); err != nil {
		return evidence{}, err
	}
	if err := os.WriteFile(example, []byte(job), 0o644); err != nil {
		return evidence{}, err
	}
	if _, err := runRequired(ctx, 3*time.Minute, nil, "go", "-C", c.root, "tool", "-modfile=tools/go.mod", "actionlint", "-shellcheck=", "-pyflakes=", example); err != nil {
		return evidence{}, err
	}
	// The page pins the action by its release, so that it can be read.
	config := c.file("ci", "zizmor.yml")
	if err := os.WriteFile(config, []byte("rules:\n  unpinned-uses:\n    config:\n      policies:\n        actions/*: ref-pin\n        impala-lbcheck/*: ref-pin\n"), 0o644); err != nil {
		return evidence{}, err
	}
	for _, argv := range [][]string{
		{"--config", config, example},
		{"--no-config", filepath.Join(c.root, "action.yml"), filepath.Join(c.root, ".github", "workflows")},
	} {
		if _, err := runRequired(ctx, time.Minute, nil, append([]string{filepath.Join(venv, "bin", "zizmor"), "--offline", "--no-progress"}, argv...)...); err != nil {
			return evidence{}, err
		}
	}
	return evidence{numbers: "actionlint passes docs/ci.md's job; zizmor passes it, the action and the workflows"}, nil
}
