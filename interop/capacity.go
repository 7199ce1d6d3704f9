//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// capacityResult is what we read of a result's capacity.
type capacityResult struct {
	Held      int    `json:"held"`
	Survived  int    `json:"survived"`
	StoppedBy string `json:"stopped_by"`
	Threads   int    `json:"threads"`
	From      string `json:"from"`
	Cause     string `json:"cause"`
	Nominal   int    `json:"nominal"`
	NMinus1   int    `json:"n_minus_1"`
}

// untilFullArgs are the flags of a run that fills a listener, with the coordinators
// declared and, where the pages are asked for, their port.
func untilFullArgs(r clusterGroup, address string, pages bool) []string {
	args := []string{"capacity", "--until-full", "--timeout", "2s", "--policy", "leastconn", "--expect-coordinators", strings.Join(r.names(), ",")}
	if pages {
		args = append(args, "--web-port", strconv.Itoa(pagesPort))
	}
	return append(args, address)
}

// proveThreads fills three coordinators of eight service threads each behind a
// HAProxy that has no limit of its own: 24 fit, and the pages show why no more.
func (l *lab) proveThreads(ctx context.Context) (evidence, error) {
	h, err := l.loadHAProxy()
	if err != nil {
		return evidence{}, err
	}
	few, err := l.fewThreads()
	if err != nil {
		return evidence{}, err
	}
	address, err := h.find("few")
	if err != nil {
		return evidence{}, err
	}
	r, err := l.check(ctx, toolRun{name: "capacity.threads", args: untilFullArgs(few, address, true)})
	if err != nil {
		return evidence{}, err
	}
	c := r.Capacity
	switch {
	case c.Held < 23 || c.Held > 24 || c.StoppedBy != "open.timeout":
		return evidence{}, fmt.Errorf("three times 8 threads held %d and were stopped by %q", c.Held, c.StoppedBy)
	case c.Cause != "coordinators" || c.From != "pages" || c.Threads != 8 || c.Nominal != 24 || c.NMinus1 != 16:
		return evidence{}, fmt.Errorf("not what the pages say of 3 x 8 threads: %+v", c)
	}
	return evidence{numbers: fmt.Sprintf("3 x 8 threads held %d, then %s; %d with one lost; the pages say it is the coordinators",
		c.Held, c.StoppedBy, c.NMinus1)}, r.expectFinding("capacity.held", "pass", "no service thread left")
}

// proveMaxconn fills a HAProxy that lets 24 connections in, before coordinators
// that have room for 192: the number is the same, the cause is another. Without
// the pages nobody can know that, and the report must not say so.
func (l *lab) proveMaxconn(ctx context.Context) (evidence, error) {
	h, err := l.loadHAProxy()
	if err != nil {
		return evidence{}, err
	}
	roomy, err := l.manyThreads()
	if err != nil {
		return evidence{}, err
	}
	address, err := h.find("maxconn")
	if err != nil {
		return evidence{}, err
	}
	seen, err := l.check(ctx, toolRun{name: "capacity.maxconn", args: untilFullArgs(roomy, address, true)})
	if err != nil {
		return evidence{}, err
	}
	if c := seen.Capacity; c.Held != 24 || c.StoppedBy != "open.timeout" || c.Cause != "balancer" || c.Threads != 64 || c.Nominal != 192 {
		return evidence{}, fmt.Errorf("not what a maxconn of 24 before 3 x 64 threads is: %+v", c)
	}
	if err := seen.expectFinding("capacity.held", "pass", "the balancer has a limit of its own"); err != nil {
		return evidence{}, err
	}
	blind, err := l.check(ctx, toolRun{name: "capacity.maxconn.blind", args: untilFullArgs(roomy, address, false)})
	if err != nil {
		return evidence{}, err
	}
	if c := blind.Capacity; c.Held != 24 || c.Cause != "" {
		return evidence{}, fmt.Errorf("without pages it holds %d and says that %q was full", c.Held, c.Cause)
	}
	if err := blind.expectFinding("capacity.held", "pass", "cannot be told"); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("maxconn 24 held %d; the pages say it is the balancer; without them the cause is left open", seen.Capacity.Held)}, nil
}

