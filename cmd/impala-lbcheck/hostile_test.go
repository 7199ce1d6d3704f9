package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// activeCommand is what GitHub, Azure DevOps or TeamCity obey in a log.
var activeCommand = regexp.MustCompile(`(?im)(^|\r)[\s\p{Z}]*::|##[a-z]*\[`)

// steering is what a terminal obeys, but for line breaks and tabs.
var steering = regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f-\x{9f}\x{202a}-\x{202e}]`)

func TestOutputs_HoldNothingThatATerminalOrCIObeys(t *testing.T) {
	t.Parallel()
	const hostile = "\n ::error::a ##[group]b ##vso[task.complete]c ##teamcity[d \x1b[2Je\u202ef"
	dir := t.TempDir()
	yaml := filepath.Join(dir, "s.yaml")
	write(t, yaml, "name: \"::add-mask::x ##[error]\\e[2J\"\n")
	result := filepath.Join(dir, "in.json")
	b, err := os.ReadFile("../../testdata/runs/dead.json")
	if err != nil {
		t.Fatal(err)
	}
	write(t, result, strings.ReplaceAll(string(b), "coord-a2:25000", `::error::##vso[x]\u001b[2J`))

	for name, args := range map[string][]string{
		"a file name in an error":      {"run", hostile},
		"a command that is none":       {hostile},
		"a flag that is none":          {"smoke", "--" + hostile},
		"a value in an error":          {"smoke", "--seed", hostile},
		"a scenario's name":            {"scenarios", "check", yaml},
		"a stored result":              {"report", result, "--explain", "--out", "OUT.json", "--out", "OUT.xml", "--out", "OUT.txt", "--out", "OUT.md", "--github-summary", "OUT.summary"},
		"a stored result as JSON":      {"report", result, "--out", "json=-"},
		"a server's words":             {"demo", "--query", "SELECT '" + hostile, "--timeout", "20s", "--observations", "OUT.jsonl", "--out", "OUT.json", "--out", "OUT.xml"},
		"the names of a simulated one": {"sim", "--user", hostile, "--auth", hostile},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := t.TempDir()
			for i := range args {
				args[i] = strings.Replace(args[i], "OUT", filepath.Join(out, "out"), 1)
			}
			stdout, stderr, code := call(t, args...)
			all := map[string]string{"stdout": stdout, "stderr": stderr}
			files, _ := filepath.Glob(filepath.Join(out, "*"))
			for _, f := range files {
				b, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				all[filepath.Base(f)] = string(b)
			}
			if strings.TrimSpace(stdout+stderr) == "" {
				t.Errorf("exit %d without a word", code)
			}
			for where, text := range all {
				for _, bad := range []*regexp.Regexp{activeCommand, steering} {
					if at := bad.FindStringIndex(text); at != nil {
						t.Errorf("%s holds %q", where, text[max(0, at[0]-20):min(len(text), at[1]+20)])
					}
				}
			}
		})
	}
}
