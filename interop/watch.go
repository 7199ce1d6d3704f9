//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// watchResult is the part of a result about watch. Times are in seconds since the
// start of the run; nil is never.
type watchResult struct {
	Event    *float64 `json:"event_s"`
	Sessions int      `json:"sessions"`
	Errors   int      `json:"errors"`
	FirstErr *float64 `json:"first_error_s"`
	Outage   float64  `json:"outage_s"`
	Long     []struct {
		Coordinator string `json:"coordinator"`
		Outcome     string `json:"outcome"`
	} `json:"long"`
	Coords []appearance `json:"appearances"`
}

// appearance is when new sessions reached a coordinator.
type appearance struct {
	Name     string   `json:"name"`
	Sessions int      `json:"sessions"`
	First    float64  `json:"first_s"`
	Gone     *float64 `json:"gone_s"`
	Back     *float64 `json:"back_s"`
}

// appearanceOf returns the appearance of a coordinator.
func (w watchResult) appearanceOf(name string) appearance {
	for _, c := range w.Coords {
		if c.Name == name {
			return c
		}
	}
	return appearance{}
}

// aliveSessions returns the number of long sessions that were alive at the end.
func (w watchResult) aliveSessions() int {
	n := 0
	for _, l := range w.Long {
		if l.Outcome == "ok" {
			n++
		}
	}
	return n
}

// proveFailover kills one coordinator by SIGKILL. The reported outage must agree with
// the time until HAProxy logs that the server is DOWN. --max-outage 5s allows it;
// without an allowance the run fails.
func (l *lab) proveFailover(ctx context.Context) (evidence, error) {
	downs, err := l.listenForServerDown()
	if err != nil {
		return evidence{}, err
	}
	_, address, err := l.loadListener("failover")
	if err != nil {
		return evidence{}, err
	}
	coordinators, err := l.failover()
	if err != nil {
		return evidence{}, err
	}
	// At 80 sessions per second each of four coordinators gets one every 50 ms.
	watch := []string{"watch", "--watch-for", "8s", "--event-after", "2s", "--rate", "80/s", "--concurrency", "128", "--timeout", "5s"}
	var outages []string
	for _, round := range []struct {
		name   string
		victim int
		allow  []string
		want   expectation
	}{
		{name: "watch.failover", victim: 1, allow: []string{"--max-outage", "5s"}, want: expectation{}},
		{name: "watch.failover.forbidden", victim: 2, allow: nil, want: expectation{exit: 1, failed: []string{"watch.outage"}}},
	} {
		killed := l.file("run", round.name+".killed")
		kill := fmt.Sprintf("kill -9 %d; date +%%s.%%N > '%s'", coordinators[round.victim].proc.cmd.Process.Pid, killed)
		args := append(append(watch, round.allow...), "--on-event", kill, address)
		r, err := l.check(ctx, toolRun{name: round.name, want: round.want, args: args})
		if err != nil {
			return evidence{}, err
		}
		detected, err := detectionSeconds(killed, downs)
		if err != nil {
			return evidence{}, err
		}
		w := r.Watch
		if w.Event == nil || w.FirstErr == nil {
			return evidence{}, fmt.Errorf("no event, or no error, in %+v", w)
		}
		reported := *w.FirstErr + w.Outage - *w.Event
		if math.Abs(reported-detected) > detected/5 {
			return evidence{}, fmt.Errorf("HAProxy logged DOWN %.2f s after the kill, new sessions failed for %.2f s by the report", detected, reported)
		}
		outages = append(outages, fmt.Sprintf("%.2f s by the report, %.2f s by HAProxy's log, exit %d", reported, detected, r.Exit))
	}
	return evidence{numbers: "from the kill to the end of the errors: " + strings.Join(outages, "; without an allowance ")}, nil
}

// listenForServerDown returns a channel with the times at which HAProxy logs that a
// server is DOWN.
func (l *lab) listenForServerDown() (<-chan time.Time, error) {
	os.Remove(l.loadLog)
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: l.loadLog, Net: "unixgram"})
	if err != nil {
		return nil, err
	}
	downs := make(chan time.Time, 8)
	go func() {
		defer conn.Close()
		line := make([]byte, 4096)
		for range cap(downs) { // more than the number of servers
			n, err := conn.Read(line)
			if err != nil {
				return
			}
			if strings.Contains(string(line[:n]), " is DOWN") {
				downs <- time.Now()
			}
		}
	}()
	return downs, nil
}

