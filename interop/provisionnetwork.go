//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// proveProvisionNetwork builds a network load balancer by the script of plan, in which
// apply then finds nothing missing; corrects manual changes; adds TLS and an access log;
// removes it, and builds it once more by apply. moto differs from AWS where the proof
// says so, and provision has no way round it.
func (l *lab) proveProvisionNetwork(ctx context.Context) (evidence, error) {
	d, err := l.newNetworkDeployment(ctx, "net")
	if err != nil {
		return evidence{}, err
	}
	if err := d.runScript(ctx); err != nil {
		return evidence{}, err
	}
	if err := d.applyNothing(ctx); err != nil {
		return evidence{}, fmt.Errorf("after the script: %w", err)
	}
	if err := d.checkNetwork(ctx, "TCP"); err != nil {
		return evidence{}, err
	}
	corrected, err := d.checkNetworkDrift(ctx)
	if err != nil {
		return evidence{}, err
	}
	forTLS, err := d.enableNetworkTLS(ctx)
	if err != nil {
		return evidence{}, err
	}
	if err := d.checkOtherKind(ctx); err != nil {
		return evidence{}, err
	}
	if err := d.destroyNetwork(ctx); err != nil {
		return evidence{}, err
	}
	built, err := d.apply(ctx)
	if err != nil {
		return evidence{}, err
	}
	if err := d.destroyNetwork(ctx); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("the script builds it, and apply has nothing to add; %d calls correct manual changes, %d add TLS and an access log; kind: classic is refused; destroy leaves nothing, and %d calls of apply build it again. "+
		"moto names it loadbalancer/app, has targets healthy at once and deregistered at once, no interfaces, and none of the quotas: draining, the wait for health and the release of interfaces are NOT PROVEN here", corrected, forTLS, built)}, nil
}

// newNetworkDeployment is newDeployment of the other kind.
func (l *lab) newNetworkDeployment(ctx context.Context, cluster string) (*deployment, error) {
	d, err := l.newDeployment(ctx, cluster)
	if err != nil {
		return nil, err
	}
	text, err := d.provision(ctx, 0, "init", cluster, "--kind", "network")
	if err != nil {
		return nil, err
	}
	return d, d.write(text)
}

// applyNothing is an apply that must have nothing to do.
func (d *deployment) applyNothing(ctx context.Context) error {
	n, err := d.apply(ctx)
	if err == nil && n != 0 {
		err = fmt.Errorf("apply wrote %d times where nothing is missing", n)
	}
	return err
}

// runScript runs the script of plan with the AWS CLI.
func (d *deployment) runScript(ctx context.Context) error {
	script, err := d.provision(ctx, 0, "plan", "--emit", "cli")
	if err != nil {
		return err
	}
	file := d.lab.file("run", d.cluster+".sh")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		return err
	}
	env := append(slices.Clone(d.env), "PATH="+filepath.Dir(d.cli)+":"+os.Getenv("PATH"))
	_, err = runRequired(ctx, 3*time.Minute, env, "sh", file)
	return err
}

// networkState is what the AWS CLI tells of the load balancer.
type networkState struct {
	balancer, listener, group, protocol string // ARNs, but the last
	idle, delay                         string
	targets                             []string
}

func (d *deployment) networkState(ctx context.Context) (networkState, error) {
	var s networkState
	one := func(into *string, args ...string) error {
		text, err := d.aws(ctx, append(args, "--output", "text")...)
		*into = text
		return err
	}
	if err := one(&s.balancer, "elbv2", "describe-load-balancers", "--names", "elb-impala-"+d.cluster, "--query", "LoadBalancers[?Type=='network'].LoadBalancerArn"); err != nil {
		return s, err
	}
	var listeners []struct {
		ListenerArn, Protocol string
		DefaultActions        []struct{ TargetGroupArn string }
	}
	if err := d.awsJSON(ctx, &listeners, "elbv2", "describe-listeners", "--load-balancer-arn", s.balancer, "--query", "Listeners"); err != nil {
		return s, err
	}
	if len(listeners) != 1 || len(listeners[0].DefaultActions) != 1 {
		return s, fmt.Errorf("listeners %+v", listeners)
	}
	s.listener, s.protocol, s.group = listeners[0].ListenerArn, listeners[0].Protocol, listeners[0].DefaultActions[0].TargetGroupArn
	if err := one(&s.idle, "elbv2", "describe-listener-attributes", "--listener-arn", s.listener, "--query", "Attributes[?Key=='tcp.idle_timeout.seconds'].Value"); err != nil {
		return s, err
	}
	if err := one(&s.delay, "elbv2", "describe-target-group-attributes", "--target-group-arn", s.group, "--query", "Attributes[?Key=='target_health_state.unhealthy.draining_interval_seconds'].Value"); err != nil {
		return s, err
	}
	err := d.awsJSON(ctx, &s.targets, "elbv2", "describe-target-health", "--target-group-arn", s.group, "--query", "TargetHealthDescriptions[?TargetHealth.State=='healthy'].Target.Id")
	slices.Sort(s.targets)
	return s, err
}

