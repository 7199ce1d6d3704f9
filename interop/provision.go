//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// provisionProofs create a load balancer in moto and read it with the AWS CLI.
func provisionProofs(l *lab) []proof {
	prepare := func() { l.moto() }
	return []proof{
		{name: "provision.story", prepare: prepare, run: l.proveProvision},
		{name: "provision.network", prepare: prepare, run: l.proveProvisionNetwork},
		{name: "provision.killed", run: l.proveKilledApply},
		{name: "provision.smoke", run: l.proveSmokeFromProvision},
		{name: "provision.policies", prepare: prepare, run: l.provePolicies},
	}
}

// proveProvision runs the whole sequence: plan, apply, drift that is detected and
// corrected, TLS, and destroy; an unowned security group is not changed.
func (l *lab) proveProvision(ctx context.Context) (evidence, error) {
	d, err := l.newDeployment(ctx, "story", "access_logs: {bucket: story-logs, prefix: elb, create: true}")
	if err != nil {
		return evidence{}, err
	}
	if _, err := d.provision(ctx, 10, "plan", "--detailed-exitcode"); err != nil {
		return evidence{}, err
	}
	first, err := d.apply(ctx)
	if err != nil {
		return evidence{}, err
	}
	again, err := d.apply(ctx)
	if err != nil {
		return evidence{}, err
	}
	if first == 0 || again != 0 {
		return evidence{}, fmt.Errorf("the first apply wrote %d times, the second %d", first, again)
	}
	if err := d.checkMatchesConfig(ctx, "TCP"); err != nil {
		return evidence{}, err
	}
	if err := d.writeTestFile(ctx, "story-logs", "elb"); err != nil {
		return evidence{}, err
	}
	corrected, err := d.checkDrift(ctx)
	if err != nil {
		return evidence{}, err
	}
	forTLS, err := d.enableTLS(ctx)
	if err != nil {
		return evidence{}, err
	}
	if err := d.destroy(ctx); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("%d writes create it, the AWS CLI confirms it, a second apply writes nothing; %d correct manual changes, %d add TLS; destroy leaves nothing with our tag, and an unowned group unchanged",
		first, corrected, forTLS)}, nil
}

// writeTestFile writes the test file of the access log, which AWS does and moto does
// not. Until then status fails by it.
func (d *deployment) writeTestFile(ctx context.Context, bucket, prefix string) error {
	status, err := d.provision(ctx, 1, "status")
	if err != nil {
		return err
	}
	if !strings.Contains(status, "fail access_log.test_file") {
		return fmt.Errorf("status without the test file: %s", tail([]byte(status)))
	}
	_, err = d.aws(ctx, "s3api", "put-object", "--bucket", bucket, "--key", prefix+"/AWSLogs/123456789012/ELBAccessLogTestFile")
	return err
}

