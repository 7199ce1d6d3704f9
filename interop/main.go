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

// They limit the whole program: an installation on a clean machine, and every proof.
const (
	deadline     = 30 * time.Minute
	fullDeadline = 60 * time.Minute
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	full := len(args) > 0 && args[0] == "--full"
	if full {
		args = args[1:]
	}
	if len(args) > 1 || len(args) == 1 && (full || strings.HasPrefix(args[0], "-")) {
		fmt.Fprintln(os.Stderr, "usage: go run ./interop [--full | PART-OF-A-NAME]")
		return 2
	}
	lock, err := lockMachine(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		return 2
	}
	defer lock.Close()
	limit := deadline
	if full {
		limit = fullDeadline
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	l, err := newLab(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		return 2
	}
	defer l.close()
	l.rewrites = len(args) == 1

	chosen := selectProofs(allProofs(l), strings.Join(args, ""), full)
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
		balanceProofs(l),
		nodeProofs(l),
		topologyProofs(l),
		reconcileProofs(l),
		tlsProofs(l),
		clientProofs(l),
		releaseProofs(l),
		loadProofs(l),
		roomProofs(l),
		provisionProofs(l),
		auditProofs(l),
		imageProofs(l),
		kustomizeProofs(l),
		kubernetesProofs(l),
		shardProofs(l),
		ciProofs(l),
		kerberosProofs(l),
		simKDCProofs(l),
		doctorProofs(l),
		prometheusProofs(l),
		browserProofs(l),
		sparkProofs(l),
		sparkWayProofs(l),
		hiveProofs(l),
		packagingProofs(l),
		suiteProofs(l),
	} {
		all = append(all, group...)
	}
	return all
}

// summarize prints the number of proofs and, once more, those that are missing, because
// the end of a log is what is read. It writes proof.json if every proof was requested,
// and returns the exit code. What cannot be tried on this machine is NOT PROVEN, but no
// failure.
func summarize(l *lab, outcomes []proofResult, complete bool) int {
	missing, failed := 0, 0
	for _, o := range outcomes {
		if !o.Proven {
			missing++
			o.print()
		}
		if !o.Proven && !o.Cannot {
			failed++
		}
	}
	fmt.Printf("%d proven, %d not proven, in %.0f s\n", len(outcomes)-missing, missing, time.Since(l.began).Seconds())
	if complete {
		if err := l.save(outcomes); err != nil {
			fmt.Fprintln(os.Stderr, "interop:", err)
			return 1
		}
	}
	if failed > 0 {
		return 1
	}
	return 0
}
