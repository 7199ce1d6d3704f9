package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// waitsAtOnce is set by make nohang.
var waitsAtOnce = flag.Int("nohang", 0, "have every command wait for everything that never comes, and hold the time against its limit: so many at once; make nohang does")

// measured reports whether times are held against limits.
func measured() bool { return *waitsAtOnce > 0 }

// patience is the --timeout of commands that wait in vain: short, but where times are
// measured, where it has to be much more than what a busy machine needs for the rest.
func patience() time.Duration {
	if measured() {
		return 2 * time.Second
	}
	return 400 * time.Millisecond
}

// hangs is after how long a command is said to hang, whose limit is seconds. It is many times
// that, for a machine may stand still: only make nohang holds commands against their limits.
const hangs = 5 * time.Minute

// briefly is the longest limit that tests wait for; only make nohang waits for longer ones.
const briefly = 4 * time.Second

// blocked is a wait of a command for something that never comes.
type blocked struct {
	path    string // what never comes
	command string // as in the command tree
	args    []string
	env     env // of the command in this process; out and err are set by wait
	limit   time.Duration
	least   time.Duration // who ends before it has not come so far
	why     string        // what the limit is
	exits   []int         // codes that it may end with; nil: any but success
	met     func() bool   // whether the command came so far; nil: it always does
}

// waits reports whether it is to be waited for here and now.
func (b blocked) waits() bool { return measured() || b.limit <= briefly }

// words is the command line.
func (b blocked) words() []string { return slices.Concat(strings.Fields(b.command), b.args) }

// wait runs the command in this process to its end.
func (b blocked) wait(t *testing.T) {
	t.Helper()
	var out, errs bytes.Buffer
	e := b.env
	e.out, e.err = &out, &errs
	b.end(t, func() int { return mainCode(b.words(), e) }, func() string { return out.String() + errs.String() })
}

// waitApart runs a command in a process of its own to its end.
func (b blocked) waitApart(t *testing.T, program string, env []string) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(program, b.words()...)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), env...), &out, &out
	b.end(t, func() int { return codeOf(cmd.Run()) }, out.String)
}

// end has a command end and holds its code and its time against what is wanted.
func (b blocked) end(t *testing.T, run func() (code int), said func() string) {
	t.Helper()
	ended := make(chan int, 1)
	began := time.Now()
	go func() { ended <- run() }()
	select {
	case code := <-ended:
		took := time.Since(began)
		if took < b.least || b.met != nil && !b.met() {
			t.Errorf("it does not come so far: exit %d after %v\n%s", code, took, said())
			return
		}
		if b.exits == nil && code == exitPass || b.exits != nil && !slices.Contains(b.exits, code) {
			t.Errorf("exit %d\n%s", code, said())
		}
		b.hold(t, took)
	case <-time.After(hangs):
		t.Fatalf("it has not ended after %v\n%s", hangs, goroutines())
	}
}

// hold holds a time against the limit, with some allowance, and prints a row for
// docs/quality.md, where times are measured.
func (b blocked) hold(t *testing.T, took time.Duration) {
	t.Helper()
	if !measured() {
		return
	}
	fmt.Printf("nohang: | %s | `%s` | %v: %s | %.1f s |\n", b.path, b.command, b.limit, b.why, took.Seconds())
	if most := b.limit*12/10 + time.Second/2; took > most {
		t.Errorf("it took %v; its limit is %v (%s), and %v are allowed", took, b.limit, b.why, most)
	}
}

// told is a wait that ends at once, for a signal has come.
func (b blocked) told() blocked {
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGTERM
	b.env.signals, b.exits, b.least = signals, []int{exitSIGTERM}, 0
	return b
}

// codeOf is the exit code of a process that has ended; -1: a signal ended it.
func codeOf(err error) int {
	if err == nil {
		return exitPass
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	return exitInternal
}
