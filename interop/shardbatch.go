//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// batchShards is how many children the array job has here, and batchPort where HAProxy is
// that they are sent to.
const (
	batchShards = 3
	batchPort   = 22995
)

// batchQueue makes what a job is submitted to.
const batchQueue = `
iam, batch = boto3.client("iam"), boto3.client("batch")
role = iam.create_role(RoleName="batch", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
batch.create_compute_environment(computeEnvironmentName="checks", type="UNMANAGED", serviceRole=role)
batch.create_job_queue(jobQueueName="checks", state="ENABLED", priority=1, computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "checks"}])
`

// batchChildren prints what an engine starts the children of an array job with. moto has
// the index of a child in its id alone.
const batchChildren = `
batch = boto3.client("batch")
job = batch.describe_jobs(jobs=[sys.argv[1]])["jobs"][0]
container = batch.describe_job_definitions(jobDefinitions=[job["jobDefinition"]])["jobDefinitions"][0]["containerProperties"]
ids = [c["jobId"] for c in batch.list_jobs(arrayJobId=sys.argv[1])["jobSummaryList"]]
children = batch.describe_jobs(jobs=ids)["jobs"]
assert job["arrayProperties"]["size"] == len(children), job
print(json.dumps({"command": container["command"], "environment": container["environment"], "children": [
    {"index": int(c["jobId"].rsplit(":")[1]), "stream": c["container"]["logStreamName"]} for c in children]}))
`

// batchLogs writes the lines of files to log streams, as the engine does.
const batchLogs = `import time
logs = boto3.client("logs")
try:
    logs.create_log_group(logGroupName="/aws/batch/job")
except logs.exceptions.ResourceAlreadyExistsException:
    pass
for stream, name in zip(sys.argv[1::2], sys.argv[2::2]):
    logs.create_log_stream(logGroupName="/aws/batch/job", logStreamName=stream)
    lines = open(name).read().splitlines()
    for at in range(0, len(lines), 5000):
        logs.put_log_events(logGroupName="/aws/batch/job", logStreamName=stream,
            logEvents=[{"timestamp": int(time.time() * 1000), "message": l or " "} for l in lines[at:at + 5000]])
`

