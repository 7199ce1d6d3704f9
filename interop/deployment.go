//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// deployment is an lb.yaml and the cluster whose load balancer it describes.
type deployment struct {
	*lab
	*moto
	cluster, file string
	ports         []int // of the listeners, sorted
	awsResources
}

// newDeployment creates the AWS resources of a cluster and writes its lb.yaml: the
// output of provision init with lines added.
func (l *lab) newDeployment(ctx context.Context, cluster string, lines ...string) (*deployment, error) {
	m, err := l.moto()
	if err != nil {
		return nil, err
	}
	d := &deployment{lab: l, moto: m, cluster: cluster, ports: []int{21050}, file: l.file("run", cluster+".yaml")}
	if d.awsResources, err = m.createResources(ctx, cluster); err != nil {
		return nil, err
	}
	text, err := d.provision(ctx, 0, "init", cluster)
	if err != nil {
		return nil, err
	}
	return d, d.write(text + strings.Join(lines, "\n") + "\n")
}

func (d *deployment) write(text string) error { return os.WriteFile(d.file, []byte(text), 0o644) }

// edit replaces text in lb.yaml.
func (d *deployment) edit(from, to string) error {
	b, err := os.ReadFile(d.file)
	if err != nil {
		return err
	}
	if !strings.Contains(string(b), from) {
		return fmt.Errorf("%s does not contain %q", d.file, from)
	}
	return d.write(strings.Replace(string(b), from, to, 1))
}

// provision runs a provision command, checks its exit code and returns its output.
func (d *deployment) provision(ctx context.Context, exit int, args ...string) (string, error) {
	tool, err := d.tool()
	if err != nil {
		return "", err
	}
	argv := append([]string{tool, "provision"}, args...)
	if args[0] != "init" {
		argv = append(argv, "-f", d.file)
	}
	a, err := runCommand(ctx, 2*time.Minute, d.env, argv...)
	if err != nil {
		return "", err
	}
	if a.code != exit {
		return "", fmt.Errorf("provision %s: exit %d, want %d: %s", strings.Join(args, " "), a.code, exit, tail(append(a.stdout, a.stderr...)))
	}
	return string(a.stdout), nil
}

// apply runs provision apply and returns the number of calls that changed something.
func (d *deployment) apply(ctx context.Context) (int, error) {
	text, err := d.provision(ctx, 0, "apply", "--json")
	if err != nil {
		return 0, err
	}
	var report struct {
		Done []struct{ Call string }
	}
	err = json.Unmarshal([]byte(text), &report)
	return len(report.Done), err
}

// loadBalancer is a load balancer as the AWS CLI prints it.
type loadBalancer struct {
	DNSName     string
	Instances   []struct{ InstanceId string }
	HealthCheck struct {
		Target                                                  string
		Interval, Timeout, UnhealthyThreshold, HealthyThreshold int
	}
	ListenerDescriptions []struct {
		Listener struct {
			Protocol         string
			LoadBalancerPort int
			SSLCertificateId string
		}
	}
}

func (d *deployment) describeLoadBalancer(ctx context.Context) (loadBalancer, error) {
	var all struct{ LoadBalancerDescriptions []loadBalancer }
	err := d.awsJSON(ctx, &all, "elb", "describe-load-balancers", "--load-balancer-names", "elb-impala-"+d.cluster)
	if err == nil && len(all.LoadBalancerDescriptions) != 1 {
		err = fmt.Errorf("%d load balancers", len(all.LoadBalancerDescriptions))
	}
	if err != nil {
		return loadBalancer{}, err
	}
	return all.LoadBalancerDescriptions[0], nil
}

// checkMatchesConfig compares the output of the AWS CLI with lb.yaml.
func (d *deployment) checkMatchesConfig(ctx context.Context, protocol string) error {
	b, err := d.describeLoadBalancer(ctx)
	if err != nil {
		return err
	}
	var attributes struct {
		LoadBalancerAttributes struct {
			ConnectionSettings struct{ IdleTimeout int }
		}
	}
	if err := d.awsJSON(ctx, &attributes, "elb", "describe-load-balancer-attributes", "--load-balancer-name", "elb-impala-"+d.cluster); err != nil {
		return err
	}
	h := b.HealthCheck
	if h.Target != "TCP:21050" || h.Interval != 30 || h.Timeout != 5 || h.UnhealthyThreshold != 2 || h.HealthyThreshold != 5 {
		return fmt.Errorf("health check %+v", h)
	}
	if idle := attributes.LoadBalancerAttributes.ConnectionSettings.IdleTimeout; idle != 3600 {
		return fmt.Errorf("idle timeout %d", idle)
	}
	var have []string
	for _, i := range b.Instances {
		have = append(have, i.InstanceId)
	}
	slices.Sort(have)
	if want := slices.Sorted(slices.Values(d.coordinators)); !slices.Equal(slices.Compact(have), want) {
		return fmt.Errorf("registered %v, the coordinators are %v", have, want)
	}
	var ports []int
	for _, listener := range b.ListenerDescriptions {
		ports = append(ports, listener.Listener.LoadBalancerPort)
	}
	if slices.Sort(ports); !slices.Equal(ports, d.ports) {
		return fmt.Errorf("listeners on %v, want %v", ports, d.ports)
	}
	for _, listener := range b.ListenerDescriptions {
		if l := listener.Listener; l.Protocol != protocol || (protocol == "SSL") != (l.SSLCertificateId != "") {
			return fmt.Errorf("listener %+v, want %s", l, protocol)
		}
	}
	return nil
}
