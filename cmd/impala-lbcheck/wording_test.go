package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is refused is said in one line, once, in the words of the user.
func TestRefusals_AreSaidOnceInTheUsersWords(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"completion csh":                    "unknown command",
		"merge - -":                         "standard input is named twice, and can be read once",
		"report -":                          `"-": standard input is read by merge alone: name a file`,
		"reconcile - haproxy.log":           `"-": standard input is read by merge alone: name a file`,
		"compare - -":                       `"-": standard input is read by merge alone: name a file`,
		"demo --out x.pdf":                  "--out x.pdf: the extension says no format; write FORMAT=x.pdf with one of",
		"demo --out missing/x.json":         "--out missing/x.json: no file can be made in missing: no such file or directory",
		"demo --github-summary missing/x":   "--github-summary missing/x: no file can be made in missing: no such file or directory",
		"demo --fault ded":                  `--fault ded: unknown name "ded"; did you mean dead`,
		"demo --fault zzzzzzzzzz":           "such as dead, refused, hung; demo --help and docs/faults.md list all",
		"audit impala-prod --iam-policy":    "--iam-policy prints the policy of any audit, and takes no argument",
		"demo --out nothing=x":              `--out nothing=x: "nothing" is none of the formats`,
		"demo --quiet --out html=":          "--out html=: no file after the format; - is standard output",
		"smoke 127.0.0.1 --audit --rate 1x": "--rate",
	} {
		stdout, stderr, code := call(t, strings.Fields(args)...)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) || len(stderr) > 300 {
			t.Errorf("%s: exit %d, %q%q; want one line with %q", args, code, stdout, stderr, want)
		}
	}
	if _, stderr, code := call(t, "demo", "--out", ""); code != exitUsage || !strings.Contains(stderr, `--out "": no file is named; - is standard output`) {
		t.Errorf("no name: exit %d, %q", code, stderr)
	}
}

// A file of observations that cannot be written is named as that.
func TestObservations_ThatAreLostAreNamed(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Log("there is no /dev/full here: nothing is tried")
		return
	}
	_, stderr, code := call(t, "demo", "--quiet", "--observations", "/dev/full")
	if code != exitInternal || !strings.Contains(stderr, "observations not written: ") || strings.Contains(stderr, "report not written") {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

// A run beside itself is said to be one.
func TestCompare_OfOneRun(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "r.json")
	if _, stderr, code := call(t, "demo", "--quiet", "--out", file); code != exitPass {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	stdout, stderr, code := call(t, "compare", file, file)
	if code != exitPass || !strings.Contains(stdout, "both are one run, ") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}
