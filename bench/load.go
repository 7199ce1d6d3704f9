//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The names in the simulated cluster's certificates and of who asks.
const (
	serverName = "impala.example.com"
	statement  = "SELECT pid()"
	userName   = "bench"
	patience   = 30 * time.Second // of each phase, or session
)

// curve is the one key exchange of all TLS clients: Go's own choice would cost
// the handshake more than everything else together.
const curve = tls.X25519

// client is a way to have sessions.
type client interface {
	// session has one, from connect to close.
	session(ctx context.Context, addr string) error
	// keep opens one and leaves it open; parked: with a goroutine waiting on it.
	keep(ctx context.Context, addr string, parked bool) (end func() error, err error)
}

// order is what a child is told.
type order struct {
	client  string
	addrs   []string
	roots   *x509.CertPool // nil: plain TCP
	c       int
	window  time.Duration
	n       int // to hold
	parked  bool
	profile string // file for a CPU profile of a turn, or of the memory in use while sessions are held; "": none
}

// parseOrder reads a child's flags.
func parseOrder(args []string) (o order, err error) {
	flags := flag.NewFlagSet("bench child", flag.ContinueOnError)
	flags.StringVar(&o.client, "client", ours, "who")
	addrs := flags.String("addrs", "", "addresses, with commas between")
	ca := flags.String("ca", "", "PEM file of the authority; empty: plain TCP")
	flags.IntVar(&o.c, "c", 1, "sessions at once")
	flags.DurationVar(&o.window, "window", time.Second, "how long")
	flags.IntVar(&o.n, "n", 1000, "sessions to hold")
	flags.BoolVar(&o.parked, "parked", false, "a goroutine waits on each")
	flags.StringVar(&o.profile, "profile", "", "file for a profile: of the CPU (load), of the memory (hold)")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.addrs = strings.Split(*addrs, ",")
	if *ca == "" {
		return o, nil
	}
	pem, err := os.ReadFile(*ca)
	if err != nil {
		return o, err
	}
	o.roots = x509.NewCertPool()
	if !o.roots.AppendCertsFromPEM(pem) {
		return o, errors.New("no certificate in " + *ca)
	}
	return o, nil
}

// newClient is the client that the order names.
func (o order) newClient(ctx context.Context) (client, error) {
	switch o.client {
	case ours:
		return newOurs(o.roots), nil
	case raw:
		return newRaw(ctx, o.addrs[0], o.roots)
	case gohive:
		return newGohive(o.roots), nil
	}
	return nil, fmt.Errorf("no client %q", o.client)
}

// said is a line that a child prints: that its turn begins, that it has ended,
// and what came of it.
type said struct {
	Event string `json:"event"` // begin, end, turn, held
	Turn  *turn  `json:"turn,omitempty"`
	Held  *held  `json:"held,omitempty"`
}

func say(s said) { _ = json.NewEncoder(os.Stdout).Encode(s) } // a parent that is gone ends us anyway

// loadChild has sessions for a while, c at once. Every worker has one before the
// turn begins and ends the one that it is in when time is up.
func loadChild(ctx context.Context, args []string) error {
	o, err := parseOrder(args)
	if err != nil {
		return err
	}
	cl, err := o.newClient(ctx)
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
	say(said{Event: "begin"})
	before := read()
	until = before.at.Add(o.window)
	close(begin)
	all.Wait()
	t := read().since(before)
	say(said{Event: "end"})
	stop()
	t.Sessions, t.Errors = int(sessions.Load()), int(failures.Load())
	if text := first.Load(); text != nil {
		t.First = *text
	}
	say(said{Event: "turn", Turn: &t})
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
