//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// iamRun is a command with the actions of its policy, or with all of them but one.
type iamRun struct {
	network          bool // the kind of the load balancer
	command, without string
	exit             int
}

// iamRuns are the runs in their order: for each kind what was built is taken away at the
// end. A command without an action must name it; where moto answers no XML that Elastic
// Load Balancing's clients know, it names the call, which is the same.
var iamRuns = []iamRun{
	{command: "plan", without: "ec2:DescribeVpcs", exit: 1},
	{command: "plan"},
	{command: "apply", without: "s3:PutBucketPolicy", exit: 1},
	{command: "apply", without: "elasticloadbalancing:ConfigureHealthCheck", exit: 1},
	{command: "apply"},
	{command: "status", without: "elasticloadbalancing:DescribeInstanceHealth", exit: 1},
	{command: "status", exit: 1}, // the test file of the access log, which moto does not write
	{command: "audit", without: "elasticloadbalancing:DescribeLoadBalancerAttributes", exit: 1},
	{command: "audit", exit: 1}, // the zones of a Classic load balancer, which moto does not tell
	{command: "destroy", without: "elasticloadbalancing:DeleteLoadBalancer", exit: 1},
	{command: "destroy"},
	{network: true, command: "plan"},
	{network: true, command: "apply", without: "elasticloadbalancing:CreateListener", exit: 1},
	{network: true, command: "apply"},
	{network: true, command: "status"},
	{network: true, command: "audit"},
	{network: true, command: "destroy", without: "elasticloadbalancing:DeleteTargetGroup", exit: 1},
	{network: true, command: "destroy"},
}

const iamCluster = "iam"

// provePolicies runs each command with the actions of its policy in docs/iam, and with
// one of them missing, in a moto that asks for them. moto knows one resource, *, and
// denies what has a condition, so that neither is evaluated; it asks s3:HeadBucket, an
// action that AWS does not have, for what s3:ListBucket allows there.
func (l *lab) provePolicies(ctx context.Context) (evidence, error) {
	if _, err := l.moto(); err != nil { // which installs it
		return evidence{}, err
	}
	m, err := l.startMoto(ctx, "moto-iam", iamPort)
	if err != nil {
		return evidence{}, err
	}
	d := &deployment{lab: l, moto: m, cluster: iamCluster, file: l.file("run", iamCluster+".yaml")}
	if d.awsResources, err = m.createResources(ctx, iamCluster); err != nil {
		return evidence{}, err
	}
	keys, err := d.createUsers(ctx)
	if err != nil {
		return evidence{}, err
	}
	if err := m.askForPermissions(ctx); err != nil {
		return evidence{}, err
	}
	denied := 0
	for i, run := range iamRuns {
		if i == 0 || run.network != iamRuns[i-1].network {
			if err := d.describeKind(ctx, run.network); err != nil {
				return evidence{}, err
			}
		}
		if err := d.runAs(ctx, run, keys[i]); err != nil {
			return evidence{}, err
		}
		if run.without != "" {
			denied++
		}
	}
	return evidence{numbers: fmt.Sprintf("plan, apply, status, audit and destroy of both kinds need no action that their policies lack; %d runs without one name it. Resources and conditions of the policies are NOT PROVEN: moto evaluates neither", denied)}, nil
}

// describeKind writes the lb.yaml of a kind: the Classic one has an access log.
func (d *deployment) describeKind(ctx context.Context, network bool) error {
	kind, log := "classic", "access_logs: {bucket: iam-logs, prefix: elb, create: true}\n"
	if network {
		kind, log = "network", ""
	}
	text, err := d.provision(ctx, 0, "init", iamCluster, "--kind", kind)
	if err != nil {
		return err
	}
	return d.write(text + log)
}

// createUsers makes a user with its actions for every run, and returns their keys: id
// and secret.
func (d *deployment) createUsers(ctx context.Context) (keys [][2]string, err error) {
	var lists [][]string
	for _, run := range iamRuns {
		actions, err := d.policyActions(run)
		if err != nil {
			return nil, err
		}
		if run.without != "" && !slices.Contains(actions, run.without) {
			return nil, fmt.Errorf("the policy of %s has no %s", run.command, run.without)
		}
		lists = append(lists, slices.DeleteFunc(actions, func(a string) bool { return a == run.without }))
	}
	text, err := json.Marshal(lists)
	if err != nil {
		return nil, err
	}
	return keys, d.boto(ctx, &keys, createUsers, string(text))
}

const createUsers = `
iam, keys = boto3.client("iam"), []
for n, actions in enumerate(json.loads(sys.argv[1])):
    name = "user-%d" % n
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="ours", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    keys.append([key["AccessKeyId"], key["SecretAccessKey"]])
print(json.dumps(keys))
`

// policyActions are all actions of a command's policy.
func (d *deployment) policyActions(run iamRun) ([]string, error) {
	dir := filepath.Join(d.root, "docs", "iam")
	if run.network && run.command != "audit" {
		dir = filepath.Join(dir, "network")
	}
	b, err := os.ReadFile(filepath.Join(dir, run.command+".json"))
	if err != nil {
		return nil, err
	}
	var policy struct{ Statement []struct{ Action []string } }
	if err := json.Unmarshal(b, &policy); err != nil {
		return nil, err
	}
	var actions []string
	for _, s := range policy.Statement {
		actions = append(actions, s.Action...)
	}
	if slices.Contains(actions, "s3:ListBucket") {
		actions = append(actions, "s3:HeadBucket")
	}
	return actions, nil
}

// askForPermissions has moto refuse what a caller may not, from the next call on.
func (m *moto) askForPermissions(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url+"/moto-api/reset-auth", bytes.NewReader([]byte("0")))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "text/plain")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("moto's reset-auth: %s", resp.Status)
	}
	return nil
}

// runAs runs a command with a user's keys, and checks what it says of permissions.
func (d *deployment) runAs(ctx context.Context, run iamRun, key [2]string) error {
	args := []string{"provision", run.command, "-f", d.file}
	switch run.command {
	case "audit":
		args = []string{"audit", "elb-impala-" + iamCluster}
	case "destroy":
		args = append(args, "--purge-logs", "--yes", iamCluster)
	}
	kind := map[bool]string{false: "classic", true: "network"}[run.network]
	a, err := d.runTool(ctx, toolRun{
		name: strings.Join([]string{"provision.policies", kind, run.command, run.without}, "."),
		env:  append(slices.Clone(d.env), "AWS_ACCESS_KEY_ID="+key[0], "AWS_SECRET_ACCESS_KEY="+key[1]), args: args,
	})
	if err != nil {
		return err
	}
	said := string(append(a.stdout, a.stderr...))
	lacks := strings.Contains(said, "lacks the permission") || strings.Contains(said, "UnknownError")
	switch {
	case a.code != run.exit:
		return fmt.Errorf("%s %s without %q: exit %d, want %d: %s", kind, run.command, run.without, a.code, run.exit, tail([]byte(said)))
	case run.without == "" && lacks:
		return fmt.Errorf("%s %s lacks a permission: %s", kind, run.command, tail([]byte(said)))
	case run.without != "" && !strings.Contains(said, run.without):
		return fmt.Errorf("%s %s without %s does not name it: %s", kind, run.command, run.without, tail([]byte(said)))
	}
	return nil
}
