//go:build linux

package main

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// strangers are connections of other clients to a balancer. They open one after the
// other and each stays for the same time.
type strangers struct {
	address     string
	every, stay time.Duration
}

// visit opens connections until leave is called, which closes all and returns how many
// were opened. From the start there are as many as there will be later.
func (s strangers) visit(ctx context.Context) (leave func() (opened int)) {
	staying, cancel := context.WithCancel(ctx)
	var visits sync.WaitGroup
	var opened atomic.Int64
	stayFor := func(d time.Duration) {
		visits.Go(func() {
			var dialer net.Dialer
			c, err := dialer.DialContext(ctx, "tcp", s.address)
			if err != nil {
				return // not counted
			}
			defer c.Close()
			opened.Add(1)
			sleep(staying, d) // or until leave
		})
	}
	for left := s.stay; left > s.every; left -= s.every {
		stayFor(left)
	}
	visits.Go(func() {
		for sleep(staying, s.every) == nil {
			stayFor(s.stay)
		}
	})
	return func() int {
		cancel()
		visits.Wait()
		return int(opened.Load())
	}
}
