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

// kubeNamespace is that of the example, whose profile "restricted" is enforced.
const kubeNamespace = "impala-lbcheck"

// kubeScenario logs in to the simulated cluster. Its certificate is for a name, and the
// pods have no DNS.
const kubeScenario = `name: smoke
target: {endpoints: ["` + kubeBridge + ":" + kubeSimPort + `"]}
auth: {mechanism: ldap, user: svc-lbcheck, password_file: /run/secrets/impala-lbcheck/password}
tls: {enabled: true, server_name: impala.example.com, ca_cert: /etc/impala-lbcheck/ca/ca.crt}
expect: {coordinators: {count: 4}}
`

// kubeOverlay is an overlay of the base, for an image that is on the node already.
const kubeOverlay = `resources: [%s]
namespace: ` + kubeNamespace + `
images: [{name: ghcr.io/impala-lbcheck/impala-lbcheck, newTag: ` + imageVersion + `}]
configMapGenerator:
- {name: impala-lbcheck-scenario, behavior: replace, files: [smoke.yaml]}
- {name: impala-lbcheck-ca, files: [ca.crt]}
patches:
- target: {kind: CronJob}
  patch: |-
    - {op: add, path: /spec/suspend, value: true}
    - {op: add, path: /spec/jobTemplate/spec/template/spec/containers/0/imagePullPolicy, value: Never}
`

// applyManifests creates the namespace, the login, and an overlay of the base.
func (l *lab) applyManifests(ctx context.Context, k *kube) error {
	kustomize, err := l.kustomize()
	if err != nil {
		return err
	}
	dir := k.path("overlay")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	base, err := filepath.Rel(dir, filepath.Join(l.root, "deploy", "kustomize", "base"))
	if err != nil {
		return err
	}
	ca, err := os.ReadFile(k.path("ca.pem"))
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"kustomization.yaml": fmt.Sprintf(kubeOverlay, base), "smoke.yaml": kubeScenario, "ca.crt": string(ca)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	built, err := runRequired(ctx, time.Minute, nil, kustomize, "build", dir)
	if err != nil {
		return err
	}
	if err := os.WriteFile(k.path("objects.yaml"), built, 0o644); err != nil {
		return err
	}
	if _, err := k.kubectl(ctx, "apply", "--filename", filepath.Join(l.root, "deploy", "kustomize", "example", "namespace.yaml")); err != nil {
		return err
	}
	if err := k.until(ctx, "default", k.inNamespace("get", "serviceaccounts", "--output", "jsonpath={.items[*].metadata.name}")...); err != nil {
		return err
	}
	if err := k.createLogin(ctx, "password"); err != nil {
		return err
	}
	_, err = k.kubectl(ctx, "apply", "--filename", k.path("objects.yaml"))
	return err
}

func (k *kube) inNamespace(args ...string) []string {
	return append([]string{"--namespace", kubeNamespace}, args...)
}

// createLogin creates the Secret with the password of a file.
func (k *kube) createLogin(ctx context.Context, file string) error {
	_, err := k.kubectl(ctx, k.inNamespace("create", "secret", "generic", "impala-lbcheck-login", "--from-file=password="+k.path(file))...)
	return err
}

// checkRefused tries a pod without any restriction, which the profile refuses.
func (k *kube) checkRefused(ctx context.Context) error {
	out, err := k.kubectl(ctx, k.inNamespace("run", "unrestricted", "--image="+imageName, "--image-pull-policy=Never")...)
	if err == nil {
		return fmt.Errorf("the profile is not enforced: %s", out)
	}
	if !strings.Contains(err.Error(), "securityContext.seccompProfile.type") {
		return err
	}
	return nil
}

// A job is a Job made of the CronJob.
type job struct {
	*kube
	name string
}

// newJob creates a Job and waits for a condition.
func (k *kube) newJob(ctx context.Context, name, condition string) (job, error) {
	j := job{kube: k, name: name}
	if _, err := k.kubectl(ctx, k.inNamespace("create", "job", "--from=cronjob/impala-lbcheck-smoke", name)...); err != nil {
		return j, err
	}
	err := k.until(ctx, "True", k.inNamespace("get", "job", name, "--output", `jsonpath={.status.conditions[?(@.type=="`+condition+`")].status}`)...)
	if err != nil {
		pods, _ := k.kubectl(ctx, k.inNamespace("describe", "pods", "--selector=job-name="+name)...)
		err = fmt.Errorf("job %s: %w: %s", name, err, tail([]byte(pods)))
	}
	return j, err
}

// says reads what the command printed, the message of the condition Failed, and how the
// pods ended: one line a pod.
func (j job) says(ctx context.Context) (log, failed, ends string, err error) {
	if log, err = j.kubectl(ctx, j.inNamespace("logs", "job/"+j.name)...); err != nil {
		return
	}
	if failed, err = j.kubectl(ctx, j.inNamespace("get", "job", j.name, "--output", `jsonpath={.status.conditions[?(@.type=="Failed")].message}`)...); err != nil {
		return
	}
	ends, err = j.kubectl(ctx, j.inNamespace("get", "pods", "--selector=job-name="+j.name, "--output",
		`jsonpath={range .items[*]}{.status.containerStatuses[0].state.terminated.exitCode} {.status.containerStatuses[0].state.terminated.message}{end}`)...)
	return
}

// checkComplete runs the scenario as it is.
func (k *kube) checkComplete(ctx context.Context) error {
	j, err := k.newJob(ctx, "good", "Complete")
	if err != nil {
		return err
	}
	log, _, _, err := j.says(ctx)
	if err == nil && !strings.Contains(log, "\nPASS: ") {
		err = fmt.Errorf("job %s does not pass: %s", j.name, tail([]byte(log)))
	}
	return err
}

// checkFailed expects one coordinator more, by a variable: the Job fails by its one pod.
func (k *kube) checkFailed(ctx context.Context) error {
	if _, err := k.kubectl(ctx, k.inNamespace("set", "env", "cronjob/impala-lbcheck-smoke", "IMPALA_LBCHECK_EXPECT_COORDINATORS=5")...); err != nil {
		return err
	}
	return k.checkEnd(ctx, "missing", 1, "balance.coverage")
}

// checkRejected changes the password.
func (k *kube) checkRejected(ctx context.Context) error {
	if _, err := k.kubectl(ctx, k.inNamespace("delete", "secret", "impala-lbcheck-login")...); err != nil {
		return err
	}
	if err := k.createLogin(ctx, "wrong"); err != nil {
		return err
	}
	return k.checkEnd(ctx, "rejected", 4, "sasl.rejected")
}

// checkEnd runs a Job that fails: its condition names the exit code, and the status of its
// one pod has the end of the report.
func (k *kube) checkEnd(ctx context.Context, name string, code int, word string) error {
	j, err := k.newJob(ctx, name, "Failed")
	if err != nil {
		return err
	}
	_, failed, ends, err := j.says(ctx)
	if err != nil {
		return err
	}
	if !strings.Contains(failed, fmt.Sprintf("exit code %d ", code)) || !strings.HasPrefix(ends, fmt.Sprintf("%d ", code)) || !strings.Contains(ends, word) {
		return fmt.Errorf("job %s: want exit code %d and %q: %s: %s", name, code, word, failed, tail([]byte(ends)))
	}
	pods, err := k.kubectl(ctx, k.inNamespace("get", "pods", "--selector=job-name="+name, "--output=name")...)
	if err == nil && len(strings.Fields(pods)) != 1 {
		err = fmt.Errorf("job %s: not one pod but %q", name, pods)
	}
	return err
}
