package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// measure is set by make nohang.
var measure = flag.Bool("nohang", false, "have every command wait for everything that never comes, and hold the time against its limit; make nohang does")

// patience is the --timeout of commands that wait in vain: short, but where times are
// measured, where it has to be much more than what a busy machine needs for the rest.
func patience() time.Duration {
	if *measure {
		return 2 * time.Second
	}
	return 400 * time.Millisecond
}

// hangs is when a command that has a limit of seconds is said to hang. It is many times that:
// a machine may stand still for a while, and make nohang alone measures.
const hangs = 3 * time.Minute

// blocked is a wait of a command for something that never comes.
type blocked struct {
	path    string // what never comes
	command string // as in the command tree
	args    []string
	env     env // out and err are set by run
	limit   time.Duration
	why     string // what the limit is, as help or docs/quality.md say
	exits   []int  // codes that it may end with; nil: any but success
	met     func() bool
}

// name is the row's.
func (b blocked) name() string { return b.command + ", " + b.path }

// run runs the command to its end, and holds its time against the limit where times are
// measured.
func (b blocked) run(t *testing.T) {
	t.Helper()
	var out, errs bytes.Buffer
	e := b.env
	e.out, e.err = &out, &errs
	ended := make(chan int, 1)
	began := time.Now()
	go func() { ended <- mainCode(slices.Concat(strings.Fields(b.command), b.args), e) }()
	select {
	case code := <-ended:
		took := time.Since(began)
		if b.met != nil && !b.met() {
			t.Logf("%s does not come so far: exit %d\n%s", b.command, code, errs.String())
		}
		if slices.Contains(b.exits, code) != (b.exits != nil) || b.exits == nil && code == exitPass {
			t.Errorf("exit %d\n%s%s", code, out.String(), errs.String())
		}
		b.hold(t, took)
	case <-time.After(hangs):
		t.Fatalf("it hangs: it has not ended after %v\n%s", hangs, goroutines())
	}
}

// hold holds a time against the limit, with some allowance, and prints the row of
// docs/quality.md.
func (b blocked) hold(t *testing.T, took time.Duration) {
	t.Helper()
	if !*measure {
		return
	}
	fmt.Printf("nohang: | %s | `%s` | %s, %v | %.1f s |\n", b.path, b.command, b.why, b.limit, took.Seconds())
	if most := b.limit*12/10 + time.Second/2; took > most {
		t.Errorf("it took %v, and its limit is %v (%s): at most %v is allowed", took, b.limit, b.why, most)
	}
}

// signalled is a wait that nothing limits but a signal, which has come.
func (b blocked) signalled() blocked {
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGTERM
	b.env.signals, b.exits = signals, []int{exitSIGTERM}
	return b
}
