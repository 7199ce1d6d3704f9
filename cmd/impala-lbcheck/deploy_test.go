package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/impala-lbcheck/impala-lbcheck/internal/exporter"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// kustomize is where the manifests for Kubernetes are.
const kustomize = repo + "/deploy/kustomize"

// workload is what the tests ask of a CronJob or a Deployment.
type workload struct {
	Spec struct {
		Template    podTemplate // of a Deployment
		JobTemplate struct {
			Spec struct {
				Template         podTemplate
				PodFailurePolicy struct {
					Rules []struct {
						Action      string
						OnExitCodes struct{ Values []int } `yaml:"onExitCodes"`
					}
				} `yaml:"podFailurePolicy"`
			}
		} `yaml:"jobTemplate"`
	}
}

type podTemplate struct {
	Spec struct {
		Containers []struct {
			Args         []string
			VolumeMounts []struct {
				MountPath string `yaml:"mountPath"`
			} `yaml:"volumeMounts"`
		}
	}
}

func readWorkload(t *testing.T, name string) workload {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(kustomize, name))
	if err != nil {
		t.Fatal(err)
	}
	var w workload
	if err := yaml.Unmarshal(src, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

// A Job ends at once with each code by which a run can end on its own.
func TestDeploy_ExitCodesAreOurs(t *testing.T) {
	t.Parallel()
	var want []int
	for _, row := range exitTable {
		for _, code := range row.codes {
			if code != exitPass && code != exitChanges && code < 128 {
				want = append(want, code)
			}
		}
	}
	for _, rule := range readWorkload(t, "base/cronjob.yaml").Spec.JobTemplate.Spec.PodFailurePolicy.Rules {
		if rule.Action != "FailJob" {
			continue
		}
		if got := rule.OnExitCodes.Values; !slices.Equal(got, want) {
			t.Errorf("the Job fails by %v, want %v", got, want)
		}
		return
	}
	t.Error("no rule fails the Job")
}

// Files that a command line names are on volumes, as are those of what it reads.
func TestDeploy_FilesAreMounted(t *testing.T) {
	t.Parallel()
	job := readWorkload(t, "base/cronjob.yaml").Spec.JobTemplate.Spec.Template
	exporter := readWorkload(t, "exporter/deployment.yaml").Spec.Template
	for _, c := range []struct {
		pod   podTemplate
		reads []string
		files int // that they name at least
	}{
		{job, []string{"base/smoke.yaml", "example/smoke.yaml"}, 5},
		{exporter, []string{"exporter/exporter.yaml"}, 1},
	} {
		container := c.pod.Spec.Containers[0]
		texts := map[string]string{"args": strings.Join(container.Args, "\n")}
		for _, name := range c.reads {
			src, err := os.ReadFile(filepath.Join(kustomize, name))
			if err != nil {
				t.Fatal(err)
			}
			texts[name] = string(src)
		}
		n := 0
		for name, text := range texts {
			for _, m := range absolute.FindAllStringSubmatch(text, -1) {
				n++
				mounted := false
				for _, mount := range container.VolumeMounts {
					mounted = mounted || strings.HasPrefix(m[1], mount.MountPath+"/")
				}
				if !mounted {
					t.Errorf("%s: %s is on no volume", name, m[1])
				}
			}
		}
		if n < c.files {
			t.Errorf("%v: %d files, that is not all", c.reads, n)
		}
	}
}

func TestDeploy_ExporterFileIsValid(t *testing.T) {
	t.Parallel()
	name := kustomize + "/exporter/exporter.yaml"
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := exporter.Parse(name, src, os.ReadFile)
	if err != nil || len(c.Targets) == 0 {
		t.Errorf("%d targets, %v", len(c.Targets), err)
	}
}

func TestDeploy_ScenariosAreValid(t *testing.T) {
	t.Parallel()
	found, err := filepath.Glob(kustomize + "/*/smoke.yaml")
	if err != nil || len(found) < 2 {
		t.Fatalf("scenarios: %v, %v", found, err)
	}
	for _, name := range found {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := scenarios.Parse(name, src)
		if err == nil {
			err = s.Validate()
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// absolute is a file behind a key, an equals sign or at the beginning of an argument.
var absolute = regexp.MustCompile(`(?m)(?:^|[=\s])(/[a-z][\w./-]+)`)

// One version is deployed, whichever manifest or page names it.
func TestDeploy_OneVersion(t *testing.T) {
	t.Parallel()
	places := map[string][]string{}
	for _, name := range []string{"deploy/kustomize/base/kustomization.yaml", "deploy/kustomize/example/kustomization.yaml", "deploy/kustomize/exporter/kustomization.yaml", "docs/kubernetes.md"} {
		src, err := os.ReadFile(filepath.Join(repo, name))
		if err != nil {
			t.Fatal(err)
		}
		found := imageTag.FindAllStringSubmatch(string(src), -1)
		if len(found) == 0 {
			t.Errorf("%s names no version of the image", name)
		}
		for _, m := range found {
			places[m[1]] = append(places[m[1]], name)
		}
	}
	if len(places) != 1 {
		t.Errorf("versions of the image: %v", places)
	}
}

var imageTag = regexp.MustCompile(`(?:newTag: |ghcr\.io/impala-lbcheck/impala-lbcheck:)([0-9][\w.-]*)`)