// proveInterrupted ends a run by SIGINT while it holds 200 sessions: within six
// seconds all are closed, on HAProxy and on the coordinators' own pages, and what
// was seen until then is written.
func (l *lab) proveInterrupted(ctx context.Context) (evidence, error) {
	h, err := l.loadHAProxy()
	if err != nil {
		return evidence{}, err
	}
	crowd, err := l.largeCluster()
	if err != nil {
		return evidence{}, err
	}
	address, err := h.find("crowd")
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
			if err := awaitClusterSessions(ctx, crowd, held); err != nil {
				return err
			}
			if open, err = h.openSessions(ctx, "crowd"); err != nil {
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
	left, err := h.openSessions(ctx, "crowd")
	if err != nil {
		return evidence{}, err
	}
	sessions, err := crowd.sessions(ctx)
	switch {
	case err != nil:
		return evidence{}, err
	case took > 6*time.Second:
		return evidence{}, fmt.Errorf("it took %s to end", took)
	case open != held || left != 0 || sessions != 0 || r.Sessions.LeftOpen != 0:
		return evidence{}, fmt.Errorf("HAProxy had %d connections and has %d, the coordinators have %d sessions, the result %d left open",
			open, left, sessions, r.Sessions.LeftOpen)
	case r.Complete || r.Capacity.Held != held:
		return evidence{}, fmt.Errorf("the result says complete %t and %d held", r.Complete, r.Capacity.Held)
	}
	return evidence{numbers: fmt.Sprintf("%d of %d held sessions closed %d ms after SIGINT, by HAProxy's count and the coordinators'; exit 130, the partial result says %d held",
		open, held, took.Milliseconds(), r.Capacity.Held)}, nil
}

// memoryLimit is what ten thousand held sessions may take: 128 MiB.
const memoryLimit = 128 << 20

// proveMemory holds ten thousand sessions and looks at how much memory the
// kernel says the process had at the most.
func (l *lab) proveMemory(ctx context.Context) (evidence, error) {
	crowd, err := l.largeCluster()
	if err != nil {
		return evidence{}, err
	}
	const held = 10_000
	r, err := l.check(ctx, toolRun{
		name: "capacity.memory",
		args: append([]string{"capacity", "--hold", strconv.Itoa(held), "--for", "1s", "--rate", "4000/s", "--concurrency", "64", "--threads", "12000",
			"--timeout", "30s", "--inconclusive", "pass"}, crowd.addresses()...),
	})
	if err != nil {
		return evidence{}, err
	}
	if r.Capacity.Held != held || r.Capacity.Survived != held || r.peakMemory > memoryLimit {
		return evidence{}, fmt.Errorf("held %d, survived %d, with %d MiB at the most", r.Capacity.Held, r.Capacity.Survived, r.peakMemory>>20)
	}
	return evidence{numbers: fmt.Sprintf("%d sessions held and alive at the end, with %d MiB at the most by getrusage", held, r.peakMemory>>20)}, nil
}

// awaitClusterSessions waits until the coordinators say that they have so many sessions.
func awaitClusterSessions(ctx context.Context, c *cluster, n int) error {
	for {
		now, err := c.sessions(ctx)
		if err != nil || now == n {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), fmt.Errorf("the coordinators have %d sessions of %d", now, n))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// sessions sums what the coordinators' own pages say of open sessions.
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

// sessionsOf reads a coordinator's page of sessions, as Impala serves it.
func sessionsOf(ctx context.Context, page string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+page+"/sessions?json", nil)
	if err != nil {
		return 0, err
	}
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{}).DialContext}}
	answer, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	var said struct {
		Sessions *int `json:"num_sessions"`
	}
	b, err := io.ReadAll(io.LimitReader(answer.Body, 64<<20))
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal(b, &said); err != nil || said.Sessions == nil {
		return 0, fmt.Errorf("%s: %.100q is no page of sessions", page, b)
	}
	return *said.Sessions, nil
}
