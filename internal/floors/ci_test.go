package floors

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
)

// step is a step of an action or of a job, as far as we ask.
type step struct {
	Name, Run, Uses, Shell string
	Env                    map[string]string
}

func decode[T any](t *testing.T, doc string) T {
	t.Helper()
	var v T
	if err := yaml.Unmarshal([]byte(doc), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// GitLab includes one file, and a pipeline of Jenkins is one file: they have copies of the
// scripts that the action runs, which -update writes.
func TestCI_CopiesOfScriptsAreEqual(t *testing.T) {
	t.Parallel()
	install, run := text(t, "ci/install.sh"), text(t, "ci/run.sh")
	if strings.Contains(install, `\`) || strings.Contains(install, "'''") {
		t.Error("ci/install.sh: Groovy reads a backslash in ci/Jenkinsfile itself")
	}

	component := text(t, "templates/check.yml")
	component = between(t, component, "  before_script:\n    - |\n", "  script:\n", indented(install))
	component = between(t, component, "  script:\n    - |\n", "  artifacts:\n", indented(run))
	golden.Equal(t, filepath.Join(root, "templates/check.yml"), []byte(component))

	pipeline := between(t, text(t, "ci/Jenkinsfile"), "// A copy of ci/install.sh.\n        sh '''", "'''\n", install)
	golden.Equal(t, filepath.Join(root, "ci/Jenkinsfile"), []byte(pipeline))
}

// between puts text between what must be there, in this order.
func between(t *testing.T, doc, before, after, text string) string {
	t.Helper()
	head, rest, found := strings.Cut(doc, before)
	_, tail, ends := strings.Cut(rest, after)
	if !found || !ends {
		t.Fatalf("there is no %q with %q after it", before, after)
	}
	return head + before + text + after + tail
}

// indented is a script as a block of YAML.
func indented(script string) string {
	var b strings.Builder
	for line := range strings.Lines(script) {
		if line != "\n" {
			b.WriteString("      ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// An input that is a part of a script can be one, so inputs are variables.
func TestCI_ActionPutsNoInputIntoAScript(t *testing.T) {
	t.Parallel()
	action := decode[struct{ Runs struct{ Steps []step } }](t, text(t, "action.yml"))
	scripts := 0
	for _, s := range action.Runs.Steps {
		if s.Run != "" {
			scripts++
		}
		if strings.Contains(s.Run+s.Shell, "${{") {
			t.Errorf("action.yml: the script of step %q has an expression", s.Name)
		}
	}
	if scripts != 2 {
		t.Errorf("action.yml has %d scripts", scripts)
	}
}

// pinned is an action of a commit, or one of this project.
var pinned = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)

func TestCI_ActionsArePinned(t *testing.T) {
	t.Parallel()
	workflows, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	if err != nil || len(workflows) == 0 {
		t.Fatalf("no workflow: %v", err)
	}
	steps := decode[struct{ Runs struct{ Steps []step } }](t, text(t, "action.yml")).Runs.Steps
	for _, w := range workflows {
		rel, err := filepath.Rel(root, w)
		if err != nil {
			t.Fatal(err)
		}
		for _, job := range decode[struct {
			Jobs map[string]struct{ Steps []step }
		}](t, text(t, rel)).Jobs {
			steps = append(steps, job.Steps...)
		}
	}
	n := 0
	for _, s := range steps {
		if s.Uses == "" || strings.HasPrefix(s.Uses, "./") {
			continue
		}
		if n++; !pinned.MatchString(s.Uses) {
			t.Errorf("%s is not pinned to a commit", s.Uses)
		}
	}
	if n < 3 {
		t.Errorf("%d actions: that is not all", n)
	}
}
