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
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Ports of HAProxy on the bridge, and of the coordinators behind it.
const (
	shardSummed  = "21090" // a cluster that serves one run of shards
	shardDead    = "21091"
	shardSource  = "21092"
	shardHealthy = "21093" // as shardSource, a cluster that serves several

	shardSummedSim  = 21100
	shardDeadSim    = 21120
	shardHealthySim = 21140
)

// shardBed is simulated coordinators behind HAProxy on a bridge, which clients with
// addresses of their own reach.
type shardBed struct {
	*lab
	bridge  string   // its address
	within  []string // executes a command in its network namespace
	summed  *cluster
	haproxy *haproxy
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
		Run     string    `json:"run"`
		Started time.Time `json:"started"`
	} `json:"sources"`
	code int
}

// startBalancer starts coordinators and HAProxy beside the bridge, which listens for others,
// too. flags are of the coordinators that serve one run.
func (b *shardBed) startBalancer(ctx context.Context, others []listener, flags ...string) error {
	listeners := []listener{
		{name: "summed", bind: b.bridge + ":" + shardSummed, options: []string{"balance roundrobin"}},
		{name: "dead", bind: b.bridge + ":" + shardDead, options: []string{"balance roundrobin"}},
		{name: "source", bind: b.bridge + ":" + shardSource, options: []string{"balance source", "hash-type consistent"}},
		{name: "healthy", bind: b.bridge + ":" + shardHealthy, options: []string{"balance roundrobin"}},
	}
	for _, c := range []struct {
		name  string
		port  int
		flags []string
		into  []int // listeners
	}{
		{"summed", shardSummedSim, append([]string{"--verbose"}, flags...), []int{0}},
		{"dead", shardDeadSim, []string{"--fault", "dead@2"}, []int{1}},
		{"healthy", shardHealthySim, nil, []int{2, 3}},
	} {
		flags := slices.Concat([]string{"--direct", "--coordinators", strconv.Itoa(coordinators)}, c.flags)
		sim, err := b.startSimWithPrefix(ctx, b.within, "shards-"+c.name, c.port, 2*coordinators, flags...)
		if err != nil {
			return err
		}
		for _, i := range c.into {
			listeners[i].servers = append(listeners[i].servers, sim.addresses()...)
		}
		if b.summed == nil {
			b.summed = sim
		}
	}
	return b.startHAProxyOnBridge(ctx, append(listeners, others...))
}

func (b *shardBed) startHAProxyOnBridge(ctx context.Context, listeners []listener) error {
	b.haproxy = &haproxy{socket: b.file("run", "shards.sock"), listeners: listeners}
	var conf strings.Builder
	fmt.Fprintf(&conf, haproxyHead, b.haproxy.socket, "")
	for _, in := range listeners {
		fmt.Fprintf(&conf, "listen %s\n  bind %s\n  %s\n", in.name, in.bind, strings.Join(in.options, "\n  "))
		for i, server := range in.servers {
			fmt.Fprintf(&conf, "  server c%d %s\n", i+1, server)
		}
	}
	file := b.file("run", "shards.cfg")
	if err := os.WriteFile(file, []byte(conf.String()), 0o644); err != nil {
		return err
	}
	argv := slices.Concat(b.within, []string{"haproxy", "-db", "-f", file})
	var err error
	if b.haproxy.proc, err = b.procs.start("shards-haproxy", exec.Command(argv[0], argv[1:]...), nil); err != nil {
		return err
	}
	return b.haproxy.proc.await(ctx, kubeTimeout, func(ctx context.Context) error {
		_, err := b.haproxy.command(ctx, "show info")
		return err
	})
}

// stopBalancer ends HAProxy.
func (b *shardBed) stopBalancer() {
	if b.haproxy != nil && b.haproxy.proc != nil {
		b.haproxy.proc.stop()
	}
}

// sessions is how many sessions a listener of HAProxy has counted.
func (b *shardBed) sessions(ctx context.Context, listener string) (int, error) {
	return b.haproxy.total(ctx, listener)
}

