//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/debian"
)

// kubernetesProofs run the manifests in a real cluster, for which Kubernetes is compiled:
// ten minutes the first time.
func kubernetesProofs(l *lab) []proof {
	return []proof{{name: "kubernetes", run: l.proveKubernetes, onlyByName: true}}
}

// kubePackages are what a node needs besides.
var kubePackages = []debian.Package{
	{File: "/usr/lib/cni/bridge", Name: "containernetworking-plugins"},
	{File: "/usr/sbin/iptables", Name: "iptables"},
}

// kubePrograms are the programs of the cluster, by the module below tools that pins them.
var kubePrograms = map[string][]string{
	"etcd":       {"go.etcd.io/etcd/server/v3"},
	"kubernetes": {"k8s.io/kubernetes/cmd/kube-apiserver", "k8s.io/kubernetes/cmd/kube-controller-manager", "k8s.io/kubernetes/cmd/kube-scheduler", "k8s.io/kubernetes/cmd/kubelet", "k8s.io/kubernetes/cmd/kubectl"},
}

// buildKubernetes builds the programs and returns their directory.
func (l *lab) buildKubernetes(ctx context.Context) (string, error) {
	dir := l.file("kubernetes", "bin")
	for module, packages := range kubePrograms {
		out := dir + "/"
		if module == "etcd" {
			out += "etcd" // else it is named v3
		}
		argv := []string{"go", "build", "-C", filepath.Join(l.root, "tools", module), "-o", out}
		if _, err := runRequired(ctx, deadline, []string{"CGO_ENABLED=0"}, slices.Concat(argv, packages)...); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// proveKubernetes runs Jobs of the base's CronJob where the profile "restricted" is
// enforced: a password from a Secret, a CA from a ConfigMap, a scenario, results. Then Jobs
// of shards.
func (l *lab) proveKubernetes(ctx context.Context) (e evidence, err error) {
	k, err := l.newKube(ctx)
	if err != nil {
		return evidence{}, err
	}
	defer func() { err = errors.Join(err, k.remove(ctx)) }()
	if err := l.fillKube(ctx, k); err != nil {
		return evidence{}, err
	}
	for _, check := range []func(context.Context) error{k.checkRefused, k.checkComplete, k.checkFailed, k.checkRejected} {
		if err := check(ctx); err != nil {
			return evidence{}, err
		}
	}
	jobs, err := k.proveJobs(ctx)
	if err != nil {
		return evidence{}, fmt.Errorf("shards: %w", err)
	}
	return evidence{numbers: "profile restricted is enforced; Complete with a password and a CA that are mounted; Failed by one pod with exit code 1 for a missing coordinator, with 4 for a wrong password; " + jobs}, nil
}

// newKube starts a cluster.
func (l *lab) newKube(ctx context.Context) (*kube, error) {
	if err := debian.Install(ctx, kubePackages); err != nil {
		return nil, err
	}
	bin, err := l.buildKubernetes(ctx)
	if err != nil {
		return nil, err
	}
	k := &kube{bin: bin, procs: newProcesses(l.procs.dir), dirs: missing(nodeDirs)}
	if k.containerd, err = l.newContainerd("cluster", "k8s.io"); err != nil {
		return nil, err
	}
	if k.restore, err = keepKernelSettings(); err != nil {
		return nil, err
	}
	if k.network, err = l.newNamespace(ctx, "kubernetes"); err != nil {
		return nil, err
	}
	return k, k.writeCredentials()
}

// remove ends the cluster and what it left on the machine.
func (k *kube) remove(ctx context.Context) error {
	// Pods first: they have mounts and network namespaces.
	_, err := k.kubectl(context.WithoutCancel(ctx), "delete", "namespace", kubeNamespace, "--ignore-not-found", "--timeout=180s")
	if k.bed != nil {
		k.bed.stopBalancer()
	}
	k.procs.close()
	err = errors.Join(err, k.stop())
	k.network.delete()
	k.restore()
	for _, dir := range k.dirs {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

// fillKube starts the parts of the cluster, a simulated one of Impala where pods reach it,
// and creates the objects.
func (l *lab) fillKube(ctx context.Context, k *kube) error {
	if err := k.startControl(ctx); err != nil {
		return err
	}
	image, _, err := l.writeImage(ctx, k.dir)
	if err != nil {
		return err
	}
	pause, err := writePause(ctx, k.dir)
	if err != nil {
		return err
	}
	if err := k.startNode(ctx, image, pause); err != nil {
		return err
	}
	if err := l.startKubeSim(ctx, k); err != nil {
		return err
	}
	return l.applyManifests(ctx, k)
}

// Where the simulated cluster is, which listens on loopback alone, and its login.
const (
	kubeSimPort  = "21050"
	kubePassword = "correct horse"
)

// startKubeSim starts the simulated cluster, with TLS and a login, and HAProxy where the
// pods reach it, which has coordinators for shards, too.
func (l *lab) startKubeSim(ctx context.Context, k *kube) error {
	tool, err := l.tool()
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"password": kubePassword, "wrong": "wrong"} {
		if err := os.WriteFile(k.path(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	login := []string{"--tls", "--auth", "ldap", "--user", "svc-lbcheck", "--password-file", k.path("password"), "--ca-out"}
	argv := slices.Concat(k.prefix(), []string{tool, "sim", "--nodes", "1", "--coordinators", "4", "--hs2-port", kubeSimPort}, login, []string{k.path("ca.pem")})
	sim, err := k.procs.start("kubernetes-sim", exec.Command(argv[0], argv[1:]...), nil)
	if err != nil {
		return err
	}
	err = sim.await(ctx, kubeTimeout, func(context.Context) error {
		log, err := os.ReadFile(sim.log)
		if err == nil && !strings.Contains(string(log), `"listener"`) {
			err = errors.New("no listener")
		}
		return err
	})
	if err != nil {
		return err
	}
	cron := listener{name: "cronjob", bind: kubeBridge + ":" + kubeSimPort, options: []string{"balance roundrobin"}, servers: []string{"127.0.0.2:" + kubeSimPort}}
	k.bed = &shardBed{lab: l, bridge: kubeBridge, within: k.prefix()}
	return k.bed.startBalancer(ctx, []listener{cron}, append(login, k.path("shards.pem"))...)
}