// checkDrift changes the load balancer with the AWS CLI, which status must detect and
// apply correct. It returns the number of writes.
func (d *deployment) checkDrift(ctx context.Context) (int, error) {
	name := "elb-impala-" + d.cluster
	if err := d.awsAll(ctx,
		[]string{"elb", "modify-load-balancer-attributes", "--load-balancer-name", name, "--load-balancer-attributes", `{"ConnectionSettings":{"IdleTimeout":60}}`},
		[]string{"elb", "deregister-instances-from-load-balancer", "--load-balancer-name", name, "--instances", d.coordinators[0]},
		[]string{"elb", "register-instances-with-load-balancer", "--load-balancer-name", name, "--instances", d.executors[0]},
	); err != nil {
		return 0, err
	}
	status, err := d.provision(ctx, 1, "status")
	if err != nil {
		return 0, err
	}
	for _, words := range []string{"idle timeout 60s", d.coordinators[0], d.executors[0]} {
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
	return writes, d.checkMatchesConfig(ctx, "TCP")
}

// enableTLS adds TLS to lb.yaml and applies it. It returns the number of writes. The
// backend uses TLS too, because moto reports the listener's protocol for both sides.
func (d *deployment) enableTLS(ctx context.Context) (int, error) {
	if err := d.edit("# tls:\n", "tls: {domain: impala.example.com, backend: tls}\n"); err != nil {
		return 0, err
	}
	writes, err := d.apply(ctx)
	if err != nil {
		return 0, err
	}
	if again, err := d.apply(ctx); err != nil {
		return 0, fmt.Errorf("with TLS a second apply: %w", err)
	} else if again != 0 {
		return 0, fmt.Errorf("with TLS a second apply wrote %d times", again)
	}
	return writes, d.checkMatchesConfig(ctx, "SSL")
}

// destroy checks that provision destroy requires the cluster's name, deletes
// everything with our tag, and keeps a security group without it.
func (d *deployment) destroy(ctx context.Context) error {
	unowned, err := d.aws(ctx, "ec2", "create-security-group", "--vpc-id", d.vpc, "--group-name", d.cluster+" Impala unowned", "--description", "not ours", "--query", "GroupId", "--output", "text")
	if err != nil {
		return err
	}
	if _, err := d.provision(ctx, 2, "destroy"); err != nil {
		return err
	}
	if _, err := d.describeLoadBalancer(ctx); err != nil {
		return fmt.Errorf("destroy without --yes: %w", err)
	}
	if _, err := d.provision(ctx, 0, "destroy", "--yes", d.cluster); err != nil {
		return err
	}
	return d.checkNothingLeft(ctx, unowned)
}

// checkNothingLeft checks with the AWS CLI that nothing with our tag is left for this
// cluster, and that the unowned security group is.
func (d *deployment) checkNothingLeft(ctx context.Context, unowned string) error {
	var groups []string
	owner := "*/" + d.cluster
	if err := d.awsJSON(ctx, &groups, "ec2", "describe-security-groups", "--filters", "Name=tag:impala-lbcheck:owner,Values="+owner, "--query", "SecurityGroups[].GroupId"); err != nil {
		return fmt.Errorf("groups left: %w", err)
	} else if len(groups) > 0 {
		return fmt.Errorf("groups left: %v", groups)
	}
	var names []string
	if err := d.awsJSON(ctx, &names, "elb", "describe-load-balancers", "--query", "LoadBalancerDescriptions[].LoadBalancerName"); err != nil {
		return fmt.Errorf("load balancers left: %w", err)
	} else if slices.Contains(names, "elb-impala-"+d.cluster) {
		return fmt.Errorf("load balancers left: %v", names)
	}
	var certificates []string
	if err := d.awsJSON(ctx, &certificates, "acm", "list-certificates", "--query", "CertificateSummaryList[].DomainName"); err != nil {
		return fmt.Errorf("certificates left: %w", err)
	} else if len(certificates) > 0 {
		return fmt.Errorf("certificates left: %v", certificates)
	}
	_, err := d.aws(ctx, "ec2", "describe-security-groups", "--group-ids", unowned)
	return err
}

// proveKilledApply kills apply repeatedly at its second step. Each run continues where
// the previous one stopped, and the first complete one does the rest.
func (l *lab) proveKilledApply(ctx context.Context) (evidence, error) {
	d, err := l.newDeployment(ctx, "killed")
	if err != nil {
		return evidence{}, err
	}
	tool, err := l.tool()
	if err != nil {
		return evidence{}, err
	}
	const kills = 4
	for range kills {
		// A step is printed before it is done: the first is done, the second may be.
		const kill = `coproc LB { exec "$0" provision apply -f "$1" --json 2>&1 >/dev/null; }
for i in 1 2; do read -r line <&"${LB[0]}" || exit 1; done
kill -9 "$LB_PID" && exit 9`
		a, err := runCommand(ctx, time.Minute, d.env, "bash", "-c", kill, tool, d.file)
		if err != nil {
			return evidence{}, err
		}
		if a.code != 9 {
			return evidence{}, fmt.Errorf("apply ended before it was killed: exit %d: %s", a.code, tail(a.stderr))
		}
	}
	last, err := d.apply(ctx)
	if err != nil {
		return evidence{}, err
	}
	again, err := d.apply(ctx)
	if err != nil {
		return evidence{}, err
	}
	if last == 0 || again != 0 {
		return evidence{}, fmt.Errorf("after %d kills apply wrote %d times, the next one %d times", kills, last, again)
	}
	if err := d.checkMatchesConfig(ctx, "TCP"); err != nil {
		return evidence{}, err
	}
	if err := d.destroy(ctx); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("killed %d times, the next run had %d writes left, the one after none; destroy leaves nothing", kills, last)}, nil
}

// proveSmokeFromProvision runs smoke --from-provision. The simulated cluster stands in
// for the load balancer, on both of its listeners.
func (l *lab) proveSmokeFromProvision(ctx context.Context) (evidence, error) {
	d, err := l.newDeployment(ctx, "from-provision")
	if err != nil {
		return evidence{}, err
	}
	d.ports = []int{21000, 21050}
	if err := d.edit("listeners: [21050]", "listeners: [21050, 21000]"); err != nil {
		return evidence{}, err
	}
	if _, err := d.enableTLS(ctx); err != nil {
		return evidence{}, err
	}
	if err := l.hosts(); err != nil { // the domain is the one in the simulated cluster's certificates
		return evidence{}, err
	}
	ca := l.file("pki", "from-provision-ca.pem")
	c, err := l.startSim(ctx, "from-provision", 21050, 2, "--beeswax-port", "21000", "--nodes", "1", "--coordinators", "3", "--tls", "--ca-out", ca)
	if err != nil {
		return evidence{}, err
	}
	tally := map[string]int{}
	for _, protocol := range []string{"hs2", "beeswax"} {
		r, err := l.check(ctx, toolRun{name: "provision.smoke." + protocol, env: d.env,
			args: []string{"smoke", "--from-provision", d.file, "--protocol", protocol, "--ca-cert", ca, "--expect-issuer", goodIssuer, "--quiet"}})
		if err != nil {
			return evidence{}, err
		}
		for name, sessions := range r.sessionsByCoordinator() {
			tally[name] += sessions
		}
	}
	if len(tally) != len(c.names()) {
		return evidence{}, fmt.Errorf("sessions on %v of the coordinators %v", tally, c.names())
	}
	return evidence{numbers: "plan, apply and TLS; smoke takes host, coordinators and server name from lb.yaml, with HS2 and Beeswax; exit 0", tally: tally}, d.destroy(ctx)
}
