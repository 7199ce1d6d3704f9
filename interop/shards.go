//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// shardClients is how many machines run shards here: network namespaces, each with an
// address of its own.
const shardClients = 6

// Where they are, and the ports of HAProxy on the bridge and of the coordinators.
const (
	shardBridge   = "10.245.0.1"
	shardHealthy  = "21090"
	shardDead     = "21091"
	shardSource   = "21092"
	shardsPort    = 21100
	shardDeadPort = 21120
)

// shardProofs run shards from several addresses, and hold what their engines are given
// against the engines' schemas.
func shardProofs(l *lab) []proof {
	return []proof{
		{name: "shards.clients", run: l.proveShards, full: true},
		{name: "shards.manifest", run: l.proveShardManifests},
	}
}

// shardLab is coordinators behind HAProxy on a bridge, and clients that reach it.
type shardLab struct {
	*lab
	bridge  namespace
	clients []namespace
	haproxy *haproxy
	names   []string // of the healthy coordinators, in the order of HAProxy's servers
}

// shardSum is what our command makes of the results of all shards.
type shardSum struct {
	result
	Closes []struct {
		Coordinator string `json:"coordinator"`
		Closes      int    `json:"closes"`
	} `json:"closes"`
	Looks []struct {
		Clients   int `json:"clients"`
		Sequences []struct {
			Locals []string `json:"local_addresses"`
		} `json:"sequences"`
	} `json:"looks"`
	Sources []struct {
		Run string `json:"run"`
	} `json:"sources"`
	code int
}

// proveShards runs a smoke scenario in shards: the sum is what HAProxy counted, and a
// coordinator that is dead and a shard that is killed have one verdict each.
func (l *lab) proveShards(ctx context.Context) (e evidence, err error) {
	s := &shardLab{lab: l}
	defer func() { s.remove() }()
	if err := errors.Join(s.addClients(ctx), s.startBalancer(ctx)); err != nil {
		return evidence{}, err
	}
	for _, check := range []func(context.Context) error{s.checkSum, s.checkSource, s.checkDead, s.checkKilled} {
		if err := check(ctx); err != nil {
			return evidence{}, err
		}
	}
	return evidence{numbers: fmt.Sprintf("%d shards pass with one verdict, and the sessions of each coordinator are those that HAProxy counted; policy source meets %d addresses; dead@2 fails; a shard that is killed makes it inconclusive", shardClients, shardClients)}, nil
}

// addClients makes the bridge and the namespaces.
func (s *shardLab) addClients(ctx context.Context) (err error) {
	if s.bridge, err = s.newNamespace(ctx, "shards"); err != nil {
		return err
	}
	commands := []string{"link add br0 type bridge", "addr add " + shardBridge + "/24 dev br0", "link set br0 up"}
	for i := range shardClients {
		n, err := s.newNamespace(ctx, fmt.Sprintf("shard%d", i))
		if err != nil {
			return err
		}
		s.clients = append(s.clients, n)
		commands = append(commands, fmt.Sprintf("link add v%d type veth peer name eth0 netns %s", i, n), fmt.Sprintf("link set v%d master br0 up", i))
	}
	for _, c := range commands {
		if _, err := runRequired(ctx, ipTimeout, nil, slices.Concat([]string{"ip", "-n", string(s.bridge)}, strings.Fields(c))...); err != nil {
			return err
		}
	}
	for i, n := range s.clients {
		for _, c := range []string{fmt.Sprintf("addr add 10.245.0.%d/24 dev eth0", 10+i), "link set eth0 up"} {
			if _, err := runRequired(ctx, ipTimeout, nil, slices.Concat([]string{"ip", "-n", string(n)}, strings.Fields(c))...); err != nil {
				return err
			}
		}
	}
	return nil
}

// remove ends HAProxy and deletes the namespaces.
func (s *shardLab) remove() {
	if s.haproxy != nil && s.haproxy.proc != nil {
		s.haproxy.proc.stop()
	}
	for _, n := range append(s.clients, s.bridge) {
		if n != "" {
			n.delete()
		}
	}
}

