package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plain reads nothing, mounted reads one file of each kind.
var (
	plain = Job{
		Name: "smoke", Image: "example.com/impala-lbcheck:1.2.3", Shards: 50,
		Args:  []string{"smoke", "lb.example.com", "--expect-coordinators=5", "--seed=7", "--shards=50", "--quiet", "--out=json=-"},
		Needs: Needs{Open: 1, Rate: .2, Lasts: time.Minute},
	}
	mounted = Job{
		Name: "hold", Namespace: "checks", Image: "example.com/impala-lbcheck:1.2.3", Shards: 8,
		Args: []string{"capacity", "lb.example.com", "--sql=SELECT 'a' -- \"b\": <c>\n", "--seed=7"},
		Files: []File{
			{Local: "pw's", Key: "password", Secret: true}, {Local: "/etc/kt", Key: "keytab", Secret: true}, {Local: "ca.pem", Key: "ca.crt"},
		},
		Needs: Needs{Open: 500, Rate: 100, TLS: true, Lasts: 20 * time.Minute},
	}
)

func TestKubernetes_Goldens(t *testing.T) {
	t.Parallel()
	for name, j := range map[string]Job{"plain": plain, "mounted": mounted} {
		var b bytes.Buffer
		if err := j.Kubernetes(&b); err != nil {
			t.Fatal(err)
		}
		golden.Equal(t, "testdata/"+name+".yaml", b.Bytes())
		if got := argsOf(t, b.Bytes()); !slices.Equal(got, j.Args) {
			t.Errorf("%s: the container gets %q, want %q", name, got, j.Args)
		}
		if shards := fmt.Sprintf("\n  completions: %d\n", j.Shards); !strings.Contains(b.String(), shards) {
			t.Errorf("%s: not %q", name, shards)
		}
	}
}

// What is printed at the top of a manifest names every file that kubectl takes, and no other.
func TestJob_CheckFiles(t *testing.T) {
	t.Parallel()
	for local, good := range map[string]bool{"pw's": true, "/etc/my pw": true, "a,b": false, "a=b": false, `a"b`: false, "a\nb": false, "a\rb": false, "a\u0085b": false} {
		j := plain
		j.Files = []File{{Local: local, Key: "password", Secret: true}}
		if err := j.CheckFiles(); (err == nil) != good {
			t.Errorf("%q: %v", local, err)
		}
	}
}

// Kubernetes puts variables into arguments, $(NAME), before the container starts: the
// command gets what was written all the same.
func TestKubernetes_ArgumentsArriveUnchanged(t *testing.T) {
	t.Parallel()
	j := plain
	j.Args = []string{"query", "--query=SELECT '$(GOMEMLIMIT)', '$$(GOMEMLIMIT)', $1 -- $(", "$", "$$"}
	var b bytes.Buffer
	if err := j.Kubernetes(&b); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, arg := range argsOf(t, b.Bytes()) {
		got = append(got, expanded(arg, map[string]string{"GOMEMLIMIT": "1MiB"}))
	}
	if !slices.Equal(got, j.Args) {
		t.Errorf("the container gets %q, want %q", got, j.Args)
	}
}

// A name may look like a number or a truth value, which Kubernetes takes for no name.
func TestKubernetes_NamesAreStrings(t *testing.T) {
	t.Parallel()
	j := plain
	j.Name, j.Namespace = "true", "123"
	var b bytes.Buffer
	if err := j.Kubernetes(&b); err != nil {
		t.Fatal(err)
	}
	var read struct {
		Metadata struct{ Name, Namespace any }
		Spec     struct {
			Template struct {
				Metadata struct{ Labels map[string]any }
			}
		}
	}
	if err := yaml.Unmarshal(b.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	label := read.Spec.Template.Metadata.Labels["app.kubernetes.io/instance"]
	if m := read.Metadata; m.Name != "true" || m.Namespace != "123" || label != "true" {
		t.Errorf("%#v, labelled %#v", m, label)
	}
}

// expanded is what Kubernetes makes of an argument: $$ is $, and $(NAME) the value of a
// variable that there is.
func expanded(arg string, variables map[string]string) string {
	return regexp.MustCompile(`\$\$|\$\(([^)]*)\)`).ReplaceAllStringFunc(arg, func(found string) string {
		if found == "$$" {
			return "$"
		}
		if value, ok := variables[strings.Trim(found, "$()")]; ok {
			return value
		}
		return found
	})
}

func argsOf(t *testing.T, manifest []byte) []string {
	t.Helper()
	var read struct {
		Spec struct {
			Template struct {
				Spec struct{ Containers []struct{ Args []string } }
			}
		}
	}
	if err := yaml.Unmarshal(manifest, &read); err != nil {
		t.Fatal(err)
	}
	return read.Spec.Template.Spec.Containers[0].Args
}

func TestBatch_Goldens(t *testing.T) {
	t.Parallel()
	b := Batch{Job: mounted, Queue: "checks", FileSystem: "fs-1", ExecutionRole: "arn:aws:iam::1:role/x", PasswordFrom: "arn:aws:secretsmanager:eu-west-1:1:secret:pw", PasswordIn: "PASSWORD"}
	var definition, submission, simple bytes.Buffer
	for _, err := range []error{b.Check(), b.BatchDefinition(&definition), b.BatchSubmission(&submission), Batch{Job: plain, Queue: "q"}.BatchDefinition(&simple)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	golden.Equal(t, "testdata/definition.json", definition.Bytes())
	golden.Equal(t, "testdata/submission.json", submission.Bytes())
	golden.Equal(t, "testdata/plain.json", simple.Bytes())
	if !json.Valid(definition.Bytes()) {
		t.Error("it is no JSON")
	}
}

func TestBatch_Check(t *testing.T) {
	t.Parallel()
	one := plain
	one.Shards = 1
	reference := plain
	reference.Args = []string{"query", "lb.example.com", "Ref::x"}
	for name, b := range map[string]Batch{
		"children":       {Job: one},
		"--file-system":  {Job: mounted},
		"execution role": {Job: plain, PasswordFrom: "arn"},
		`"Ref::x"`:       {Job: reference},
	} {
		if err := b.Check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		needs       Needs
		cpu, memory int
	}{
		{Needs{Open: 1, Rate: .2}, 100, 65},
		{Needs{Open: 1000, Rate: 1000, TLS: true}, 2000, 104},
		{Needs{Open: 12_500}, 1000, 357},
	} {
		if cpu, memory := c.needs.cpu(), c.needs.memory(); cpu != c.cpu || memory != c.memory {
			t.Errorf("%+v: %dm and %d MiB, want %dm and %d", c.needs, cpu, memory, c.cpu, c.memory)
		}
	}
	if n := (Needs{Open: 1000, TLS: true}); n.limit() != 208 || n.goLimit() != "170MiB" {
		t.Errorf("limits of %d MiB and %s, want 208 and 170MiB", n.limit(), n.goLimit())
	}
	if d := (Needs{Lasts: time.Hour}).deadline(); d != 2*time.Hour+15*time.Minute {
		t.Errorf("the deadline of an hour is %s", d)
	}
}

func TestCheckName(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{"a": true, "impala-lbcheck": true, "": false, "A": false, "-a": false, "a-": false, "a b": false, "a;b": false, strings.Repeat("a", 41): false} {
		if err := CheckName(name); (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestCheckNamespace(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{"a": true, "2nd-team": true, strings.Repeat("a", 63): true, "": false, "A": false, "-a": false, "a-": false, "a b": false, "a.b": false, strings.Repeat("a", 64): false} {
		if err := CheckNamespace(name); (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}
