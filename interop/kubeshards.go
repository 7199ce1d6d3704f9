//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// podShards is how many pods a Job of shards has here.
const podShards = 6

// podArgument has what Kubernetes would replace: the container has this variable.
const podArgument = "svc-$(GOMEMLIMIT)$$"

// kubeShards are shards in pods, against coordinators behind HAProxy on their bridge.
type kubeShards struct {
	*shardBed
	*kube
	figures []string
}

// proveJobs runs printed Jobs as they are, with the commands printed above each, and has
// our command judge what their pods print.
func (k *kube) proveJobs(ctx context.Context) (string, error) {
	s := &kubeShards{shardBed: k.bed, kube: k}
	if err := s.writeTools(); err != nil {
		return "", err
	}
	for _, check := range []func(context.Context) error{s.checkUnknownField, s.checkWhole, s.checkSource, s.checkDead, s.checkKilled, s.checkEvicted} {
		if err := check(ctx); err != nil {
			return "", err
		}
	}
	return strings.Join(s.figures, "; "), nil
}

func (s *kubeShards) proven(format string, args ...any) {
	s.figures = append(s.figures, fmt.Sprintf(format, args...))
}

// writeTools writes commands under the names that printed command lines have.
func (s *kubeShards) writeTools() error {
	tool, err := s.tool()
	if err != nil {
		return err
	}
	kubectl := fmt.Sprintf("#!/bin/sh\nexec %s %s --kubeconfig %s \"$@\"\n", strings.Join(s.kube.prefix(), " "), filepath.Join(s.bin, "kubectl"), s.path("kubeconfig"))
	return errors.Join(
		os.Mkdir(s.path("tools"), 0o755),
		os.WriteFile(s.path("tools/kubectl"), []byte(kubectl), 0o755),
		os.Symlink(tool, s.path("tools/impala-lbcheck")),
	)
}

// shell runs a printed command line.
func (s *kubeShards) shell(ctx context.Context, line string) (commandResult, error) {
	return runCommand(ctx, 2*kubeTimeout, []string{"PATH=" + s.path("tools") + ":" + os.Getenv("PATH")}, "sh", "-c", line)
}

// print writes a manifest to a file, and returns the command lines at its top.
func (s *kubeShards) print(ctx context.Context, name, port string, flags ...string) (file string, lines []string, err error) {
	argv := slices.Concat([]string{s.path("tools/impala-lbcheck"), "job", "kubernetes", "--shards", strconv.Itoa(podShards), "--name", name, "--image", imageName, "--namespace", kubeNamespace,
		"--", "smoke", kubeBridge + ":" + port, "--expect-coordinators", strconv.Itoa(coordinators)}, flags)
	manifest, err := runRequired(ctx, time.Minute, nil, argv...)
	if err != nil {
		return "", nil, err
	}
	file = s.path(name + ".yaml")
	for line := range strings.Lines(string(manifest)) {
		if command, ok := strings.CutPrefix(line, "#   "); ok {
			lines = append(lines, strings.ReplaceAll(strings.TrimSpace(command), "THIS-FILE", file))
		}
	}
	return file, lines, os.WriteFile(file, manifest, 0o644)
}

// dryRun has the API server read a manifest, strictly.
func (s *kubeShards) dryRun(ctx context.Context, file string) error {
	_, err := s.kubectl(ctx, "apply", "--dry-run=server", "--validate=strict", "--filename", file)
	return err
}

// checkUnknownField tells a manifest with a field that the API does not have from one that
// is printed.
func (s *kubeShards) checkUnknownField(ctx context.Context) error {
	file, _, err := s.print(ctx, "unknown", shardSummed)
	if err != nil {
		return err
	}
	if err := s.dryRun(ctx, file); err != nil {
		return err
	}
	manifest, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(manifest), "completionMode:", "mode: x\n  completionMode:", 1)), 0o644); err != nil {
		return err
	}
	if err := s.dryRun(ctx, file); err == nil || !strings.Contains(err.Error(), `unknown field "spec.mode"`) {
		return fmt.Errorf("an unknown field is not refused: %w", err)
	}
	return nil
}

// podRun is a Job that is run as its manifest says.
type podRun struct {
	name, port string
	flags      []string
	ends       string                                        // the condition of the Job
	during     func(context.Context) (log []byte, err error) // once it is created; the log of a pod that is gone; nil: nothing is done
}

