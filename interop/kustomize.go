//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

// proveKustomize builds each of deploy/kustomize, which must be valid, and a copy with a
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
	objects, good, wrong := 0, []string(nil), l.file("run", "kustomize-wrong.yaml")
	for _, name := range []string{"base", "example", "exporter"} {
		built, err := runRequired(ctx, time.Minute, nil, kustomize, "build", filepath.Join(l.root, "deploy", "kustomize", name))
		if err != nil {
			return evidence{}, err
		}
		objects += 1 + strings.Count(string(built), "\n---\n")
		path := l.file("run", "kustomize-"+name+".yaml")
		misspelt := strings.Replace(string(built), "runAsNonRoot", "runAsNonroot", 1)
		if err := errors.Join(os.WriteFile(path, built, 0o644), os.WriteFile(wrong, []byte(misspelt), 0o644)); err != nil {
			return evidence{}, err
		}
		good = append(good, path)
	}
	for _, version := range kubernetesVersions {
		argv := []string{venv + "/bin/kubernetes-validate", "--strict", "--quiet", "-k", version}
		if _, err := runRequired(ctx, time.Minute, nil, slices.Concat(argv, good)...); err != nil {
			return evidence{}, fmt.Errorf("schemas of Kubernetes %s: %w", version, err)
		}
		r, err := runCommand(ctx, time.Minute, nil, append(argv, wrong)...)
		if err == nil && r.code == 0 {
			err = fmt.Errorf("%s: a key that does not exist is valid in Kubernetes %s", wrong, version)
		}
		if err != nil {
			return evidence{}, err
		}
	}
	return evidence{numbers: fmt.Sprintf("%d objects are valid in Kubernetes %s, a misspelt key is not", objects, strings.Join(kubernetesVersions, ", "))}, nil
}
