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

// provisionProofs build a load balancer against moto and read it back with the
// AWS CLI.
func provisionProofs(l *lab) []proof {
	warm := func() { l.moto() }
	return []proof{
		{name: "provision.story", prepare: warm, run: l.proveProvision},
		{name: "provision.killed", run: l.proveKilledApply},
		{name: "provision.smoke", run: l.proveSmokeFromProvision},
	}
}

// proveProvision is the whole story: a plan, a load balancer, drift by hand
// seen and mended, TLS, and nothing left; a group of somebody else's is not touched.
func (l *lab) proveProvision(ctx context.Context) (evidence, error) {
	s, err := l.newDeployment(ctx, "story", "access_logs: {bucket: story-logs, prefix: elb, create: true}")
	if err != nil {
		return evidence{}, err
	}
	if _, err := s.provision(ctx, 10, "plan", "--detailed-exitcode"); err != nil {
		return evidence{}, err
	}
	first, err := s.apply(ctx)
	if err != nil {
		return evidence{}, err
	}
	again, err := s.apply(ctx)
	if err != nil {
		return evidence{}, err
	}
	if first == 0 || again != 0 {
		return evidence{}, fmt.Errorf("the first apply wrote %d times, the second %d", first, again)
	}
	if err := s.checkMatchesConfig(ctx, "TCP"); err != nil {
		return evidence{}, err
	}
	mended, err := s.checkDrift(ctx)
	if err != nil {
		return evidence{}, err
	}
	secured, err := s.enableTLS(ctx)
	if err != nil {
		return evidence{}, err
	}
	if err := s.destroy(ctx); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("%d writes build it, the AWS CLI reads it back, a second apply reports none; %d mend what was changed by hand, %d bring TLS; destroy leaves nothing tagged, and a stranger's group beside them",
		first, mended, secured)}, nil
}

// checkDrift changes things by hand, which status must see and apply mend.
func (s *deployment) checkDrift(ctx context.Context) (int, error) {
	name := "elb-impala-" + s.cluster
	if err := s.awsAll(ctx,
		[]string{"elb", "modify-load-balancer-attributes", "--load-balancer-name", name, "--load-balancer-attributes", `{"ConnectionSettings":{"IdleTimeout":60}}`},
		[]string{"elb", "deregister-instances-from-load-balancer", "--load-balancer-name", name, "--instances", s.coordinators[0]},
		[]string{"elb", "register-instances-with-load-balancer", "--load-balancer-name", name, "--instances", s.executors[0]},
	); err != nil {
		return 0, err
	}
	said, err := s.provision(ctx, 1, "status")
	if err != nil {
		return 0, err
	}
	for _, words := range []string{"idle timeout 60s", s.coordinators[0], s.executors[0]} {
		if !strings.Contains(said, words) {
			return 0, fmt.Errorf("status does not see %s: %s", words, tail([]byte(said)))
		}
	}
	mended, err := s.apply(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := s.provision(ctx, 0, "status"); err != nil {
		return 0, err
	}
	return mended, s.checkMatchesConfig(ctx, "TCP")
}

// enableTLS adds TLS to lb.yaml and applies it. The way behind is encrypted too,
// since moto tells of a listener's other side what it tells of this one.
func (s *deployment) enableTLS(ctx context.Context) (int, error) {
	if err := s.edit("# tls:\n", "tls: {domain: impala.example.com, backend: tls}\n"); err != nil {
		return 0, err
	}
	secured, err := s.apply(ctx)
	if err != nil {
		return 0, err
	}
	if again, err := s.apply(ctx); err != nil {
		return 0, fmt.Errorf("with TLS a second apply: %w", err)
	} else if again != 0 {
		return 0, fmt.Errorf("with TLS a second apply wrote %d times", again)
	}
	return secured, s.checkMatchesConfig(ctx, "SSL")
}

// destroy needs the cluster's name, and then leaves nothing with our tag. A
// group that stands beside ours is not ours.
func (s *deployment) destroy(ctx context.Context) error {
	stranger, err := s.aws(ctx, "ec2", "create-security-group", "--vpc-id", s.vpc, "--group-name", s.cluster+" Impala strangers", "--description", "not ours", "--query", "GroupId", "--output", "text")
	if err != nil {
		return err
	}
	if _, err := s.provision(ctx, 2, "destroy"); err != nil {
		return err
	}
	if _, err := s.describeLoadBalancer(ctx); err != nil {
		return fmt.Errorf("destroy without --yes: %w", err)
	}
	if _, err := s.provision(ctx, 0, "destroy", "--yes", s.cluster); err != nil {
		return err
	}
	return s.checkNothingLeft(ctx, stranger)
}

// checkNothingLeft asks the AWS CLI for what carries our tag for this cluster.
func (s *deployment) checkNothingLeft(ctx context.Context, stranger string) error {
	var groups []string
	owner := "*/" + s.cluster
	if err := s.awsJSON(ctx, &groups, "ec2", "describe-security-groups", "--filters", "Name=tag:impala-lbcheck:owner,Values="+owner, "--query", "SecurityGroups[].GroupId"); err != nil {
		return fmt.Errorf("groups left: %w", err)
	} else if len(groups) > 0 {
		return fmt.Errorf("groups left: %v", groups)
	}
	var names []string
	if err := s.awsJSON(ctx, &names, "elb", "describe-load-balancers", "--query", "LoadBalancerDescriptions[].LoadBalancerName"); err != nil {
		return fmt.Errorf("load balancers left: %w", err)
	} else if slices.Contains(names, "elb-impala-"+s.cluster) {
		return fmt.Errorf("load balancers left: %v", names)
	}
	var certificates []string
	if err := s.awsJSON(ctx, &certificates, "acm", "list-certificates", "--query", "CertificateSummaryList[].DomainName"); err != nil {
		return fmt.Errorf("certificates left: %w", err)
	} else if len(certificates) > 0 {
		return fmt.Errorf("certificates left: %v", certificates)
	}
	_, err := s.aws(ctx, "ec2", "describe-security-groups", "--group-ids", stranger)
	return err
}

// proveKilledApply kills apply at its second step, again and again: each goes on
// where the one before was, and the first that is let through has the rest to do.
func (l *lab) proveKilledApply(ctx context.Context) (evidence, error) {
	s, err := l.newDeployment(ctx, "killed")
	if err != nil {
		return evidence{}, err
	}
	tool, err := l.tool()
	if err != nil {
		return evidence{}, err
	}
	const kills = 4
	for range kills {
		// A step is told of before it is done: the first is done, the second perhaps.
		const kill = `coproc LB { exec "$0" provision apply -f "$1" --json 2>&1 >/dev/null; }
for i in 1 2; do read -r line <&"${LB[0]}" || exit 1; done
kill -9 "$LB_PID" && exit 9`
		a, err := runCommand(ctx, time.Minute, s.env, "bash", "-c", kill, tool, s.file)
		if err != nil {
			return evidence{}, err
		}
		if a.code != 9 {
			return evidence{}, fmt.Errorf("apply ended before it was killed: exit %d: %s", a.code, tail(a.stderr))
		}
	}
	last, err := s.apply(ctx)
	if err != nil {
		return evidence{}, err
	}
	again, err := s.apply(ctx)
	if err != nil {
		return evidence{}, err
	}
	if last == 0 || again != 0 {
		return evidence{}, fmt.Errorf("after %d kills apply wrote %d times, and then %d", kills, last, again)
	}
	if err := s.checkMatchesConfig(ctx, "TCP"); err != nil {
		return evidence{}, err
	}
	if err := s.destroy(ctx); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("killed %d times on its way, the next one had %d writes to go, the one after none; destroy leaves nothing", kills, last)}, nil
}

