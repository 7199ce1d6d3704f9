//go:build linux

package main

import (
	"context"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A kube is a Kubernetes cluster of one node: its own control plane, a kubelet and a
// containerd, in a network namespace. Its files are below containerd's directory.
type kube struct {
	*containerd
	bin     string // directory of its programs
	network namespace
	bed     *shardBed // what the pods reach
	procs   *processes
	restore func()   // undoes what the kubelet changed in the kernel
	dirs    []string // that the kubelet creates elsewhere
}

// Addresses within the namespace: of the bridge that pods are on, and of the API server,
// which the pods have no use for.
const (
	kubeBridge  = "10.244.0.1"
	kubeService = "10.96.0.1"
	kubeAPI     = "https://127.0.0.1:18443"
	kubeNode    = "node"
)

// kubeTimeout limits the start of each part, on a machine that is busy.
const kubeTimeout = 5 * time.Minute

// flag is a flag whose value is a file of the cluster.
func (k *kube) flag(name, file string) string { return "--" + name + "=" + k.path(file) }

// run starts a program of the cluster within its network namespace. The mounts stay those
// of the machine: the kubelet mounts what containerd gives to the pods.
func (k *kube) run(name string, args ...string) (*process, error) {
	argv := slices.Concat(k.prefix(), []string{filepath.Join(k.bin, name)}, args)
	return k.procs.start("kubernetes-"+name, exec.Command(argv[0], argv[1:]...), nil)
}

// prefix is the command that executes another one in the network namespace alone.
func (k *kube) prefix() []string {
	return []string{"nsenter", "--net=/var/run/netns/" + string(k.network)}
}

// writeCredentials writes certificates, the key of service accounts' tokens, and the
// file by which each part, and kubectl, find the API server.
func (k *kube) writeCredentials() error {
	p, err := newKubePKI(k.dir)
	if err != nil {
		return err
	}
	return errors.Join(
		p.issue("admin", pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}}, nil),
		p.issue("api", pkix.Name{CommonName: "api"}, []string{"127.0.0.1", kubeService}, "localhost", "kubernetes.default.svc"),
		p.issue("kubelet", pkix.Name{CommonName: kubeNode}, []string{kubeBridge}, kubeNode),
		p.issue("accounts", pkix.Name{CommonName: "accounts"}, nil),
		os.WriteFile(k.path("kubeconfig"), fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters:
- name: interop
  cluster: {server: %q, certificate-authority: %q}
users:
- name: admin
  user: {client-certificate: %q, client-key: %q}
contexts:
- name: interop
  context: {cluster: interop, user: admin}
current-context: interop
`, kubeAPI, k.path("ca.crt"), k.path("admin.crt"), k.path("admin.key")), 0o600),
	)
}

// startControl starts etcd, the API server, the controllers and the scheduler.
func (k *kube) startControl(ctx context.Context) error {
	const client, peer = "http://127.0.0.1:18379", "http://127.0.0.1:18380"
	if _, err := k.run("etcd", k.flag("data-dir", "etcd"), "--unsafe-no-fsync", "--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer); err != nil {
		return err
	}
	api, err := k.run("kube-apiserver", "--etcd-servers="+client, "--secure-port=18443", "--bind-address=127.0.0.1", "--advertise-address="+kubeBridge,
		"--authorization-mode=RBAC", "--service-cluster-ip-range=10.96.0.0/16", "--service-account-issuer=https://kubernetes.default",
		k.flag("client-ca-file", "ca.crt"), k.flag("tls-cert-file", "api.crt"), k.flag("tls-private-key-file", "api.key"),
		k.flag("service-account-key-file", "accounts.crt"), k.flag("service-account-signing-key-file", "accounts.key"),
		k.flag("kubelet-certificate-authority", "ca.crt"), k.flag("kubelet-client-certificate", "admin.crt"), k.flag("kubelet-client-key", "admin.key"),
		"--kubelet-preferred-address-types=InternalIP")
	if err != nil {
		return err
	}
	if err := api.await(ctx, kubeTimeout, func(ctx context.Context) error {
		_, err := k.kubectl(ctx, "get", "--raw=/readyz")
		return err
	}); err != nil {
		return err
	}
	for _, name := range []string{"kube-controller-manager", "kube-scheduler"} {
		args := []string{k.flag("kubeconfig", "kubeconfig"), "--leader-elect=false", "--secure-port=0"}
		if name == "kube-controller-manager" {
			args = append(args, k.flag("root-ca-file", "ca.crt"), k.flag("service-account-private-key-file", "accounts.key"))
		}
		if _, err := k.run(name, args...); err != nil {
			return err
		}
	}
	return nil
}

// kubectl runs kubectl, which must succeed, and returns its stdout.
func (k *kube) kubectl(ctx context.Context, args ...string) (string, error) {
	argv := slices.Concat(k.prefix(), []string{filepath.Join(k.bin, "kubectl"), "--kubeconfig", k.path("kubeconfig")}, args)
	b, err := runRequired(ctx, kubeTimeout, nil, argv...)
	return strings.TrimSpace(string(b)), err
}

// until polls kubectl until it prints the wanted text.
func (k *kube) until(ctx context.Context, want string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, kubeTimeout)
	defer cancel()
	var got string
	var last error
	err := poll(ctx, 300*time.Millisecond, func() (bool, error) {
		got, last = k.kubectl(ctx, args...)
		return last == nil && got == want, nil
	})
	if err != nil {
		return fmt.Errorf("kubectl %s: %q, not %q: %w", strings.Join(args, " "), got, want, errors.Join(err, last))
	}
	return nil
}