// detectionSeconds returns the time from the kill to HAProxy's log line.
func detectionSeconds(file string, downs <-chan time.Time) (float64, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	killed, err := strconv.ParseFloat(strings.TrimSpace(string(b)), 64)
	if err != nil {
		return 0, err
	}
	select {
	case down := <-downs:
		return float64(down.UnixNano())/1e9 - killed, nil
	default:
		return 0, fmt.Errorf("HAProxy has not logged that a server is DOWN")
	}
}

// changeScript is what an operator does during the run at HAProxy's admin socket, $0:
// drain one coordinator and enable it again, add one, and reduce the weight of one.
const changeScript = `set -e
set_server() { printf '%s\n' "set server changing/$1" | socat - UNIX-CONNECT:"$0"; }
set_server 'c3 state drain'; sleep 4
set_server 'c3 state ready'; sleep 1
set_server 'c4 state ready'; sleep 1
set_server 'c1 weight 25%'`

// proveChanges changes the balancer's configuration under steady load. No session
// fails, long sessions stay open, and the report says which coordinator was gone,
// came back or was added; the observations show the weight.
func (l *lab) proveChanges(ctx context.Context) (evidence, error) {
	h, address, err := l.loadListener("changing")
	if err != nil {
		return evidence{}, err
	}
	cluster, err := l.largeCluster()
	if err != nil {
		return evidence{}, err
	}
	script, observed := l.file("run", "changes.sh"), l.file("run", "watch.changes.jsonl")
	if err := os.WriteFile(script, []byte(changeScript), 0o644); err != nil {
		return evidence{}, err
	}
	const long = 6
	r, err := l.check(ctx, toolRun{name: "watch.changes", args: []string{"watch", "--watch-for", "16s", "--event-after", "2s", "--rate", "40/s",
		"--long", strconv.Itoa(long), "--observations", observed, "--on-event", fmt.Sprintf("sh -c \"$(cat '%s')\" '%s'", script, h.socket), address}})
	if err != nil {
		return evidence{}, err
	}
	names, w := cluster.names(), r.Watch
	drained, added := w.appearanceOf(names[2]), w.appearanceOf(names[3])
	switch {
	case w.Errors != 0 || w.aliveSessions() != long:
		return evidence{}, fmt.Errorf("%d errors, %d of %d long sessions are alive", w.Errors, w.aliveSessions(), long)
	case w.Event == nil || drained.Gone == nil || drained.Back == nil:
		return evidence{}, fmt.Errorf("%s was drained and enabled again: %+v", names[2], drained)
	case math.Abs(*drained.Gone-*w.Event) > 0.5 || math.Abs(*drained.Back-*w.Event-4) > 0.8:
		return evidence{}, fmt.Errorf("%s was drained from %.1f s to %.1f s: reported gone %.1f s, back %.1f s", names[2], *w.Event, *w.Event+4, *drained.Gone, *drained.Back)
	case added.First < *w.Event+4.5:
		return evidence{}, fmt.Errorf("%s was added at %.1f s and reached at %.1f s", names[3], *w.Event+5, added.First)
	}
	began := *w.Event + 7 // the weight is changed 6 s after the event
	shares, err := sharesSince(observed, began)
	if err != nil {
		return evidence{}, err
	}
	// A quarter of the weight of three others: one in thirteen.
	if share := shares[names[0]]; math.Abs(share-1./13) > 0.03 {
		return evidence{}, fmt.Errorf("at a weight of 25 %% %s got %.3f of the sessions after %.1f s: %v", names[0], share, began, shares)
	}
	return evidence{numbers: fmt.Sprintf("no error in %d sessions, %d of %d long ones alive; the drained one gone at %.1f s and back at %.1f s (event at %.1f s), the added one reached first at %.1f s, the one at 25 %% weight got %.1f %%",
		w.Sessions, w.aliveSessions(), long, *drained.Gone, *drained.Back, *w.Event, added.First, 100*shares[names[0]])}, nil
}

// observation is a line of an observations file.
type observation struct {
	Part        string  `json:"part"`
	Due         float64 `json:"due_ms"`
	Start       float64 `json:"start_ms"`
	Coordinator string  `json:"coordinator"`
	Outcome     string  `json:"outcome"`
	Class       string  `json:"class"`
}

// sharesSince reads an observations file and returns each coordinator's share of the
// new sessions that were due at or after a second.
func sharesSince(file string, second float64) (map[string]float64, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	shares, all := map[string]float64{}, 0.0
	s := bufio.NewScanner(f)
	for s.Scan() {
		var o observation
		if err := json.Unmarshal(s.Bytes(), &o); err != nil {
			return nil, err
		}
		if o.Part == "arrival" && o.Due >= 1000*second {
			shares[o.Coordinator]++
			all++
		}
	}
	for name := range shares {
		shares[name] /= all
	}
	return shares, s.Err()
}
