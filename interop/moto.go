//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// moto simulates AWS, and the AWS CLI reads the result. Neither is ours.
const (
	pyMoto   = "moto[server]==5.2.3"
	pyAWS    = "awscli==1.46.3"
	motoPort = 22990
	iamPort  = 22991 // of the one that asks for permissions
)

// moto is a running server, and what calls it besides our command.
type moto struct {
	url    string
	env    []string // for all of them
	cli    string   // the AWS CLI
	python string   // with boto3
}

// startMoto starts a server of moto on loopback. A certificate is validated two seconds
// after the request, because moto does not use DNS.
func (l *lab) startMoto(ctx context.Context, name string, port int) (*moto, error) {
	server, err := l.installVenv(ctx, "moto", pyMoto)
	if err != nil {
		return nil, err
	}
	cli, err := l.installVenv(ctx, "aws", pyAWS)
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	cmd := exec.Command(filepath.Join(server, "bin", "moto_server"), "-H", "127.0.0.1", "-p", strconv.Itoa(port))
	cmd.Env = append(os.Environ(), "MOTO_ACM_VALIDATION_WAIT=2")
	p, err := l.procs.start(name, cmd, nil)
	if err != nil {
		return nil, err
	}
	m := &moto{url: "http://" + address, cli: filepath.Join(cli, "bin", "aws"), python: filepath.Join(server, "bin", "python"), env: []string{
		"AWS_ENDPOINT_URL=http://" + address, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_PAGER=",
	}}
	return m, p.await(ctx, 30*time.Second, func(context.Context) error {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
		}
		return err
	})
}

// aws runs the AWS CLI, which must succeed, and returns its stdout.
func (m *moto) aws(ctx context.Context, args ...string) (string, error) {
	b, err := runRequired(ctx, time.Minute, m.env, append([]string{m.cli}, args...)...)
	return strings.TrimSpace(string(b)), err
}

// boto runs a script in Python, to which boto3 and its arguments are known, and decodes
// what it prints.
func (m *moto) boto(ctx context.Context, v any, script string, args ...string) error {
	b, err := runRequired(ctx, time.Minute, m.env, append([]string{m.python, "-c", "import boto3, json, sys\n" + script}, args...)...)
	if err != nil || v == nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// awsAll runs the AWS CLI several times; each run must succeed.
func (m *moto) awsAll(ctx context.Context, commands ...[]string) error {
	for _, args := range commands {
		if _, err := m.aws(ctx, args...); err != nil {
			return fmt.Errorf("aws %s: %w", strings.Join(args, " "), err)
		}
	}
	return nil
}

// awsJSON runs the AWS CLI and decodes its JSON output.
func (m *moto) awsJSON(ctx context.Context, v any, args ...string) error {
	text, err := m.aws(ctx, append(args, "--output", "json")...)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), v)
}

// awsResources are the resources that a load balancer needs: a VPC with a subnet in
// each of two zones, three coordinators, and an executor, which has no client port.
type awsResources struct {
	vpc                     string
	coordinators, executors []string
}

// createResources creates the resources of a cluster.
func (m *moto) createResources(ctx context.Context, cluster string) (awsResources, error) {
	var g awsResources
	tag := func(kind, key, value string) string {
		return fmt.Sprintf("ResourceType=%s,Tags=[{Key=%s,Value=%s}]", kind, key, value)
	}
	vpc, err := m.aws(ctx, "ec2", "create-vpc", "--cidr-block", "10.9.0.0/16", "--tag-specifications", tag("vpc", "Name", cluster+" VPC"), "--query", "Vpc.VpcId", "--output", "text")
	if err != nil {
		return g, err
	}
	g.vpc = vpc
	for i, zone := range []string{"us-east-1a", "us-east-1b"} {
		subnet, err := m.aws(ctx, "ec2", "create-subnet", "--vpc-id", vpc, "--availability-zone", zone, "--cidr-block", fmt.Sprintf("10.9.%d.0/24", i),
			"--tag-specifications", tag("subnet", "Name", cluster+" Private subnet 0"), "--query", "Subnet.SubnetId", "--output", "text")
		if err != nil {
			return g, err
		}
		run := func(role string, n int) ([]string, error) {
			ids, err := m.aws(ctx, "ec2", "run-instances", "--image-id", "ami-12c6146b", "--subnet-id", subnet, "--count", strconv.Itoa(n), "--tag-specifications",
				fmt.Sprintf("ResourceType=instance,Tags=[{Key=env,Value=%s},{Key=type,Value=%s}]", cluster, role), "--query", "Instances[].InstanceId", "--output", "text")
			return strings.Fields(ids), err
		}
		ids, err := run("coordinator", 2-i) // two in the first zone, one in the second
		if err != nil {
			return g, err
		}
		g.coordinators = append(g.coordinators, ids...)
		if i == 0 {
			if g.executors, err = run("executor", 1); err != nil {
				return g, err
			}
		}
	}
	return g, nil
}
