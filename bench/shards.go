//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// shardsPort is the first of two ports, HS2 and Beeswax, of each coordinator of
// [lab.measureShards].
const shardsPort = 21430

// shardCount is the number of processes that hold sessions together, and of coordinators,
// each a process of its own: a process has 20000 descriptors.
const shardCount = 4

// shardsHold is how many sessions the command holds in several processes.
type shardsHold struct {
	N int `json:"held"`
}

// name returns a name such as "shards/n=50000".
func (h shardsHold) name() string { return "shards/n=" + strconv.Itoa(h.N) }

// shardsResult is what the processes of a [shardsHold] took.
type shardsResult struct {
	shardsHold
	Opening time.Duration `json:"opening_ns"` // until all were held
	HeldMB  spread        `json:"held_mb"`    // of all processes together while they are held: proportional set size
	PeakMB  float64       `json:"peak_mb"`    // of all processes together, logging in and closing included
}

// measureShards holds sessions with the command itself, in several processes.
func (l *lab) measureShards(ctx context.Context, h shardsHold) (shardsResult, error) {
	addrs, sims, err := l.startShardSims()
	defer func() {
		for _, s := range sims {
			s.stop()
		}
	}()
	if err != nil {
		return shardsResult{}, err
	}
	var shards []*exec.Cmd
	var results []string
	began := time.Now()
	for i := range shardCount {
		out := l.file("shard-" + strconv.Itoa(i+1) + ".json")
		argv := append([]string{"capacity", "--hold", strconv.Itoa(h.N), "--for", "10s", "--concurrency", "200", "--timeout", "60s", "--seed", "1",
			"--expect-coordinators", strconv.Itoa(shardCount), "--shard", fmt.Sprintf("%d/%d", i+1, shardCount), "--quiet", "--out", out}, addrs...)
		cmd := exec.CommandContext(ctx, l.file("impala-lbcheck"), argv...)
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		if err := cmd.Start(); err != nil {
			return shardsResult{}, err
		}
		shards, results = append(shards, cmd), append(results, out)
	}
	sampled := make(chan shardsResult, 1)
	ended := make(chan struct{})
	go func() { sampled <- sampleShards(h, shards, began, ended) }()
	for _, cmd := range shards {
		err = errors.Join(err, cmd.Wait())
	}
	close(ended)
	got := <-sampled
	if err == nil && got.HeldMB.N == 0 {
		err = errors.New("they never held all sessions at the same time")
	}
	if err == nil {
		err = l.mergeShards(ctx, results)
	}
	if err != nil {
		return got, fmt.Errorf("%d sessions in %d shards: %w", h.N, shardCount, err)
	}
	return got, nil
}

// startShardSims starts a process for each coordinator and returns their addresses.
func (l *lab) startShardSims() (addrs []string, sims []*server, err error) {
	for i := range shardCount {
		out, in, err := os.Pipe()
		if err != nil {
			return nil, sims, err
		}
		port := shardsPort + 2*i
		s, err := l.start("sim-shard-"+strconv.Itoa(i+1), in, l.file("impala-lbcheck"), "sim", "--direct", "--coordinators", "1", "--first", strconv.Itoa(i+1),
			"--hs2-port", strconv.Itoa(port), "--beeswax-port", strconv.Itoa(port+1), "--fault", "threads="+strconv.Itoa(threadsPerCoordinator))
		_ = in.Close()
		if err != nil {
			_ = out.Close()
			return nil, sims, err
		}
		sims = append(sims, s)
		lines := bufio.NewScanner(out)
		started := lines.Scan() && lines.Scan() // a line for each protocol
		go func() {
			_, _ = io.Copy(io.Discard, out)
			_ = out.Close()
		}()
		if !started {
			return nil, sims, fmt.Errorf("%s did not start: see %s", s.name, l.file(s.name+".log"))
		}
		addrs = append(addrs, net.JoinHostPort("127.0.0.2", strconv.Itoa(port)))
	}
	return addrs, sims, nil
}

// sampleShards reads the memory of processes until they have ended. All sessions are held
// when each process has as many sockets open as its part.
func sampleShards(h shardsHold, shards []*exec.Cmd, began time.Time, ended <-chan struct{}) shardsResult {
	got := shardsResult{shardsHold: h}
	var held []float64
	for {
		select {
		case <-ended:
			got.HeldMB = spreadOf(held)
			return got
		case <-time.After(250 * time.Millisecond):
		}
		sum, all := 0., true
		for _, cmd := range shards {
			pid := strconv.Itoa(cmd.Process.Pid)
			sum += float64(sizeKB(pid, "smaps_rollup", "Pss")) / 1024
			all = all && openFiles(pid) >= h.N/len(shards)
		}
		got.PeakMB = max(got.PeakMB, sum)
		if all {
			if held = append(held, sum); len(held) == 1 {
				got.Opening = time.Since(began)
			}
		}
	}
}

// openFiles is how many descriptors a process has open; 0: it has ended.
func openFiles(pid string) int {
	dir, err := os.Open(filepath.Join("/proc", pid, "fd"))
	if err != nil {
		return 0
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1) // of one that ends meanwhile: as many as there were
	return len(names)
}

// mergeShards judges the sum, which has to have all sessions.
func (l *lab) mergeShards(ctx context.Context, results []string) error {
	var merged struct {
		Capacity struct {
			Held   int `json:"held"`
			Target int `json:"target"`
		} `json:"capacity"`
	}
	out := l.file("shards.json")
	text, err := exec.CommandContext(ctx, l.file("impala-lbcheck"), append([]string{"merge", "--out", out}, results...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("merge: %w: %s", err, strings.TrimSpace(string(text)))
	}
	b, err := os.ReadFile(out)
	if err == nil {
		err = json.Unmarshal(b, &merged)
	}
	if err == nil && merged.Capacity.Held != merged.Capacity.Target {
		err = fmt.Errorf("%d of %d sessions held", merged.Capacity.Held, merged.Capacity.Target)
	}
	return err
}
