package jobs

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// CheckFiles fails on a file that the printed commands cannot name: --from-file of kubectl
// takes a list, with commas between, of KEY=FILE, and a comment is one line.
func (j Job) CheckFiles() error {
	for _, f := range j.Files {
		if strings.ContainsAny(f.Local, `,="`) || strings.ContainsFunc(f.Local, unicode.IsControl) {
			return fmt.Errorf("%q: kubectl --from-file takes no file whose name has a comma, =, a quotation mark or a control character: give it another name", f.Local)
		}
	}
	return nil
}

// Kubernetes writes the manifest of an Indexed Job, for Kubernetes 1.31 or newer, with the
// commands around it as comments.
func (j Job) Kubernetes(w io.Writer) error {
	rate, namespace := "any number", ""
	if j.Needs.Rate > 0 {
		rate = fmt.Sprintf("%.4g", j.Needs.Rate)
	}
	if j.Namespace != "" {
		namespace = "  namespace: " + quoted(j.Namespace) + "\n"
	}
	var args strings.Builder
	for _, arg := range j.Args {
		args.WriteString("            - " + quoted(unexpanded(arg)) + "\n")
	}
	text := strings.NewReplacer(
		"{name}", quoted(j.Name), "{namespace}", namespace, "{shards}", strconv.Itoa(j.Shards), "{image}", quoted(j.Image), "{args}", args.String(),
		"{deadline}", strconv.Itoa(int(j.Needs.deadline().Seconds())), "{open}", strconv.Itoa(j.Needs.Open), "{rate}", rate,
		"{cpu}", strconv.Itoa(j.Needs.cpu()), "{memory}", strconv.Itoa(j.Needs.memory()), "{limit}", strconv.Itoa(j.Needs.limit()), "{gomemlimit}", j.Needs.goLimit(),
		"{mounts}", j.mounts(),
	).Replace(manifest)
	_, err := io.WriteString(w, j.around()+text)
	return err
}

// around are the commands before and after the Job, as comments.
func (j Job) around() string {
	kubectl := "#   kubectl"
	if j.Namespace != "" {
		kubectl += " -n " + j.Namespace
	}
	lines := []string{fmt.Sprintf("# %d shards of one run: each pod has its part, and merge judges what all saw.", j.Shards), "#"}
	remove := "job/" + j.Name
	for _, o := range []struct {
		create, kind, suffix string
		files                []File
	}{{"secret generic", "secret", "-login", j.secrets()}, {"configmap", "configmap", "-files", j.files()}} {
		if len(o.files) == 0 {
			continue
		}
		create := fmt.Sprintf("%s create %s %s%s", kubectl, o.create, j.Name, o.suffix)
		for _, f := range o.files {
			create += fmt.Sprintf(" --from-file=%s=%s", f.Key, shell(f.Local))
		}
		lines = append(lines, create)
		remove += fmt.Sprintf(" %s/%s%s", o.kind, j.Name, o.suffix)
	}
	until := strings.Replace(kubectl, "#   ", "#   until ", 1)
	lines = append(lines,
		kubectl+" apply -f THIS-FILE",
		until+" get job "+j.Name+" -o jsonpath='{.status.conditions[*].type}' | grep -Eq 'Complete|Failed'; do sleep 5; done",
		kubectl+" logs --prefix=false -l job-name="+j.Name+" --tail=-1 | impala-lbcheck merge -",
		kubectl+" delete "+remove)
	return strings.Join(lines, "\n") + "\n"
}

// mounts are the volumes of the files, and where the container has them.
func (j Job) mounts() string {
	if len(j.Files) == 0 {
		return ""
	}
	mounts, volumes := "          volumeMounts:\n", "      volumes:\n"
	mount := "            - name: %s\n              mountPath: %s\n              readOnly: true\n"
	if len(j.secrets()) > 0 {
		mounts += fmt.Sprintf(mount, "login", SecretsAt)
		volumes += fmt.Sprintf("        - name: login\n          secret:\n            secretName: %s-login\n            defaultMode: 0440\n", j.Name)
	}
	if len(j.files()) > 0 {
		mounts += fmt.Sprintf(mount, "files", FilesAt)
		volumes += fmt.Sprintf("        - name: files\n          configMap:\n            name: %s-files\n", j.Name)
	}
	return mounts + volumes
}

// unexpanded is an argument that arrives as it is: Kubernetes replaces $(NAME) by the
// variable, and $$ by $.
func unexpanded(arg string) string { return strings.ReplaceAll(arg, "$", "$$") }

// quoted is a string of YAML, as those of JSON are: 123 and true are none without quotes.
func quoted(text string) string {
	b := &strings.Builder{}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string is always written
	return strings.TrimSuffix(b.String(), "\n")
}

// shell is a word of a shell.
func shell(text string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+"
	if text != "" && strings.Trim(text, plain) == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// manifest is the Job, with a word in braces for what differs.
const manifest = `apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
{namespace}  labels:
    app.kubernetes.io/name: impala-lbcheck
    app.kubernetes.io/instance: {name}
spec:
  completionMode: Indexed
  completions: {shards}
  parallelism: {shards}
  # A shard that did not measure is not tried again: the others would be done by then.
  backoffLimitPerIndex: 0
  activeDeadlineSeconds: {deadline}
  # What is left in the cluster is left for a day.
  ttlSecondsAfterFinished: 86400
  podFailurePolicy:
    rules:
      # The node was drained, or the pod preempted: another pod does the part.
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: "True"
      # Wrong for one shard is wrong for all: the arguments, a mount, a limit.
      - action: FailJob
        onExitCodes:
          containerName: shard
          operator: In
          values: [2]
      # Not measured. The others go on, and the sum says what is missing.
      - action: FailIndex
        onExitCodes:
          containerName: shard
          operator: In
          values: [3, 4, 70]
  template:
    metadata:
      labels:
        app.kubernetes.io/name: impala-lbcheck
        app.kubernetes.io/instance: {name}
    spec:
      restartPolicy: Never
      # It never asks Kubernetes anything.
      automountServiceAccountToken: false
      # Else a Service named impala-lbcheck sets variables that no setting has.
      enableServiceLinks: false
      # Sessions that are open are closed first.
      terminationGracePeriodSeconds: 30
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        fsGroup: 65532
        seccompProfile:
          type: RuntimeDefault
      # As many nodes and zones as there are: each is a client of the balancer.
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              app.kubernetes.io/instance: {name}
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              app.kubernetes.io/instance: {name}
      containers:
        - name: shard
          image: {image}
          # Kubernetes sets JOB_COMPLETION_INDEX, which --shards reads.
          args:
{args}          # Less than the limit below: the process frees memory before it is killed.
          env:
            - name: GOMEMLIMIT
              value: {gomemlimit}
          terminationMessagePolicy: FallbackToLogsOnError
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          # Sessions open at once: {open}. New ones a second: {rate}. No limit of CPU,
          # since a throttled generator is late, and its times prove nothing.
          resources:
            requests:
              cpu: {cpu}m
              memory: {memory}Mi
            limits:
              memory: {limit}Mi
{mounts}`