// goOn waits until shards have had some sessions each, of which HAProxy had counted
// before.
func (b *shardBed) goOn(ctx context.Context, listener string, before, shards int) error {
	return b.haproxy.awaitSessions(ctx, listener, before+3*shards)
}

// merge judges the results that shards have printed.
func (b *shardBed) merge(ctx context.Context, name string, logs []byte) (shardSum, error) {
	tool, err := b.tool()
	if err != nil {
		return shardSum{}, err
	}
	in, out := b.file("run", name+".log"), b.file("run", name+".json")
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

// checkSum compares each coordinator's sessions with those that HAProxy and the
// coordinator have counted. It stops the coordinators, which then say so.
func (b *shardBed) checkSum(ctx context.Context, sum shardSum, shards int) error {
	if sum.code != 0 || len(sum.Sources) != shards || !sum.Complete {
		return fmt.Errorf("exit %d, %d sources: failed %v, %s", sum.code, len(sum.Sources), sum.findingIDs("fail"), sum.Stopped.Text)
	}
	counted, err := b.haproxy.count(ctx, "summed")
	if err != nil {
		return err
	}
	b.summed.proc.stop()
	served, err := b.summed.served()
	if err != nil {
		return err
	}
	// Scouts have no coordinator in a result, and are closed as the others are.
	balanced, merged, total := map[string]int{}, map[string]int{}, 0
	for i, name := range b.summed.names() {
		balanced[name] = counted[fmt.Sprintf("c%d", i+1)]
	}
	for _, c := range sum.Closes {
		merged[c.Coordinator] = c.Closes
		total += c.Closes
	}
	if !maps.Equal(merged, balanced) || !maps.Equal(merged, served) || total != sum.Sessions.opened() || sum.Sessions.Scout != shards {
		return fmt.Errorf("the sum has %v, HAProxy %v, the coordinators %v; %d sessions, %d scouts", merged, balanced, served, sum.Sessions.opened(), sum.Sessions.Scout)
	}
	return nil
}

var servedLine = regexp.MustCompile(`msg=served coordinator=(\S+) .*sessions_opened=(\d+)`)

// served is how many sessions each coordinator of a cluster has opened. The cluster runs
// with --verbose, and has ended.
func (c *cluster) served() (map[string]int, error) {
	log, err := os.ReadFile(c.proc.log)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, m := range servedLine.FindAllStringSubmatch(string(log), -1) {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			return nil, err
		}
		out[m[1]] = n
	}
	if len(out) == 0 {
		return nil, errors.New("the coordinators do not say what they served")
	}
	return out, nil
}

// checkSource expects each address to be a client of its own.
func (sum shardSum) checkSource(shards int) error {
	addresses := map[string]bool{}
	for _, look := range sum.Looks {
		for _, order := range look.Sequences {
			for _, a := range order.Locals {
				addresses[a] = true
			}
		}
	}
	if len(addresses) != shards || sum.Looks[0].Clients != shards || slices.Contains(sum.findingIDs("fail"), "balance.order") {
		return fmt.Errorf("%d addresses, %d clients, exit %d, failed %v", len(addresses), sum.Looks[0].Clients, sum.code, sum.findingIDs("fail"))
	}
	return nil
}

// checkDead expects a verdict on a coordinator that is dead.
func (sum shardSum) checkDead(shards int) error {
	if failed := sum.findingIDs("fail"); sum.code != 1 || len(failed) == 0 || len(sum.Sources) != shards {
		return fmt.Errorf("exit %d, %d sources, failed %v", sum.code, len(sum.Sources), failed)
	}
	return nil
}

// checkLost expects a sum that is not whole, for want of one shard.
func (sum shardSum) checkLost(index, shards int) error {
	lacks := fmt.Sprintf("there is no result of shard %d of %d", index+1, shards)
	if sum.code != 3 || len(sum.Sources) != shards-1 || sum.Complete || !strings.Contains(sum.Stopped.Text, lacks) {
		return fmt.Errorf("exit %d, %d sources, complete %t, %s", sum.code, len(sum.Sources), sum.Complete, sum.Stopped.Text)
	}
	return nil
}
