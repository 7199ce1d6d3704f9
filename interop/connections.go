//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// connections are counts of connections, those that a limit rejected among them.
type connections struct {
	accepted int            // by the balancers that clients dial
	servers  map[string]int // by the server's address; of observations, by the coordinator's name
}

// connections returns what an observations file counts: every session that was
// connected, whether it counts or only got in. There must be a line for each.
func (r result) connections(observed string) (connections, error) {
	ours := connections{servers: map[string]int{}}
	f, err := os.Open(observed)
	if err != nil {
		return ours, err
	}
	defer f.Close()
	lines := -1 // the first one is the header
	s := bufio.NewScanner(f)
	for ; s.Scan(); lines++ {
		var o observation
		if err := json.Unmarshal(s.Bytes(), &o); err != nil {
			return ours, err
		}
		if lines < 0 || o.Class == "tcp.refused" || o.Class == "tcp.timeout" {
			continue
		}
		ours.accepted++
		if o.Coordinator != "" {
			ours.servers[o.Coordinator]++
		}
	}
	if want := r.Sessions.opened(); lines != want {
		return ours, fmt.Errorf("%d observations, the result has %d sessions", lines, want)
	}
	return ours, s.Err()
}

// awaitConnections waits until balancers have counted n connections: they may count one
// some time after its end.
func awaitConnections(ctx context.Context, count func(context.Context) (connections, error), n int) (counted connections, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	err = poll(ctx, 100*time.Millisecond, func() (_ bool, err error) {
		counted, err = count(ctx)
		return counted.accepted == n, err
	})
	if err != nil {
		err = fmt.Errorf("the balancer counted %d connections in all, by our count there were %d: %w", counted.accepted, n, err)
	}
	return counted, err
}