// batchArray is what moto says of an array job.
type batchArray struct {
	Command     []string `json:"command"`
	Environment []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"environment"`
	Children []struct {
		Index  int    `json:"index"`
		Stream string `json:"stream"`
	} `json:"children"`
}

// proveShardBatch does what docs/scale.md has for AWS Batch, against moto, which takes the
// definition and the array job, and runs nothing: the children are run here, by the
// command and the indices that moto has of them.
func (l *lab) proveShardBatch(ctx context.Context) (evidence, error) {
	m, err := l.moto()
	if err != nil {
		return evidence{}, err
	}
	h, err := l.startBatchBalancer(ctx)
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	if err := m.withoutContainers(ctx); err != nil {
		return evidence{}, err
	}
	if err := m.boto(ctx, nil, batchQueue); err != nil {
		return evidence{}, err
	}
	b := &batchRun{lab: l, moto: m, dir: l.file("run", "batch")}
	if err := b.writeTools(); err != nil {
		return evidence{}, err
	}
	submit, merge, err := b.documented()
	if err != nil {
		return evidence{}, err
	}
	job, err := b.shell(ctx, submit+"\nprintf %s \"$job\"\n")
	if err != nil {
		return evidence{}, err
	}
	if job.code != 0 {
		return evidence{}, fmt.Errorf("submit: exit %d: %s", job.code, tail(append(job.stdout, job.stderr...)))
	}
	id := lastWord(job.stdout)
	if err := b.runChildren(ctx, id); err != nil {
		return evidence{}, err
	}
	verdict, err := b.shell(ctx, "job="+id+"\n"+merge)
	if err != nil {
		return evidence{}, err
	}
	total, err := h.total(ctx, "batch")
	if err != nil {
		return evidence{}, err
	}
	if err := checkBatch(verdict, total); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("moto takes the printed definition and array job; %d children, run by moto's command and indices, pass by the documented lines; the balancer counted %d sessions. Not proven: that AWS Batch starts them, with the variable, the secret and EFS", batchShards, total)}, nil
}

// checkBatch expects a pass of all sessions that the balancer counted, but for the scouts:
// each shard has one on each of two nodes.
func checkBatch(verdict commandResult, counted int) error {
	passes := fmt.Sprintf("PASS: %d sessions over 2 nodes", counted-2*batchShards)
	says := fmt.Sprintf("this is the sum of %d shards", batchShards)
	if text := string(verdict.stdout); verdict.code != 0 || !strings.Contains(text, passes) || !strings.Contains(text, says) {
		return fmt.Errorf("merge: exit %d, not %q: %s", verdict.code, passes, tail(append(verdict.stdout, verdict.stderr...)))
	}
	return nil
}

// startBatchBalancer starts HAProxy on both nodes of lbName.
func (l *lab) startBatchBalancer(ctx context.Context) (*haproxy, error) {
	c, err := l.plainCluster()
	if err != nil {
		return nil, err
	}
	if err := l.hosts(); err != nil {
		return nil, err
	}
	port := strconv.Itoa(batchPort)
	bind := net.JoinHostPort(nodeOne, port) + "," + net.JoinHostPort(nodeTwo, port)
	return l.startHAProxy(ctx, "shards-batch", []listener{{name: "batch", bind: bind, options: []string{roundRobinLine}, servers: c.addresses()}})
}

// withoutContainers has moto's Batch mark jobs as done that it would run in Docker.
func (m *moto) withoutContainers(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url+"/moto-api/config", strings.NewReader(`{"batch": {"use_docker": false}}`))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("moto's configuration: %s", response.Status)
	}
	return nil
}

// batchRun runs what the documentation says.
type batchRun struct {
	*lab
	moto *moto
	dir  string
}

// writeTools writes commands under the names that the documentation has.
func (b *batchRun) writeTools() error {
	tool, err := b.tool()
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(b.dir), os.MkdirAll(b.dir, 0o755)); err != nil {
		return err
	}
	return errors.Join(os.Symlink(tool, filepath.Join(b.dir, "impala-lbcheck")), os.Symlink(b.moto.cli, filepath.Join(b.dir, "aws")))
}

// documented are the lines of docs/scale.md, for fewer shards and the balancer here: until
// the job is submitted, and from then on.
func (b *batchRun) documented() (submit, merge string, err error) {
	text, err := os.ReadFile(filepath.Join(b.root, "docs", "scale.md"))
	if err != nil {
		return "", "", err
	}
	_, rest, _ := strings.Cut(string(text), "\n## On AWS Batch\n\n```\n")
	block, _, ok := strings.Cut(rest, "```\n")
	submit, merge, found := strings.Cut(block, "\nuntil ")
	if !ok || !found {
		return "", "", errors.New("docs/scale.md: where are the lines for AWS Batch?")
	}
	here := strings.NewReplacer("--shards 50", fmt.Sprint("--shards ", batchShards), "seq 0 49", fmt.Sprint("seq 0 ", batchShards-1),
		"impala.example.com --expect-coordinators 5", fmt.Sprintf("%s:%d --expect-coordinators %d --rate 40/s", lbName, batchPort, coordinators))
	return here.Replace(submit), here.Replace("until " + merge), nil
}

// shell runs documented lines in the directory of the tools.
func (b *batchRun) shell(ctx context.Context, lines string) (commandResult, error) {
	env := append([]string{"PATH=" + b.dir + ":" + os.Getenv("PATH")}, b.moto.env...)
	return runCommand(ctx, 5*time.Minute, env, "sh", "-ec", "cd "+b.dir+"\n"+lines)
}

func lastWord(text []byte) string {
	words := strings.Fields(string(text))
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// runChildren runs the children of an array job at once, and keeps what they print where
// Batch would.
func (b *batchRun) runChildren(ctx context.Context, job string) error {
	var array batchArray
	if err := b.moto.boto(ctx, &array, batchChildren, job); err != nil {
		return err
	}
	if len(array.Children) != batchShards {
		return fmt.Errorf("the array has %d children", len(array.Children))
	}
	errs, files := make([]error, batchShards), make([]string, 2*batchShards)
	var all sync.WaitGroup
	for i, child := range array.Children {
		env := []string{fmt.Sprint("AWS_BATCH_JOB_ARRAY_INDEX=", child.Index)}
		for _, v := range array.Environment {
			env = append(env, v.Name+"="+v.Value)
		}
		files[2*i], files[2*i+1] = child.Stream, filepath.Join(b.dir, fmt.Sprint("child-", child.Index))
		all.Go(func() {
			r, err := runCommand(ctx, toolTimeout, env, append([]string{filepath.Join(b.dir, "impala-lbcheck")}, array.Command...)...)
			if err == nil && r.code != 0 {
				err = fmt.Errorf("child %d: exit %d: %s", child.Index, r.code, tail(append(r.stdout, r.stderr...)))
			}
			errs[i] = errors.Join(err, os.WriteFile(files[2*i+1], r.stdout, 0o644))
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return b.moto.boto(ctx, nil, batchLogs, files...)
}
