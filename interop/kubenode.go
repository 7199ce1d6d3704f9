//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// kernelSettings are what a kubelet sets for the whole machine.
var kernelSettings = []string{"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes"}

// keepKernelSettings returns a function that sets them back.
func keepKernelSettings() (restore func(), err error) {
	values := map[string][]byte{}
	for _, name := range kernelSettings {
		path := filepath.Join("/proc/sys", name)
		if values[path], err = os.ReadFile(path); err != nil {
			return nil, err
		}
	}
	return func() {
		for path, value := range values {
			os.WriteFile(path, value, 0o644) // best effort
		}
	}, nil
}

// nodeDirs are what a kubelet and network plugins write to, whatever their configuration
// says.
var nodeDirs = []string{"/var/lib/kubelet", "/var/log/containers", "/var/lib/cni"}

// containerPlugins configures containerd for Kubernetes: images are copied, since the
// machine's file system may be an overlay already, and what only other kernels have is off.
func (k *kube) containerPlugins() string {
	return fmt.Sprintf(`disabled_plugins = ["io.containerd.internal.v1.opt"]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = %q
  disable_apparmor = true
  restrict_oom_score_adj = true
  disable_hugetlb_controller = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = %q
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = %q
`, pauseImage, k.path("runc"), k.path("cni"))
}

// writeNode writes the network's and the kubelet's configuration. The bridge has an
// address before the first pod does: the simulated cluster waits there. It keeps its link
// address, too: else it has that of one of its ports, and another one once that pod is
// gone, which the others learn when they ask again.
func (k *kube) writeNode(ctx context.Context) error {
	network := fmt.Sprintf(`{"cniVersion": "0.4.0", "name": "interop", "plugins": [{"type": "bridge", "bridge": "cni0", "isGateway": true,
"ipam": {"type": "host-local", "dataDir": %q, "ranges": [[{"subnet": "10.244.0.0/24"}]]}}]}`, k.path("addresses"))
	kubelet := fmt.Sprintf(`apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: %s
port: 18250
healthzPort: 0
authentication: {x509: {clientCAFile: %q}, webhook: {enabled: false}, anonymous: {enabled: false}}
authorization: {mode: AlwaysAllow}
tlsCertFile: %q
tlsPrivateKeyFile: %q
containerRuntimeEndpoint: "unix://%s"
podLogsDir: %q
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failSwapOn: false
failCgroupV1: false
localStorageCapacityIsolation: false
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 0%%, nodefs.available: 0%%, nodefs.inodesFree: 0%%, imagefs.available: 0%%, imagefs.inodesFree: 0%%}
`, kubeBridge, k.path("ca.crt"), k.path("kubelet.crt"), k.path("kubelet.key"), k.path("sock"), k.path("logs"))
	if err := os.MkdirAll(k.path("cni"), 0o755); err != nil {
		return err
	}
	for name, text := range map[string]string{"cni/10-interop.conflist": network, "kubelet.yaml": kubelet} {
		if err := os.WriteFile(k.path(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	for _, command := range []string{
		"ip link add cni0 address 02:00:0a:f4:00:01 type bridge", "ip addr add " + kubeBridge + "/24 dev cni0", "ip link set cni0 up", "ip route add default dev cni0",
	} {
		if _, err := runRequired(ctx, ipTimeout, nil, slices.Concat(k.prefix(), strings.Fields(command))...); err != nil {
			return err
		}
	}
	return nil
}

// startNode starts containerd and the kubelet, and waits until pods can be scheduled.
func (k *kube) startNode(ctx context.Context, images ...string) error {
	if err := k.writeNode(ctx); err != nil {
		return err
	}
	if err := k.start(ctx, k.procs, k.prefix(), k.containerPlugins()); err != nil {
		return err
	}
	for _, archive := range images {
		if err := k.load(ctx, archive); err != nil {
			return err
		}
	}
	if _, err := k.run("kubelet", k.flag("config", "kubelet.yaml"), k.flag("kubeconfig", "kubeconfig"), k.flag("root-dir", "kubelet"),
		"--hostname-override="+kubeNode, "--node-ip="+kubeBridge); err != nil {
		return err
	}
	return k.until(ctx, "True", "get", "nodes", "--output", `jsonpath={.items[0].status.conditions[?(@.type=="Ready")].status}`)
}
