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

// iamUser calls AWS with a policy of ours, or with all of it but one action.
type iamUser struct {
	command, without string
	key              []string // id and secret
}

// iamRuns are the runs in their order, which ends with what was built taken away. A
// command without an action must name it; where AWS answers no XML that Elastic Load
// Balancing's clients know, it names the call, which is the same.
var iamRuns = []struct {
	command, without string
	args             []string
	exit             int
}{
	{"plan", "ec2:DescribeVpcs", []string{"provision", "plan"}, 1},
	{"plan", "", []string{"provision", "plan"}, 0},
	{"apply", "s3:PutBucketPolicy", []string{"provision", "apply"}, 1},
	{"apply", "elasticloadbalancing:ConfigureHealthCheck", []string{"provision", "apply"}, 1},
	{"apply", "", []string{"provision", "apply"}, 0},
	{"status", "elasticloadbalancing:DescribeInstanceHealth", []string{"provision", "status"}, 1},
	{"status", "", []string{"provision", "status"}, 1}, // the test file of the access log, which moto does not write
	{"audit", "elasticloadbalancing:DescribeLoadBalancerAttributes", nil, 1},
	{"audit", "", nil, 1}, // the zones of a Classic load balancer, which moto does not tell
	{"destroy", "elasticloadbalancing:DeleteLoadBalancer", []string{"provision", "destroy", "--purge-logs", "--yes", iamCluster}, 1},
	{"destroy", "", []string{"provision", "destroy", "--purge-logs", "--yes", iamCluster}, 0},
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
	text, err := d.provision(ctx, 0, "init", iamCluster)
	if err != nil {
		return evidence{}, err
	}
	if err := d.write(text + "access_logs: {bucket: iam-logs, prefix: elb, create: true}\n"); err != nil {
		return evidence{}, err
	}
	users, err := d.createUsers(ctx)
	if err != nil {
		return evidence{}, err
	}
	if err := m.askForPermissions(ctx); err != nil {
		return evidence{}, err
	}
	denied := 0
	for i, run := range iamRuns {
		if err := d.runAs(ctx, users[i], run.args, run.exit); err != nil {
			return evidence{}, err
		}
		if run.without != "" {
			denied++
		}
	}
	return evidence{numbers: fmt.Sprintf("plan, apply, status, audit and destroy need no action that their policies lack; %d runs without one name it. Resources and conditions of the policies are NOT PROVEN: moto evaluates neither", denied)}, nil
}

// createUsers makes a user with its actions for every run.
func (d *deployment) createUsers(ctx context.Context) ([]iamUser, error) {
	var users []iamUser
	var lists [][]string
	for _, run := range iamRuns {
		actions, err := d.policyActions(run.command)
		if err != nil {
			return nil, err
		}
		if run.without != "" && !slices.Contains(actions, run.without) {
			return nil, fmt.Errorf("the policy of %s has no %s", run.command, run.without)
		}
		users = append(users, iamUser{command: run.command, without: run.without})
		lists = append(lists, slices.DeleteFunc(actions, func(a string) bool { return a == run.without }))
	}
	text, err := json.Marshal(lists)
	if err != nil {
		return nil, err
	}
	var keys [][]string
	if err := d.boto(ctx, &keys, createUsers, string(text)); err != nil {
		return nil, err
	}
	for i := range users {
		users[i].key = keys[i]
	}
	return users, nil
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
func (d *deployment) policyActions(command string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(d.root, "docs", "iam", command+".json"))
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

// runAs runs a command as a user: audit of what apply built, or one of provision.
func (d *deployment) runAs(ctx context.Context, u iamUser, args []string, exit int) error {
	if args == nil {
		args = []string{"audit", "elb-impala-" + d.cluster}
	} else {
		args = append(slices.Clone(args), "-f", d.file)
	}
	env := append(slices.Clone(d.env), "AWS_ACCESS_KEY_ID="+u.key[0], "AWS_SECRET_ACCESS_KEY="+u.key[1])
	a, err := d.runTool(ctx, toolRun{name: strings.Join([]string{"provision.policies", u.command, u.without}, "."), env: env, args: args})
	if err != nil {
		return err
	}
	said := string(append(a.stdout, a.stderr...))
	lacks := strings.Contains(said, "lacks the permission") || strings.Contains(said, "UnknownError")
	switch {
	case a.code != exit:
		return fmt.Errorf("%s without %q: exit %d, want %d: %s", u.command, u.without, a.code, exit, tail([]byte(said)))
	case u.without == "" && lacks:
		return fmt.Errorf("%s lacks a permission: %s", u.command, tail([]byte(said)))
	case u.without != "" && !strings.Contains(said, u.without):
		return fmt.Errorf("%s without %s does not name it: %s", u.command, u.without, tail([]byte(said)))
	}
	return nil
}
