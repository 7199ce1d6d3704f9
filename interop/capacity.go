//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// capacityResult is the part of a result about capacity.
type capacityResult struct {
	Held           int    `json:"held"`
	Survived       int    `json:"survived"`
	StoppedBy      string `json:"stopped_by"`
	Threads        int    `json:"threads"`
	From           string `json:"from"`
	Cause          string `json:"cause"`
	Nominal        int    `json:"nominal"`
	NominalOneDown int    `json:"n_minus_1"`
}

// untilFullArgs returns the flags of a run that fills a listener, with the
// coordinators declared and optionally their web pages.
func untilFullArgs(g clusterGroup, address string, pages bool) []string {
	args := []string{"capacity", "--until-full", "--timeout", "2s", "--policy", "leastconn", "--expect-coordinators", strings.Join(g.names(), ",")}
	if pages {
		args = append(args, "--web-port", strconv.Itoa(pagesPort))
	}
	return append(args, address)
}

// proveThreads fills three coordinators with eight service threads each, behind a
// HAProxy without a limit: 24 sessions fit, and the pages show the cause.
func (l *lab) proveThreads(ctx context.Context) (evidence, error) {
	_, address, err := l.loadListener("few-threads")
	if err != nil {
		return evidence{}, err
	}
	coordinators, err := l.fewThreads()
	if err != nil {
		return evidence{}, err
	}
	r, err := l.check(ctx, toolRun{name: "capacity.threads", args: untilFullArgs(coordinators, address, true)})
	if err != nil {
		return evidence{}, err
	}
	c := r.Capacity
	switch {
	case c.Held < 23 || c.Held > 24 || c.StoppedBy != "open.timeout":
		return evidence{}, fmt.Errorf("3 x 8 threads held %d and were stopped by %q", c.Held, c.StoppedBy)
	case c.Cause != "coordinators" || c.From != "pages" || c.Threads != 8 || c.Nominal != 24 || c.NominalOneDown != 16:
		return evidence{}, fmt.Errorf("wrong result for the pages of 3 x 8 threads: %+v", c)
	}
	return evidence{numbers: fmt.Sprintf("3 x 8 threads held %d, then %s; %d with one lost; by the pages the cause is the coordinators",
		c.Held, c.StoppedBy, c.NominalOneDown)}, r.expectFinding("capacity.held", "pass")
}

// proveMaxconn fills a HAProxy that accepts 24 connections, in front of coordinators
// with 192 threads: the number is the same, the cause is the balancer, and what the
// coordinators could hold was not measured. Without the pages the cause is unknown, and
// the report must not name one.
func (l *lab) proveMaxconn(ctx context.Context) (evidence, error) {
	_, address, err := l.loadListener("maxconn")
	if err != nil {
		return evidence{}, err
	}
	coordinators, err := l.manyThreads()
	if err != nil {
		return evidence{}, err
	}
	withPages, err := l.check(ctx, toolRun{name: "capacity.maxconn", args: untilFullArgs(coordinators, address, true)})
	if err != nil {
		return evidence{}, err
	}
	if c := withPages.Capacity; c.Held != 24 || c.StoppedBy != "open.timeout" || c.Cause != "balancer" || c.Threads != 64 || c.Nominal != 0 {
		return evidence{}, fmt.Errorf("wrong result for a maxconn of 24 in front of 3 x 64 threads: %+v", c)
	}
	if err := withPages.expectFinding("capacity.held", "pass"); err != nil {
		return evidence{}, err
	}
	withoutPages, err := l.check(ctx, toolRun{name: "capacity.maxconn.no-pages", args: untilFullArgs(coordinators, address, false)})
	if err != nil {
		return evidence{}, err
	}
	if c := withoutPages.Capacity; c.Held != 24 || c.Cause != "" {
		return evidence{}, fmt.Errorf("without pages it holds %d and the cause is %q", c.Held, c.Cause)
	}
	if err := withoutPages.expectFinding("capacity.held", "pass"); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("maxconn 24 held %d; by the pages the cause is the balancer; without them it is unknown", withPages.Capacity.Held)}, nil
}

