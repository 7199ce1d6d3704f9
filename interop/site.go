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

// site is one lb.yaml and the cluster that it stands before.
type site struct {
	*lab
	*moto
	cluster, file string
	ports         []int // of its listeners, sorted
	ground
}

// newSite lays the ground for a cluster and writes its lb.yaml: our own page, with
// lines added.
func (l *lab) newSite(ctx context.Context, cluster string, more ...string) (*site, error) {
	m, err := l.moto()
	if err != nil {
		return nil, err
	}
	s := &site{lab: l, moto: m, cluster: cluster, ports: []int{21050}, file: l.file("run", cluster+".yaml")}
	if s.ground, err = m.seed(ctx, cluster); err != nil {
		return nil, err
	}
	page, err := s.provision(ctx, 0, "init", cluster)
	if err != nil {
		return nil, err
	}
	return s, s.write(page + strings.Join(more, "\n") + "\n")
}

func (s *site) write(page string) error { return os.WriteFile(s.file, []byte(page), 0o644) }

// edit replaces text in lb.yaml.
func (s *site) edit(from, to string) error {
	b, err := os.ReadFile(s.file)
	if err != nil {
		return err
	}
	if !strings.Contains(string(b), from) {
		return fmt.Errorf("%s does not say %q", s.file, from)
	}
	return s.write(strings.Replace(string(b), from, to, 1))
}

// provision runs a command of the provisioning path, which must exit so.
func (s *site) provision(ctx context.Context, exit int, args ...string) (string, error) {
	tool, err := s.tool()
	if err != nil {
		return "", err
	}
	argv := append([]string{tool, "provision"}, args...)
	if args[0] != "init" {
		argv = append(argv, "-f", s.file)
	}
	a, err := ask(ctx, 2*time.Minute, s.env, argv...)
	if err != nil {
		return "", err
	}
	if a.code != exit {
		return "", fmt.Errorf("provision %s: exit %d where %d is right: %s", strings.Join(args, " "), a.code, exit, tail(append(a.stdout, a.stderr...)))
	}
	return string(a.stdout), nil
}

// apply applies and returns how many calls changed something.
func (s *site) apply(ctx context.Context) (int, error) {
	text, err := s.provision(ctx, 0, "apply", "--json")
	if err != nil {
		return 0, err
	}
	var report struct {
		Done []struct{ Call string }
	}
	err = json.Unmarshal([]byte(text), &report)
	return len(report.Done), err
}

// built is what the AWS CLI says of a load balancer.
type built struct {
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

func (s *site) built(ctx context.Context) (built, error) {
	var all struct{ LoadBalancerDescriptions []built }
	err := s.read(ctx, &all, "elb", "describe-load-balancers", "--load-balancer-names", "elb-impala-"+s.cluster)
	if err == nil && len(all.LoadBalancerDescriptions) != 1 {
		err = fmt.Errorf("%d load balancers", len(all.LoadBalancerDescriptions))
	}
	if err != nil {
		return built{}, err
	}
	return all.LoadBalancerDescriptions[0], nil
}

// isAsAsked compares what the AWS CLI says with what lb.yaml asked for.
func (s *site) isAsAsked(ctx context.Context, protocol string) error {
	b, err := s.built(ctx)
	if err != nil {
		return err
	}
	var attributes struct {
		LoadBalancerAttributes struct {
			ConnectionSettings struct{ IdleTimeout int }
		}
	}
	if err := s.read(ctx, &attributes, "elb", "describe-load-balancer-attributes", "--load-balancer-name", "elb-impala-"+s.cluster); err != nil {
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
	if want := slices.Sorted(slices.Values(s.coordinators)); !slices.Equal(slices.Compact(have), want) {
		return fmt.Errorf("registered %v, the coordinators are %v", have, want)
	}
	var ports []int
	for _, d := range b.ListenerDescriptions {
		ports = append(ports, d.Listener.LoadBalancerPort)
	}
	if slices.Sort(ports); !slices.Equal(ports, s.ports) {
		return fmt.Errorf("listeners on %v, want %v", ports, s.ports)
	}
	for _, d := range b.ListenerDescriptions {
		if l := d.Listener; l.Protocol != protocol || (protocol == "SSL") != (l.SSLCertificateId != "") {
			return fmt.Errorf("listener %+v, want %s", l, protocol)
		}
	}
	return nil
}
