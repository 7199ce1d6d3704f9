//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// runTimeout limits the whole comparison.
const runTimeout = 15 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// command runs a child process if args start with its mode, otherwise the comparison.
func command(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "load" {
		return loadChild(ctx, args[1:])
	}
	if len(args) > 0 && args[0] == "hold" {
		return holdChild(ctx, args[1:])
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	quick := flags.Bool("quick", false, "take a few minutes: short measurements and fewer combinations")
	out := flags.String("out", ".", "directory for results.md and results.json")
	only := flags.String("only", "", "measure only cells whose names contain this, such as haproxy/tls; without targets")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return errors.New("usage: bench [--quick] [--out DIR] [--only NAME]")
	}
	ctx, cancel := context.WithTimeoutCause(ctx, runTimeout, fmt.Errorf("not done within %v", runTimeout))
	defer cancel()
	return compare(ctx, planFor(*quick).only(*only), *out)
}

// compare measures and writes the results.
func compare(ctx context.Context, p plan, out string) error {
	began := time.Now()
	l, err := openLab(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	r := &results{Quick: p.quick, Began: began.UTC().Truncate(time.Second), Machine: l.machine(ctx)}
	if err := l.measure(ctx, p, r); err != nil {
		return errors.Join(err, context.Cause(ctx))
	}
	r.Took = time.Since(began).Round(time.Second).String()
	r.judge()
	for _, t := range r.Targets {
		fmt.Println(t)
	}
	return errors.Join(
		writeJSON(filepath.Join(out, "results.json"), r),
		os.WriteFile(filepath.Join(out, "results.md"), []byte(r.markdown()), 0o644),
	)
}
