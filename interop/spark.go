//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
)

// sparkServers is the number of Spark Thrift Servers behind a balancer.
const sparkServers = 3

// loginHost is the address of the server with authentication.
const loginHost = "127.0.0.104"

// sparkIdentity is the query that identifies a server: Spark replaces the variables
// with properties of its process.
const sparkIdentity = "SELECT '${system:lbcheck.id}', '${system:lbcheck.pid}'"

// spark is the Spark servers and the HAProxy in front of them.
type spark struct {
	names   []string
	pids    []int
	haproxy *haproxy
}

// startSpark starts the servers in parallel, and HAProxy in front of them.
func (l *lab) startSpark(ctx context.Context) (*spark, error) {
	s := &spark{pids: make([]int, sparkServers)}
	in := listener{name: "spark", bind: "127.0.0.1:31030", options: []string{"balance roundrobin"}}
	errs := make([]error, sparkServers)
	var all sync.WaitGroup
	for i := range sparkServers {
		server := sparkServer{name: fmt.Sprintf("sts%d", i+1), host: fmt.Sprintf("127.0.0.%d", 101+i)}
		s.names, in.servers = append(s.names, server.name), append(in.servers, server.address())
		all.Go(func() {
			p, err := l.startSparkServer(ctx, server, func(ctx context.Context) (string, error) {
				return l.askGohive(ctx, server.address(), sparkIdentity)
			})
			if errs[i] = err; err == nil {
				s.pids[i] = p.cmd.Process.Pid
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var err error
	s.haproxy, err = l.startHAProxy(ctx, "haproxy-spark", []listener{in})
	return s, err
}

// startSparkLogin starts the server with TLS and authentication: SASL PLAIN with any
// password, which Spark and Hive call NONE.
func (l *lab) startSparkLogin(ctx context.Context) (sparkServer, error) {
	server := sparkServer{name: "sts-login", host: loginHost}
	certs, err := l.pki()
	if err != nil {
		return server, err
	}
	forTLS, err := l.javaTLS(ctx)
	if err != nil {
		return server, err
	}
	server.hiveconf = append([]string{"hive.server2.authentication=NONE"}, forTLS...)
	_, err = l.startSparkServer(ctx, server, func(ctx context.Context) (string, error) {
		return l.askImpyla(ctx, server.host, sparkPort, sparkIdentity, plainHow("PLAIN", certs.root))
	})
	return server, err
}

// sparkProofs use our client with HiveServer2 servers that are not Impala.
func sparkProofs(l *lab) []proof {
	return []proof{
		{name: "spark.haproxy.round-robin", prepare: func() { l.spark() }, run: l.proveSpark},
		{name: "spark.haproxy.query", prepare: func() { l.spark() }, run: l.proveSparkQuery},
		{name: "spark.ldap-tls", prepare: func() { l.sparkLogin() }, run: l.proveSparkLogin},
	}
}

// proveSpark compares our counts of 300 sessions with HAProxy's, and with 100 per
// server as round robin gives.
func (l *lab) proveSpark(ctx context.Context) (evidence, error) {
	s, err := l.spark()
	if err != nil {
		return evidence{}, err
	}
	c := balanceCase{
		listener: "spark", policy: "round-robin", expect: s.names, sessions: 300, shares: []int{100, 100, 100},
		// One session at a time and a long timeout: Spark has one thread for queries here.
		args:  []string{"--identity-query", sparkIdentity, "--concurrency", "1", "--timeout", "30s"},
		check: s.checkPIDs,
	}
	return c.prove(ctx, l, "spark.haproxy.round-robin", s.haproxy, s.names)
}

// queryResult is the part of a result about the statements on a coordinator.
type queryResult struct {
	Coordinator string `json:"coordinator"`
	Runs        int    `json:"runs"`
	Failed      int    `json:"failed"`
}

// proveSparkQuery runs a statement twice on each server. An identity query is needed
// because the servers do not report their identity as Impala does.
func (l *lab) proveSparkQuery(ctx context.Context) (evidence, error) {
	s, err := l.spark()
	if err != nil {
		return evidence{}, err
	}
	address, err := s.haproxy.find("spark")
	if err != nil {
		return evidence{}, err
	}
	// The first server to run the query is slower, because it compiles the plan.
	r, err := l.check(ctx, toolRun{name: "spark.haproxy.query", args: []string{"query", "--sql", "SELECT count(*) FROM range(1000)", "--slowest", "100",
		"--identity-query", sparkIdentity, "--expect-coordinators", strings.Join(s.names, ","), "--concurrency", "1", "--timeout", "30s", address}})
	if err != nil {
		return evidence{}, err
	}
	e := evidence{tally: map[string]int{}}
	for _, q := range r.Queries {
		if q.Failed != 0 || q.Runs < 2 || !slices.Contains(s.names, q.Coordinator) {
			return e, fmt.Errorf("want two successful runs: %+v", q)
		}
		e.tally[q.Coordinator] = q.Runs
	}
	if len(e.tally) != sparkServers {
		return e, fmt.Errorf("%d of %d servers ran it: %v", len(e.tally), sparkServers, e.tally)
	}
	e.numbers = fmt.Sprintf("a count over range(1000) ran on each of %d servers, %v; exit %d", sparkServers, e.tally, r.Exit)
	return e, nil
}

// checkPIDs checks that each server's pid is the pid of its process.
func (s *spark) checkPIDs(r result) error {
	for i, name := range s.names {
		at := slices.IndexFunc(r.Coordinators, func(c coordinatorTally) bool { return c.Name == name })
		if at < 0 || !slices.Equal(r.Coordinators[at].PIDs, []int{s.pids[i]}) {
			return fmt.Errorf("%s is process %d, the result has %+v", name, s.pids[i], r.Coordinators)
		}
	}
	return nil
}

// proveSparkLogin logs in over TLS to Java's SASL and TLS. With one server there is
// no balance to judge: every session must log in, and an unrelated root must be
// rejected.
func (l *lab) proveSparkLogin(ctx context.Context) (evidence, error) {
	const name = "spark.ldap-tls"
	server, err := l.sparkLogin()
	if err != nil {
		return evidence{}, err
	}
	certs, err := l.pki()
	if err != nil {
		return evidence{}, err
	}
	password := l.file("run", "spark-password")
	if err := os.WriteFile(password, []byte(ldapPassword+"\n"), 0o600); err != nil {
		return evidence{}, err
	}
	flags := func(ca string) []string {
		return []string{"--identity-query", sparkIdentity, "--timeout", "30s", "--concurrency", "1", "--sessions", "10", "--burst", "0",
			"--expect-coordinators", server.name, "--auth", "ldap", "--user", ldapUser, "--password-file", password,
			"--tls", "--ca-cert", ca, "--server-name", lbName, "--expect-issuer", goodIssuer, server.address()}
	}
	r, err := l.smoke(ctx, name, expectation{}, flags(certs.root)...)
	if err != nil {
		return evidence{}, err
	}
	if r.Sessions.OK != 10 || r.sessionsByCoordinator()[server.name] != 10 {
		return evidence{}, fmt.Errorf("%d of 10 sessions succeeded, %v", r.Sessions.OK, r.sessionsByCoordinator())
	}
	if err := errors.Join(r.expectFinding("tls.chain", "pass"), r.expectFinding("tls.issuer", "pass")); err != nil {
		return evidence{}, err
	}
	if _, err := l.smoke(ctx, name+".control", expectation{exit: 1, failed: []string{"tls.chain"}}, flags(certs.unrelatedRoot)...); err != nil {
		return evidence{}, err
	}
	return evidence{
		numbers: fmt.Sprintf("%d of 10 sessions logged in by SASL PLAIN in TLS; exit %d; with another root: tls.chain", r.Sessions.OK, r.Exit),
		tally:   r.sessionsByCoordinator(),
	}, nil
}