// checkNetwork compares the output of the AWS CLI with lb.yaml.
func (d *deployment) checkNetwork(ctx context.Context, protocol string) error {
	s, err := d.networkState(ctx)
	if err != nil {
		return err
	}
	want := slices.Sorted(slices.Values(d.coordinators))
	if s.protocol != protocol || protocol == "TCP" && s.idle != "3600" || s.delay != "300" || !slices.Equal(s.targets, want) {
		return fmt.Errorf("the AWS CLI tells %+v", s)
	}
	return nil
}

// checkNetworkDrift changes it with the AWS CLI, which status must detect and apply
// correct. It returns the number of writes.
func (d *deployment) checkNetworkDrift(ctx context.Context) (int, error) {
	s, err := d.networkState(ctx)
	if err != nil {
		return 0, err
	}
	if err := d.awsAll(ctx,
		[]string{"elbv2", "modify-listener-attributes", "--listener-arn", s.listener, "--attributes", "Key=tcp.idle_timeout.seconds,Value=350"},
		[]string{"elbv2", "modify-target-group-attributes", "--target-group-arn", s.group, "--attributes", "Key=proxy_protocol_v2.enabled,Value=true"},
		[]string{"elbv2", "modify-load-balancer-attributes", "--load-balancer-arn", s.balancer, "--attributes", "Key=load_balancing.cross_zone.enabled,Value=false"},
		[]string{"elbv2", "deregister-targets", "--target-group-arn", s.group, "--targets", "Id=" + d.coordinators[0]},
		[]string{"elbv2", "register-targets", "--target-group-arn", s.group, "--targets", "Id=" + d.executors[0]},
	); err != nil {
		return 0, err
	}
	status, err := d.provision(ctx, 1, "status")
	if err != nil {
		return 0, err
	}
	for _, words := range []string{"tcp.idle_timeout.seconds=350", "proxy_protocol_v2.enabled=true", "load_balancing.cross_zone.enabled=false", d.coordinators[0], d.executors[0]} {
		if !strings.Contains(status, words) {
			return 0, fmt.Errorf("status does not contain %q: %s", words, tail([]byte(status)))
		}
	}
	writes, err := d.apply(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := d.provision(ctx, 0, "status"); err != nil {
		return 0, err
	}
	return writes, d.checkNetwork(ctx, "TCP")
}

// enableNetworkTLS changes the listener in place. It returns the number of writes.
func (d *deployment) enableNetworkTLS(ctx context.Context) (int, error) {
	if err := d.edit("# tls:\n", "tls: {domain: impala.example.com}\naccess_logs: {bucket: net-logs, prefix: elb, create: true}\n"); err != nil {
		return 0, err
	}
	if err := d.edit("idle_timeout: 3600s", "# 350s"); err != nil {
		return 0, err
	}
	writes, err := d.apply(ctx)
	if err != nil {
		return 0, err
	}
	if err := d.applyNothing(ctx); err != nil {
		return 0, fmt.Errorf("with TLS, again: %w", err)
	}
	return writes, d.checkNetwork(ctx, "TLS")
}

// checkOtherKind checks that plan refuses to exchange it.
func (d *deployment) checkOtherKind(ctx context.Context) error {
	network, err := os.ReadFile(d.file)
	if err != nil {
		return err
	}
	text, err := d.provision(ctx, 0, "init", d.cluster)
	if err != nil {
		return err
	}
	if err := d.write(text); err != nil {
		return err
	}
	text, err = d.provision(ctx, 1, "plan")
	if err == nil && !strings.Contains(text, "was built as a network load balancer") {
		err = fmt.Errorf("plan of the other kind: %s", tail([]byte(text)))
	}
	if err != nil {
		return err
	}
	return d.write(string(network))
}

// destroyNetwork removes it, and checks with the AWS CLI that nothing of it is left.
func (d *deployment) destroyNetwork(ctx context.Context) error {
	if _, err := d.provision(ctx, 0, "destroy", "--yes", d.cluster); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"elbv2", "describe-load-balancers", "--query", "LoadBalancers[?LoadBalancerName=='elb-impala-" + d.cluster + "'].LoadBalancerArn"},
		{"elbv2", "describe-target-groups", "--query", "TargetGroups[?starts_with(TargetGroupName, 'impala-lb-')].TargetGroupName"},
		{"ec2", "describe-security-groups", "--filters", "Name=tag:impala-lbcheck:owner,Values=*/" + d.cluster, "--query", "SecurityGroups[].GroupId"},
		{"acm", "list-certificates", "--query", "CertificateSummaryList[].DomainName"},
	} {
		var left []json.RawMessage
		if err := d.awsJSON(ctx, &left, args...); err != nil {
			return err
		} else if len(left) > 0 {
			return fmt.Errorf("%s: left %s", strings.Join(args[:2], " "), left)
		}
	}
	return nil
}
