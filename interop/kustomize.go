//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Kubernetes' schemas are in the package. The oldest version is the first that has all
// that our manifests use.
const (
	pyKubernetes     = "kubernetes-validate==1.37.0"
	kustomizeTimeout = 4 * time.Minute // with what it compiles the first time
)

var kubernetesVersions = []string{"1.31", "1.34", "1.37"}

// kustomizeProofs hold the manifests of deploy/kustomize against Kubernetes' schemas.
func kustomizeProofs(l *lab) []proof {
	prepare := func() {
		go l.kustomize()
		go l.kubernetesValidate()
	}
	return []proof{{name: "kustomize", prepare: prepare, run: l.proveKustomize}}
}

// buildKustomize builds kustomize in the version of tools/kustomize.
func (l *lab) buildKustomize(ctx context.Context) (string, error) {
	bin := l.file("kustomize")
	_, err := runRequired(ctx, kustomizeTimeout, nil, "go", "build", "-C", filepath.Join(l.root, "tools", "kustomize"), "-o", bin, "sigs.k8s.io/kustomize/kustomize/v5")
	return bin, err
}

// proveKustomize builds the base and the example, which must be valid, and a copy with a
// wrong key, which must not.
func (l *lab) proveKustomize(ctx context.Context) (evidence, error) {
	kustomize, err := l.kustomize()
	if err != nil {
		return evidence{}, err
	}
	venv, err := l.kubernetesValidate()
	if err != nil {
		return evidence{}, err
	}
	objects := 0
	for _, name := range []string{"base", "example"} {
		built, err := runRequired(ctx, time.Minute, nil, kustomize, "build", filepath.Join(l.root, "deploy", "kustomize", name))
		if err != nil {
			return evidence{}, err
		}
		objects += 1 + strings.Count(string(built), "\n---\n")
		valid := manifest{path: l.file("run", "kustomize-"+name+".yaml"), text: string(built), validator: venv}
		if err := valid.check(ctx); err != nil {
			return evidence{}, err
		}
		wrong := manifest{path: l.file("run", "kustomize-wrong.yaml"), text: strings.Replace(valid.text, "backoffLimit", "backofLimit", 1), validator: venv}
		if wrong.check(ctx) == nil {
			return evidence{}, fmt.Errorf("%s: a key that does not exist is valid", wrong.path)
		}
	}
	return evidence{numbers: fmt.Sprintf("%d objects are valid in Kubernetes %s, a misspelt key is not", objects, strings.Join(kubernetesVersions, ", "))}, nil
}

// manifest is a file of Kubernetes objects.
type manifest struct {
	path, text string
	validator  string // virtual environment
}

// check writes the file and validates it strictly against every version.
func (m manifest) check(ctx context.Context) error {
	if err := os.WriteFile(m.path, []byte(m.text), 0o644); err != nil {
		return err
	}
	for _, version := range kubernetesVersions {
		if _, err := runRequired(ctx, time.Minute, nil, m.validator+"/bin/kubernetes-validate", "--strict", "--quiet", "-k", version, m.path); err != nil {
			return fmt.Errorf("schemas of Kubernetes %s: %w", version, err)
		}
	}
	return nil
}
