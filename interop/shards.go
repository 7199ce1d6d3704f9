//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
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

// shardBridge is the address of the bridge that they are on.
const shardBridge = "10.245.0.1"

// shardProofs run shards from several addresses, and hold what their engines are given
// against the engines' schemas.
func shardProofs(l *lab) []proof {
	return []proof{
		{name: "shards.clients", run: l.proveShards, full: true},
		{name: "shards.manifest", run: l.proveShardManifests},
		{name: "shards.batch", prepare: func() { l.moto() }, run: l.proveShardBatch, full: true},
	}
}

// shardLab is coordinators behind HAProxy, and clients that reach it.
type shardLab struct {
	*shardBed
	home    namespace // of the bridge
	clients []namespace
}

// proveShards runs a smoke scenario in shards: the sum is what HAProxy counted, and a
// coordinator that is dead and a shard that is killed have one verdict each.
func (l *lab) proveShards(ctx context.Context) (e evidence, err error) {
	s := &shardLab{shardBed: &shardBed{lab: l, bridge: shardBridge}}
	defer s.remove()
	if err := s.addClients(ctx); err != nil {
		return evidence{}, err
	}
	if err := s.startBalancer(ctx, nil); err != nil {
		return evidence{}, err
	}
	for _, check := range []func(context.Context) error{s.checkWhole, s.checkSource, s.checkDead, s.checkKilled} {
		if err := check(ctx); err != nil {
			return evidence{}, err
		}
	}
	return evidence{numbers: fmt.Sprintf("%d shards pass with one verdict, and the sessions of each coordinator are those that HAProxy and it counted; policy source meets %d addresses; dead@2 fails; a shard that is killed makes it inconclusive", shardClients, shardClients)}, nil
}

// addClients makes the bridge and the namespaces.
func (s *shardLab) addClients(ctx context.Context) (err error) {
	if s.home, err = s.newNamespace(ctx, "shards"); err != nil {
		return err
	}
	s.within = s.home.execPrefix()
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
		if _, err := runRequired(ctx, ipTimeout, nil, slices.Concat([]string{"ip", "-n", string(s.home)}, strings.Fields(c))...); err != nil {
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
	s.stopBalancer()
	for _, n := range append(s.clients, s.home) {
		if n != "" {
			n.delete()
		}
	}
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
	return s.merge(ctx, name, slices.Concat(outs...))
}

// checkWhole runs all shards, which pass.
func (s *shardLab) checkWhole(ctx context.Context) error {
	sum, err := s.run(ctx, "shards-sum", shardSummed, nil)
	if err != nil {
		return err
	}
	return s.checkSum(ctx, sum, shardClients)
}

// checkSource expects each address to be a client of its own.
func (s *shardLab) checkSource(ctx context.Context) error {
	sum, err := s.run(ctx, "shards-source", shardSource, nil, "--policy", "source")
	if err != nil {
		return err
	}
	return sum.checkSource(shardClients)
}

// checkDead has one verdict of a coordinator that is dead.
func (s *shardLab) checkDead(ctx context.Context) error {
	sum, err := s.run(ctx, "shards-dead", shardDead, nil)
	if err != nil {
		return err
	}
	return sum.checkDead(shardClients)
}

// checkKilled kills one shard while it runs.
func (s *shardLab) checkKilled(ctx context.Context) error {
	before, err := s.sessions(ctx, "healthy")
	if err != nil {
		return err
	}
	const killed = 2
	sum, err := s.run(ctx, "shards-killed", shardHealthy, func(ctx context.Context, client, pid int) error {
		if client != killed {
			return nil
		}
		return errors.Join(s.goOn(ctx, "healthy", before, shardClients), syscall.Kill(pid, syscall.SIGKILL))
	})
	if err != nil {
		return err
	}
	return sum.checkLost(killed, shardClients)
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
