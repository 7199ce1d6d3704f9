package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// kustomize is where the manifests for Kubernetes are.
const kustomize = repo + "/deploy/kustomize"

// cronJob is what the tests ask of the base's CronJob.
type cronJob struct {
	Spec struct {
		JobTemplate struct {
			Spec struct {
				PodFailurePolicy struct {
					Rules []struct {
						Action      string
						OnExitCodes struct{ Values []int } `yaml:"onExitCodes"`
					}
				} `yaml:"podFailurePolicy"`
				Template struct {
					Spec struct {
						Containers []struct {
							Args         []string
							VolumeMounts []struct {
								MountPath string `yaml:"mountPath"`
							} `yaml:"volumeMounts"`
						}
					}
				}
			}
		} `yaml:"jobTemplate"`
	}
}

func readCronJob(t *testing.T) cronJob {
	t.Helper()
	src, err := os.ReadFile(kustomize + "/base/cronjob.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c cronJob
	if err := yaml.Unmarshal(src, &c); err != nil {
		t.Fatal(err)
	}
	return c
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
	for _, rule := range readCronJob(t).Spec.JobTemplate.Spec.PodFailurePolicy.Rules {
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

// Files that arguments and scenarios name are on volumes, and a scenario is valid.
func TestDeploy_FilesAreMounted(t *testing.T) {
	t.Parallel()
	container := readCronJob(t).Spec.JobTemplate.Spec.Template.Spec.Containers[0]
	mounted := func(path string) bool {
		for _, m := range container.VolumeMounts {
			if strings.HasPrefix(path, m.MountPath+"/") {
				return true
			}
		}
		return false
	}
	texts := map[string]string{"args": strings.Join(container.Args, "\n")}
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
		texts[name] = string(src)
	}
	n := 0
	for name, text := range texts {
		for _, m := range absolute.FindAllStringSubmatch(text, -1) {
			if n++; !mounted(m[1]) {
				t.Errorf("%s: %s is on no volume", name, m[1])
			}
		}
	}
	if n < 5 {
		t.Errorf("%d files: that is not all", n)
	}
}

// absolute is a file behind a key, an equals sign or at the beginning of an argument.
var absolute = regexp.MustCompile(`(?m)(?:^|[=\s])(/[a-z][\w./-]+)`)

// One version is deployed, whichever manifest or page names it.
func TestDeploy_OneVersion(t *testing.T) {
	t.Parallel()
	places := map[string][]string{}
	for _, name := range []string{"deploy/kustomize/base/kustomization.yaml", "deploy/kustomize/example/kustomization.yaml", "docs/kubernetes.md"} {
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