// run does what the printed command lines do, the last but one of which merges.
func (s *kubeShards) run(ctx context.Context, r podRun) (sum shardSum, err error) {
	file, lines, err := s.print(ctx, r.name, r.port, r.flags...)
	if err != nil {
		return sum, err
	}
	if err := s.dryRun(ctx, file); err != nil {
		return sum, err
	}
	began := time.Now()
	create, wait, merge, remove := lines[:len(lines)-3], lines[len(lines)-3], lines[len(lines)-2], lines[len(lines)-1]
	for _, line := range create {
		if err := s.required(ctx, line); err != nil {
			return sum, err
		}
	}
	var gone []byte
	if r.during != nil {
		if gone, err = r.during(ctx); err != nil {
			return sum, fmt.Errorf("%s: %w: %s", r.name, err, s.describe(ctx, r.name))
		}
	}
	if err := s.required(ctx, wait); err != nil {
		return sum, fmt.Errorf("%s: %w: %s", r.name, err, s.describe(ctx, r.name))
	}
	ended := time.Since(began)
	if sum, err = s.judge(ctx, r.name, merge, gone); err != nil {
		return sum, err
	}
	conditions, err := s.kubectl(ctx, s.inNamespace("get", "job", r.name, "--output", `jsonpath={.status.conditions[?(@.status=="True")].type}`)...)
	if err != nil {
		return sum, err
	}
	if !slices.Contains(strings.Fields(conditions), r.ends) {
		return sum, fmt.Errorf("%s: the Job is %q, not %s: %s", r.name, conditions, r.ends, s.describe(ctx, r.name))
	}
	s.proven("%s: %d pods in %.0f s, %d sessions, exit %d", r.name, podShards, ended.Seconds(), sum.Sessions.Attempted, sum.code)
	return sum, s.required(ctx, remove)
}

// required runs a printed command line, which must succeed.
func (s *kubeShards) required(ctx context.Context, line string) error {
	r, err := s.shell(ctx, line)
	if err == nil && r.code != 0 {
		err = fmt.Errorf("%s: exit %d: %s", line, r.code, tail(append(r.stdout, r.stderr...)))
	}
	return err
}

// judge runs the line that merges, and again with the log of a pod that is gone.
func (s *kubeShards) judge(ctx context.Context, name, line string, gone []byte) (shardSum, error) {
	printed, err := s.shell(ctx, line)
	if err != nil {
		return shardSum{}, err
	}
	logs, _, _ := strings.Cut(line, " | ")
	r, err := s.shell(ctx, logs)
	if err != nil {
		return shardSum{}, err
	}
	sum, err := s.merge(ctx, name, slices.Concat(r.stdout, gone))
	if err == nil && sum.code != printed.code {
		err = fmt.Errorf("%s: exit %d as it is printed, and then %d: %s", name, printed.code, sum.code, tail(append(printed.stdout, printed.stderr...)))
	}
	return sum, err
}

// describe is what Kubernetes says of a Job that did not go as it should.
func (s *kubeShards) describe(ctx context.Context, name string) string {
	text, _ := s.kubectl(ctx, s.inNamespace("describe", "job,pods", "--selector=job-name="+name)...)
	return tail([]byte(text))
}

// checkWhole has a login and a CA mounted, and all pods start at one time.
func (s *kubeShards) checkWhole(ctx context.Context) error {
	start := time.Now().Add(time.Minute).UTC().Format(time.RFC3339)
	sum, err := s.run(ctx, podRun{name: "sum", port: shardSummed, ends: "Complete", flags: []string{"--rate", "40/s", "--start-at", start,
		"--tls", "--ca-cert", s.path("shards.pem"), "--server-name", "impala.example.com", "--auth", "ldap", "--user", "svc-lbcheck", "--password-file", s.path("password")}})
	if err != nil {
		return err
	}
	if err := s.checkSum(ctx, sum, podShards); err != nil {
		return err
	}
	s.proven("each coordinator's sessions are those that HAProxy and it counted")
	return nil
}

// checkSource expects each pod to be a client of its own, whose arguments arrive.
func (s *kubeShards) checkSource(ctx context.Context) error {
	sum, err := s.run(ctx, podRun{name: "source", port: shardSource, ends: "Complete", flags: []string{"--rate", "40/s", "--policy", "source", "--user", podArgument}})
	if err != nil {
		return err
	}
	if user := sum.Scenario.Auth.User; user != podArgument {
		return fmt.Errorf("the pods got %q, not %q", user, podArgument)
	}
	s.proven("policy source meets %d addresses", podShards)
	return sum.checkSource(podShards)
}

// checkDead has one verdict of a coordinator that is dead.
func (s *kubeShards) checkDead(ctx context.Context) error {
	sum, err := s.run(ctx, podRun{name: "dead", port: shardDead, ends: "Complete", flags: []string{"--rate", "40/s"}})
	if err != nil {
		return err
	}
	s.proven("dead@2 fails %s", strings.Join(sum.findingIDs("fail"), ", "))
	return sum.checkDead(podShards)
}

