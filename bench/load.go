//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"os"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"
)

const (
	serverName   = "impala.example.com" // in the simulated cluster's certificates, and of its Kerberos service
	query        = "SELECT pid()"
	userName     = "bench"
	userPassword = "no secret"      // of the simulated cluster alone
	timeout      = 30 * time.Second // of each phase, or session
)

// tlsCurve is the key exchange of all TLS clients: Go's default would make up most of
// the cost of a session.
const tlsCurve = tls.X25519

// client is a client to measure.
type client interface {
	// session opens a session, runs a query and closes the session.
	session(ctx context.Context, addr string) error
	// open opens a session and returns the function that closes it; if parked, a
	// goroutine waits on it.
	open(ctx context.Context, addr string, parked bool) (closeSession func() error, err error)
}

// event is a line printed by a child process.
type event struct {
	Event string      `json:"event"` // begin, end, turn, held
	Turn  *turn       `json:"turn,omitempty"`
	Held  *holdResult `json:"held,omitempty"`
}

func printEvent(s event) { _ = json.NewEncoder(os.Stdout).Encode(s) } // without a parent this process is stopped anyway

// loadChild opens sessions for some time with c workers. Every worker has a session
// before the turn begins, and finishes its session when the time is over.
func loadChild(ctx context.Context, args []string) error {
	o, cl, err := parseChild(ctx, args)
	if err != nil {
		return err
	}
	var warm, all sync.WaitGroup
	var sessions, failures atomic.Int64
	var first atomic.Pointer[string]
	begin := make(chan struct{})
	var until time.Time
	warm.Add(o.c)
	for i := range o.c {
		addr := o.addrs[i%len(o.addrs)]
		all.Go(func() {
			one := func() {
				if err := cl.session(ctx, addr); err != nil {
					failures.Add(1)
					text := err.Error()
					first.CompareAndSwap(nil, &text)
					return
				}
				sessions.Add(1)
			}
			one()
			warm.Done()
			for <-begin; time.Now().Before(until) && ctx.Err() == nil; {
				one()
			}
		})
	}
	warm.Wait()
	sessions.Store(0)
	stop, err := profiling(o.profile)
	if err != nil {
		return err
	}
	printEvent(event{Event: "begin"})
	before := readMeter()
	until = before.at.Add(o.window)
	close(begin)
	all.Wait()
	t := readMeter().since(before)
	printEvent(event{Event: "end"})
	stop()
	t.Sessions, t.Errors = int(sessions.Load()), int(failures.Load())
	if text := first.Load(); text != nil {
		t.First = *text
	}
	printEvent(event{Event: "turn", Turn: &t})
	return ctx.Err()
}

// profiling writes a CPU profile until stop is called.
func profiling(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, pprof.StartCPUProfile(f)
}