// proveInterrupted sends SIGINT to a run that holds 200 sessions: within six seconds
// all of them are closed, by HAProxy's count and the coordinators' pages, and the
// partial result is written.
func (l *lab) proveInterrupted(ctx context.Context) (evidence, error) {
	h, address, err := l.loadListener("large")
	if err != nil {
		return evidence{}, err
	}
	cluster, err := l.largeCluster()
	if err != nil {
		return evidence{}, err
	}
	const held = 200
	var open int
	var signalled time.Time
	r, err := l.check(ctx, toolRun{
		name: "capacity.interrupted", want: expectation{exit: 130},
		args: []string{"capacity", "--hold", strconv.Itoa(held), "--for", "1m", "--rate", "400/s", "--threads", "12000", address},
		during: func(ctx context.Context, pid int) error {
			if err := awaitClusterSessions(ctx, cluster, held); err != nil {
				return err
			}
			if open, err = h.openSessions(ctx, "large"); err != nil {
				return err
			}
			signalled = time.Now()
			return syscall.Kill(pid, syscall.SIGINT)
		},
	})
	took := time.Since(signalled)
	if err != nil {
		return evidence{}, err
	}
	left, err := h.openSessions(ctx, "large")
	if err != nil {
		return evidence{}, err
	}
	sessions, err := cluster.sessions(ctx)
	switch {
	case err != nil:
		return evidence{}, err
	case took > 6*time.Second:
		return evidence{}, fmt.Errorf("the run ended %s after SIGINT", took)
	case open != held || left != 0 || sessions != 0 || r.Sessions.LeftOpen != 0:
		return evidence{}, fmt.Errorf("HAProxy had %d connections and has %d, the coordinators have %d sessions, the result %d left open",
			open, left, sessions, r.Sessions.LeftOpen)
	case r.Complete || r.Capacity.Held != held:
		return evidence{}, fmt.Errorf("the result has complete %t and %d held", r.Complete, r.Capacity.Held)
	}
	return evidence{numbers: fmt.Sprintf("%d of %d held sessions closed %d ms after SIGINT, by HAProxy's and the coordinators' counts; exit 130, the partial result has %d held",
		open, held, took.Milliseconds(), r.Capacity.Held)}, nil
}

// memoryLimit is the maximum memory for 10 000 held sessions.
const memoryLimit = 128 << 20

// proveMemory holds 10 000 sessions and checks the peak memory that the kernel
// reports for the process. Where control groups can be made, the kernel has the limit, too.
func (l *lab) proveMemory(ctx context.Context) (evidence, error) {
	cluster, err := l.largeCluster()
	if err != nil {
		return evidence{}, err
	}
	const held = 10_000
	var within []string
	by := "by getrusage"
	if g, err := newMemoryGroup("memory", memoryLimit); err == nil {
		defer g.delete()
		within, by = g.prefix(), fmt.Sprintf("by getrusage, and within a control group of %d MiB", memoryLimit>>20)
	}
	r, err := l.check(ctx, toolRun{
		name: "capacity.memory", prefix: within,
		args: append([]string{"capacity", "--hold", strconv.Itoa(held), "--for", "1s", "--rate", "4000/s", "--concurrency", "64", "--threads", "12000",
			"--timeout", "30s", "--inconclusive", "pass"}, cluster.addresses()...),
	})
	if err != nil {
		return evidence{}, err
	}
	if r.Capacity.Held != held || r.Capacity.Survived != held || r.peakMemory > memoryLimit {
		return evidence{}, fmt.Errorf("held %d, survived %d, with a peak of %d MiB", r.Capacity.Held, r.Capacity.Survived, r.peakMemory>>20)
	}
	return evidence{numbers: fmt.Sprintf("%d sessions held and alive at the end, with a peak of %d MiB %s", held, r.peakMemory>>20, by)}, nil
}

// awaitClusterSessions waits until the coordinators have n sessions.
func awaitClusterSessions(ctx context.Context, c *cluster, n int) error {
	open := 0
	err := poll(ctx, 50*time.Millisecond, func() (_ bool, err error) {
		open, err = c.sessions(ctx)
		return open == n, err
	})
	if err != nil {
		return fmt.Errorf("wait for %d sessions, of which %d are open: %w", n, open, err)
	}
	return nil
}

// sessions returns the number of open sessions on the coordinators' pages.
func (c *cluster) sessions(ctx context.Context) (int, error) {
	sum := 0
	for _, page := range c.lines[0].Pages {
		n, err := sessionsOf(ctx, page)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// sessionsOf reads the number of sessions from a coordinator's page /sessions.
func sessionsOf(ctx context.Context, page string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+page+"/sessions?json", nil)
	if err != nil {
		return 0, err
	}
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{}).DialContext}}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var content struct {
		Sessions *int `json:"num_sessions"`
	}
	b, err := io.ReadAll(io.LimitReader(response.Body, 64<<20))
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal(b, &content); err != nil || content.Sessions == nil {
		return 0, fmt.Errorf("%s: num_sessions is missing: %.100q", page, b)
	}
	return *content.Sessions, nil
}