// podOf is the pod of an index, once it runs and sessions go on.
func (s *kubeShards) podOf(ctx context.Context, name string, index, before int) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, kubeTimeout)
	defer cancel()
	selector := fmt.Sprintf("--selector=job-name=%s,batch.kubernetes.io/job-completion-index=%d", name, index)
	var pod string
	err := poll(ctx, 300*time.Millisecond, func() (bool, error) {
		var err error
		pod, err = s.kubectl(ctx, s.inNamespace("get", "pods", selector, "--field-selector=status.phase=Running", "--output=jsonpath={.items[*].metadata.name}")...)
		return pod != "", err
	})
	return pod, errors.Join(err, s.goOn(ctx, "healthy", before, podShards))
}

// slowly has shards take a minute and a half.
var slowly = []string{"--rate", "5/s", "--sessions", "150", "--burst", "0"}

// checkKilled kills the process of a pod, as the kernel does that is out of memory: the
// others go on, and nothing does its part again.
func (s *kubeShards) checkKilled(ctx context.Context) error {
	before, err := s.sessions(ctx, "healthy")
	if err != nil {
		return err
	}
	const killed = 2
	sum, err := s.run(ctx, podRun{name: "killed", port: shardHealthy, ends: "Failed", flags: slowly, during: func(ctx context.Context) ([]byte, error) {
		pod, err := s.podOf(ctx, "killed", killed, before)
		if err != nil {
			return nil, err
		}
		id, err := s.kubectl(ctx, s.inNamespace("get", "pod", pod, "--output=jsonpath={.status.containerStatuses[0].containerID}")...)
		if err != nil {
			return nil, err
		}
		_, err = s.containerd.required(ctx, "tasks", "kill", "--signal", "SIGKILL", strings.TrimPrefix(id, "containerd://"))
		return nil, err
	}})
	if err != nil {
		return err
	}
	s.proven("a pod that is killed is not done again: %s", sum.Stopped.Text)
	return sum.checkLost(killed, podShards)
}

// checkEvicted evicts a pod as a drained node does: another one does its part, and what the
// first one had measured is left out.
func (s *kubeShards) checkEvicted(ctx context.Context) error {
	before, err := s.sessions(ctx, "healthy")
	if err != nil {
		return err
	}
	var first result
	const evicted = 3
	sum, err := s.run(ctx, podRun{name: "evicted", port: shardHealthy, ends: "Complete", flags: slowly, during: func(ctx context.Context) ([]byte, error) {
		pod, err := s.podOf(ctx, "evicted", evicted, before)
		if err != nil {
			return nil, err
		}
		log, err := s.evict(ctx, pod)
		if err == nil {
			err = decodeFrom(log, &first)
		}
		return log, err
	}})
	if err != nil {
		return err
	}
	after, err := s.sessions(ctx, "healthy")
	if err != nil {
		return err
	}
	if sum.code != 0 || len(sum.Sources) != podShards || !sum.Complete {
		return fmt.Errorf("exit %d, %d sources, complete %t: %s", sum.code, len(sum.Sources), sum.Complete, sum.Stopped.Text)
	}
	if counted := after - before; first.Complete || first.Stopped.By != "interrupted" || first.Sessions.opened() == 0 || counted != sum.Sessions.opened()+first.Sessions.opened() {
		return fmt.Errorf("HAProxy counted %d sessions, the sum has %d and the pod that was evicted %d (complete: %t, %s)", counted, sum.Sessions.opened(), first.Sessions.opened(), first.Complete, first.Stopped.By)
	}
	s.proven("a pod that is evicted is done again: its first %d sessions are left out", first.Sessions.opened())
	return nil
}

// decodeFrom decodes the result in a log, which has what was said to people, too.
func decodeFrom(log []byte, r *result) error {
	return json.NewDecoder(bytes.NewReader(log[max(0, bytes.IndexByte(log, '{')):])).Decode(r)
}

// evict evicts a pod, and returns what it printed until it ended.
func (s *kubeShards) evict(ctx context.Context, pod string) ([]byte, error) {
	file := s.path("eviction.json")
	text := fmt.Sprintf(`{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": %q, "namespace": %q}}`, pod, kubeNamespace)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return nil, err
	}
	evict := func(ctx context.Context, _ int) error {
		_, err := s.kubectl(ctx, "create", "--raw", "/api/v1/namespaces/"+kubeNamespace+"/pods/"+pod+"/eviction", "--filename", file)
		return err
	}
	argv := slices.Concat([]string{s.path("tools/kubectl")}, s.inNamespace("logs", "--follow", pod))
	r, err := runCommandDuring(ctx, kubeTimeout, nil, evict, argv...)
	if err == nil && r.code != 0 {
		err = fmt.Errorf("logs of %s: exit %d: %s", pod, r.code, tail(r.stderr))
	}
	return r.stdout, err
}