// proveSmokeFromProvision has smoke take over what was built: the simulated
// cluster poses as the load balancer, on both of its listeners.
func (l *lab) proveSmokeFromProvision(ctx context.Context) (evidence, error) {
	s, err := l.newDeployment(ctx, "posed")
	if err != nil {
		return evidence{}, err
	}
	s.ports = []int{21000, 21050}
	if err := s.edit("listeners: [21050]", "listeners: [21050, 21000]"); err != nil {
		return evidence{}, err
	}
	if _, err := s.enableTLS(ctx); err != nil {
		return evidence{}, err
	}
	if err := l.hosts(); err != nil { // the domain is the one in the simulated cluster's certificates
		return evidence{}, err
	}
	ca := l.file("pki", "posed-ca.pem")
	c, err := l.startSim(ctx, "posed", 21050, 2, "--beeswax-port", "21000", "--nodes", "1", "--coordinators", "3", "--tls", "--ca-out", ca)
	if err != nil {
		return evidence{}, err
	}
	tool, err := l.tool()
	if err != nil {
		return evidence{}, err
	}
	tally := map[string]int{}
	for _, protocol := range []string{"hs2", "beeswax"} {
		out := l.file("run", "posed."+protocol+".json")
		a, err := runCommand(ctx, toolTimeout, s.env, tool, "smoke", "--from-provision", s.file, "--protocol", protocol, "--ca-cert", ca, "--expect-issuer", "O=Amazon", "--quiet", "--out", out)
		if err != nil {
			return evidence{}, err
		}
		if a.code != 0 {
			return evidence{}, fmt.Errorf("smoke by %s: exit %d: %s", protocol, a.code, tail(append(a.stdout, a.stderr...)))
		}
		b, err := os.ReadFile(out)
		if err != nil {
			return evidence{}, err
		}
		var r result
		if err := json.Unmarshal(b, &r); err != nil {
			return evidence{}, err
		}
		for _, coordinator := range r.Coordinators {
			tally[coordinator.Name] += coordinator.Sessions
		}
	}
	if len(tally) != len(c.names()) {
		return evidence{}, fmt.Errorf("%v of the coordinators %v", tally, c.names())
	}
	return evidence{numbers: "plan, apply, TLS, and smoke took host, coordinators and name over from lb.yaml, by HS2 and Beeswax; exit 0", tally: tally}, s.destroy(ctx)
}