// startBalancer starts coordinators and HAProxy beside the bridge.
func (s *shardLab) startBalancer(ctx context.Context) error {
	listeners := []listener{
		{name: "healthy", bind: shardBridge + ":" + shardHealthy, options: []string{"balance roundrobin"}},
		{name: "dead", bind: shardBridge + ":" + shardDead, options: []string{"balance roundrobin"}},
		{name: "source", bind: shardBridge + ":" + shardSource, options: []string{"balance source", "hash-type consistent"}},
	}
	for _, c := range []struct {
		name  string
		port  int
		flags []string
		into  []int // listeners
	}{{"shards", shardsPort, nil, []int{0, 2}}, {"shards-dead", shardDeadPort, []string{"--fault", "dead@2"}, []int{1}}} {
		flags := slices.Concat([]string{"--direct", "--coordinators", strconv.Itoa(coordinators)}, c.flags)
		sim, err := s.startSimWithPrefix(ctx, s.bridge.execPrefix(), c.name, c.port, 2*coordinators, flags...)
		if err != nil {
			return err
		}
		for _, i := range c.into {
			listeners[i].servers = append(listeners[i].servers, sim.addresses()...)
		}
		if s.names == nil {
			s.names = sim.names()
		}
	}
	return s.startHAProxyOnBridge(ctx, listeners)
}

func (s *shardLab) startHAProxyOnBridge(ctx context.Context, listeners []listener) error {
	s.haproxy = &haproxy{socket: s.file("run", "shards.sock"), listeners: listeners}
	var conf strings.Builder
	fmt.Fprintf(&conf, haproxyHead, s.haproxy.socket, "")
	for _, in := range listeners {
		fmt.Fprintf(&conf, "listen %s\n  bind %s\n  %s\n", in.name, in.bind, strings.Join(in.options, "\n  "))
		for i, server := range in.servers {
			fmt.Fprintf(&conf, "  server c%d %s\n", i+1, server)
		}
	}
	file := s.file("run", "shards.cfg")
	if err := os.WriteFile(file, []byte(conf.String()), 0o644); err != nil {
		return err
	}
	argv := slices.Concat(s.bridge.execPrefix(), []string{"haproxy", "-db", "-f", file})
	var err error
	if s.haproxy.proc, err = s.procs.start("shards-haproxy", exec.Command(argv[0], argv[1:]...), nil); err != nil {
		return err
	}
	return s.haproxy.proc.await(ctx, kubeTimeout, func(ctx context.Context) error {
		_, err := s.haproxy.command(ctx, "show info")
		return err
	})
}

