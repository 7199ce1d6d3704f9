//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// deadline limits the whole program: an installation on a clean machine, and every
// proof.
const deadline = 20 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	if len(args) > 1 || len(args) == 1 && strings.HasPrefix(args[0], "-") {
		fmt.Fprintln(os.Stderr, "usage: go run ./interop [PART-OF-A-NAME]")
		return 2
	}
	lock, err := lockMachine(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		return 2
	}
	defer lock.Close()
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	l, err := newLab(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		return 2
	}
	defer l.close()

	chosen := selectProofs(allProofs(l), strings.Join(args, ""))
	if len(chosen) == 0 {
		fmt.Fprintf(os.Stderr, "interop: no proof has %q in its name\n", args[0])
		return 2
	}
	return summarize(l, runProofs(ctx, chosen), len(args) == 0)
}

// allProofs lists every proof. Those whose software takes long to install and to
// start come late, because it is prepared while the others run. Our own tests, some
// of which measure time, run alone at the end.
func allProofs(l *lab) []proof {
	var all []proof
	for _, group := range [][]proof{
		balanceProofs(l), nodeProofs(l), topologyProofs(l), tlsProofs(l), clientProofs(l), loadProofs(l), provisionProofs(l), sparkProofs(l), suiteProofs(l),
	} {
		all = append(all, group...)
	}
	return all
}

// summarize prints the number of proofs, writes proof.json if every proof was
// requested, and returns the exit code.
func summarize(l *lab, outcomes []proofResult, complete bool) int {
	missing := 0
	for _, o := range outcomes {
		if !o.Proven {
			missing++
		}
	}
	fmt.Printf("%d proven, %d not proven, in %.0f s\n", len(outcomes)-missing, missing, time.Since(l.began).Seconds())
	if complete {
		if err := l.save(outcomes); err != nil {
			fmt.Fprintln(os.Stderr, "interop:", err)
			return 1
		}
	}
	if missing > 0 {
		return 1
	}
	return 0
}
