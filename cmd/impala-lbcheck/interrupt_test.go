//go:build unix

package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// interruptions and interruptSeed are set by make interrupt.
var (
	interruptions = flag.Int("interruptions", 0, "interrupt commands so often, each at a moment of its own; 0 is a few of those that open sessions; make interrupt has many")
	interruptSeed = flag.Uint64("interrupt-seed", 1, "seed of who is interrupted, how and when")
)

// disturbance is what happens to a process.
type disturbance struct {
	name    string
	signals []syscall.Signal // one after the other, at once
	stops   bool             // it is stopped and continued
	leaves  bool             // who reads its stdout leaves
}

var disturbances = []disturbance{
	{name: "SIGINT", signals: []syscall.Signal{syscall.SIGINT}},
	{name: "SIGTERM", signals: []syscall.Signal{syscall.SIGTERM}},
	{name: "SIGHUP", signals: []syscall.Signal{syscall.SIGHUP}},
	{name: "SIGQUIT", signals: []syscall.Signal{syscall.SIGQUIT}},
	{name: "SIGINT twice", signals: []syscall.Signal{syscall.SIGINT, syscall.SIGINT}},
	{name: "SIGTERM twice", signals: []syscall.Signal{syscall.SIGTERM, syscall.SIGTERM}},
	{name: "SIGHUP, SIGTERM", signals: []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM}},
	{name: "SIGTSTP, SIGCONT", stops: true},
	{name: "SIGPIPE", leaves: true},
	{name: "SIGKILL", signals: []syscall.Signal{syscall.SIGKILL}},
}

// kills reports whether nothing is promised but files that are whole up to their end.
func (d disturbance) kills() bool { return slices.Contains(d.signals, syscall.SIGKILL) }

// hurries reports whether somebody at the keyboard did not want to wait for sessions.
func (d disturbance) hurries() bool {
	return len(d.signals) > 1 && d.signals[1] == syscall.SIGINT
}

// interruptTry is a command, what happens to it, and when.
type interruptTry struct {
	interruptRow
	disturbance
	seed   uint64
	moment time.Duration // after its start
	second time.Duration // after the first one, where there is another
}

// interruptionsOf are n of them, each of all pairs as often as of any other.
func interruptionsOf(rows []interruptRow, n int, seed uint64) []interruptTry {
	var all []interruptTry
	for round := uint64(0); len(all) < n; round++ {
		rng := rand.New(rand.NewPCG(seed, round))
		var next []interruptTry
		for _, row := range rows {
			for _, d := range disturbances {
				moment := time.Duration(rng.Int64N(int64(row.lasts)))
				next = append(next, interruptTry{row, d, seed, moment, time.Duration(rng.Int64N(int64(200 * time.Millisecond)))})
			}
		}
		rng.Shuffle(len(next), func(i, j int) { next[i], next[j] = next[j], next[i] })
		all = append(all, next[:min(len(next), n-len(all))]...)
	}
	return all
}

// However and whenever a command is interrupted, it ends with a code that says so, or with its
// own where it was nearly over; nothing stays open on the cluster, and its files are whole or
// not there.
func TestInterrupt_LeavesNothingOpenAndNoFileHalf(t *testing.T) {
	t.Parallel()
	if signal.Ignored(syscall.SIGHUP) { // by nohup, which a process would take to be meant for it
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	n, rows := *interruptions, slices.Clone(interruptRows)
	if n == 0 {
		n, rows = 14, slices.DeleteFunc(rows, func(r interruptRow) bool { return r.prints })
	} else {
		timeRows(t, rows)
	}
	var seen tally
	t.Cleanup(func() {
		if *interruptions > 0 {
			fmt.Printf("interrupt: seed %d: %d interruptions of %d commands\n%s", *interruptSeed, n, len(rows), seen.String())
		}
	})
	for i, one := range interruptionsOf(rows, n, *interruptSeed) {
		t.Run(fmt.Sprintf("%d %s, %s", i, one.command, one.disturbance.name), func(t *testing.T) {
			t.Parallel()
			how, _ := one.run(t)
			seen.add(one.disturbance.name, how)
			if t.Failed() {
				t.Logf("seed %d: after %v, and %v", one.seed, one.moment, one.second)
			}
		})
	}
}

// timeRows runs each command undisturbed, so that it is interrupted while it goes on.
func timeRows(t *testing.T, rows []interruptRow) {
	t.Helper()
	t.Run("undisturbed", func(t *testing.T) {
		for i, row := range rows {
			t.Run(row.command, func(t *testing.T) {
				t.Parallel()
				_, took := interruptTry{interruptRow: row}.run(t)
				if !row.endless {
					rows[i].lasts = took
				}
			})
		}
	})
}

// tally counts how interrupted commands ended.
type tally struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *tally) add(name, how string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[name+" | "+how]++
}

// String is a row for each way.
func (c *tally) String() string {
	var lines []string
	for key, n := range c.n {
		lines = append(lines, fmt.Sprintf("interrupt: | %s | %d |\n", key, n))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// A new command has a row.
func TestInterrupt_HasEveryCommand(t *testing.T) {
	t.Parallel()
	var rows []string
	for _, r := range interruptRows {
		rows = append(rows, r.command)
	}
	for _, name := range leafNames() {
		if !slices.Contains(rows, name) {
			t.Errorf("%q has no row in interruptRows", name)
		}
	}
	for _, name := range rows {
		if !slices.Contains(leafNames(), name) {
			t.Errorf("there is no command %q", name)
		}
	}
}