// run has each client run its shard, and our command judge what all printed. during is
// called with the process of each client's shard; nil: nothing is done.
func (s *shardLab) run(ctx context.Context, name, port string, during func(ctx context.Context, client, pid int) error, flags ...string) (shardSum, error) {
	tool, err := s.tool()
	if err != nil {
		return shardSum{}, err
	}
	outs, errs := make([][]byte, shardClients), make([]error, shardClients)
	var all sync.WaitGroup
	for i, client := range s.clients {
		argv := slices.Concat(client.execPrefix(), []string{tool, "smoke", shardBridge + ":" + port, "--expect-coordinators", strconv.Itoa(coordinators),
			"--sessions", "60", "--rate", "50/s", "--seed", "20", "--shards", strconv.Itoa(shardClients), "--quiet", "--out", "json=-"}, flags)
		all.Go(func() {
			var here func(context.Context, int) error
			if during != nil {
				here = func(ctx context.Context, pid int) error { return during(ctx, i, pid) }
			}
			r, err := runCommandDuring(ctx, toolTimeout, []string{fmt.Sprint("JOB_COMPLETION_INDEX=", i)}, here, argv...)
			outs[i], errs[i] = r.stdout, err
			os.WriteFile(s.file("log", fmt.Sprintf("%s-%d.txt", name, i)), slices.Concat(r.stdout, r.stderr), 0o644)
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return shardSum{}, err
	}
	return s.merge(ctx, tool, name, slices.Concat(outs...))
}

// merge judges the results that standard input holds.
func (s *shardLab) merge(ctx context.Context, tool, name string, logs []byte) (shardSum, error) {
	in, out := s.file("run", name+".log"), s.file("run", name+".json")
	os.Remove(out)
	if err := os.WriteFile(in, logs, 0o644); err != nil {
		return shardSum{}, err
	}
	r, err := runCommand(ctx, time.Minute, nil, "sh", "-c", `exec "$0" merge - --out "$2" < "$1"`, tool, in, out)
	if err != nil {
		return shardSum{}, err
	}
	text, err := os.ReadFile(out)
	if err != nil {
		return shardSum{}, fmt.Errorf("%s: exit %d: %s", name, r.code, tail(append(r.stdout, r.stderr...)))
	}
	sum := shardSum{code: r.code}
	return sum, json.Unmarshal(text, &sum)
}

// checkSum compares each coordinator's sessions with those that HAProxy has counted.
func (s *shardLab) checkSum(ctx context.Context) error {
	sum, err := s.run(ctx, "shards-sum", shardHealthy, nil)
	if err != nil {
		return err
	}
	if sum.code != 0 || len(sum.Sources) != shardClients || !sum.Complete {
		return fmt.Errorf("exit %d, %d sources: failed %v", sum.code, len(sum.Sources), sum.findingIDs("fail"))
	}
	counted, err := s.haproxy.count(ctx, "healthy")
	if err != nil {
		return err
	}
	// Scouts have no coordinator in a result, and are closed as the others are.
	want, got, total := map[string]int{}, map[string]int{}, 0
	for i, name := range s.names {
		want[name] = counted[fmt.Sprintf("c%d", i+1)]
	}
	for _, c := range sum.Closes {
		got[c.Coordinator] = c.Closes
		total += c.Closes
	}
	if !maps.Equal(got, want) || total != sum.Sessions.opened() || sum.Sessions.Scout != shardClients {
		return fmt.Errorf("coordinators have %v and HAProxy counted %v; %d sessions, %d scouts", got, want, sum.Sessions.opened(), sum.Sessions.Scout)
	}
	return nil
}

// checkSource expects each address to be a client of its own.
func (s *shardLab) checkSource(ctx context.Context) error {
	sum, err := s.run(ctx, "shards-source", shardSource, nil, "--policy", "source")
	if err != nil {
		return err
	}
	addresses := map[string]bool{}
	for _, look := range sum.Looks {
		for _, order := range look.Sequences {
			for _, a := range order.Locals {
				addresses[a] = true
			}
		}
	}
	if len(addresses) != shardClients || sum.Looks[0].Clients != shardClients || slices.Contains(sum.findingIDs("fail"), "balance.order") {
		return fmt.Errorf("%d addresses, %d clients, exit %d, failed %v", len(addresses), sum.Looks[0].Clients, sum.code, sum.findingIDs("fail"))
	}
	return nil
}

// checkDead has one verdict of a coordinator that is dead.
func (s *shardLab) checkDead(ctx context.Context) error {
	sum, err := s.run(ctx, "shards-dead", shardDead, nil)
	if err != nil {
		return err
	}
	if failed := sum.findingIDs("fail"); sum.code != 1 || len(failed) == 0 || len(sum.Sources) != shardClients {
		return fmt.Errorf("exit %d, %d sources, failed %v", sum.code, len(sum.Sources), failed)
	}
	return nil
}

// checkKilled kills one shard while it runs.
func (s *shardLab) checkKilled(ctx context.Context) error {
	before, err := s.haproxy.count(ctx, "healthy")
	if err != nil {
		return err
	}
	sum, err := s.run(ctx, "shards-killed", shardHealthy, func(ctx context.Context, client, pid int) error {
		if client != 2 {
			return nil
		}
		err := poll(ctx, 50*time.Millisecond, func() (bool, error) {
			now, err := s.haproxy.count(ctx, "healthy")
			return now["c1"] > before["c1"]+shardClients, err
		})
		return errors.Join(err, syscall.Kill(pid, syscall.SIGKILL))
	})
	if err != nil {
		return err
	}
	if sum.code != 3 || len(sum.Sources) != shardClients-1 || sum.Complete {
		return fmt.Errorf("exit %d, %d sources, complete %t", sum.code, len(sum.Sources), sum.Complete)
	}
	return nil
}

// proveShardManifests holds printed manifests against Kubernetes' schemas.
func (l *lab) proveShardManifests(ctx context.Context) (evidence, error) {
	tool, err := l.tool()
	if err != nil {
		return evidence{}, err
	}
	venv, err := l.kubernetesValidate()
	if err != nil {
		return evidence{}, err
	}
	var files []string
	for name, args := range map[string][]string{
		"plain":   {"smoke", "lb.example.com", "--expect-coordinators", "5"},
		"mounted": {"smoke", "lb.example.com", "--tls", "--ca-cert", "ca.pem", "--auth", "ldap", "--user", "u", "--password-file", "pw", "--confirm", "lb.example.com"},
	} {
		argv := slices.Concat([]string{tool, "job", "kubernetes", "--shards", "50", "--image", "example.com/lb:1", "-n", "checks", "--"}, args)
		text, err := runRequired(ctx, time.Minute, nil, argv...)
		if err != nil {
			return evidence{}, err
		}
		file := l.file("run", "shards-"+name+".yaml")
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return evidence{}, err
		}
		files = append(files, file)
	}
	for _, version := range kubernetesVersions {
		argv := slices.Concat([]string{venv + "/bin/kubernetes-validate", "--strict", "--quiet", "-k", version}, files)
		if _, err := runRequired(ctx, time.Minute, nil, argv...); err != nil {
			return evidence{}, fmt.Errorf("schemas of Kubernetes %s: %w", version, err)
		}
	}
	return evidence{numbers: fmt.Sprintf("%d printed Jobs are valid in Kubernetes %s", len(files), strings.Join(kubernetesVersions, ", "))}, nil
}
