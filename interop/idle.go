//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// idleResult is the part of a result about idle connections.
type idleResult struct {
	LastAlive float64 `json:"last_alive_s"`
	FirstDead float64 `json:"first_dead_s"`
	Cut       string  `json:"cut"`
	At        float64 `json:"at_s"`
}

// cutAfter is the time after which these proofs cut idle connections.
const cutAfter = 2 * time.Second

// idleArgs returns the flags of an idle run with steps around cutAfter. They are far
// from it, as a busy machine cuts late.
func idleArgs(minIdle, address string) []string {
	return []string{"idle", "--idle-steps", "500ms,1s,4s,5s", "--timeout", "2s", "--min-idle", minIdle, address}
}

// expectCut checks that the cut was found between the right steps and has the right
// type, and that the client saw it when it happened: between two times, in seconds after
// the connections became idle. If both are zero, it must not have seen it before the next
// use.
func (s idleResult) expectCut(cut string, from, to float64) error {
	switch {
	case s.LastAlive != 1 || s.FirstDead != 4 || s.Cut != cut:
		return fmt.Errorf("a cut by %s between 1 and 4 s is reported as %+v", cut, s)
	case s.At < from || s.At > to:
		return fmt.Errorf("a cut between %.3f and %.3f s was noticed after %.3f s", from, to, s.At)
	}
	return nil
}

// haproxyCut is when a client sees that HAProxy ended a connection at cutAfter, in
// seconds: HAProxy starts the clock at the last byte that it forwarded.
var haproxyCut = [2]float64{cutAfter.Seconds() - 0.2, cutAfter.Seconds() + 1}

// proveFIN uses HAProxy's timeout of two seconds, which --min-idle allows or not.
func (l *lab) proveFIN(ctx context.Context) (evidence, error) {
	_, address, err := l.loadListener("idle")
	if err != nil {
		return evidence{}, err
	}
	short, err := l.check(ctx, toolRun{name: "idle.fin", want: idleCutFails, args: idleArgs("3s", address)})
	if err != nil {
		return evidence{}, err
	}
	if err := short.Idle.expectCut("fin", haproxyCut[0], haproxyCut[1]); err != nil {
		return evidence{}, err
	}
	enough, err := l.check(ctx, toolRun{name: "idle.fin.allowed", args: idleArgs("1s", address)})
	if err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("HAProxy's timeout of 2 s found between 1 and 4 s, noticed by FIN at %.2f s; exit 1 with --min-idle 3s, 0 with 1s", short.Idle.At)},
		enough.Idle.expectCut("fin", haproxyCut[0], haproxyCut[1])
}

// idleCutFails is the expected result if connections are cut before --min-idle.
var idleCutFails = expectation{exit: 1, failed: []string{"idle.cut"}}

// proveRST makes the kernel of the server reset idle connections.
func (l *lab) proveRST(ctx context.Context) (evidence, error) {
	r, cut, err := l.cutInNamespace(ctx, "idle.rst", "ss", "-K", "state", "established", "sport", "=", ":"+strconv.Itoa(oneCoordinatorPort))
	if err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("the kernel's reset after 2 s found between 1 and 4 s, noticed by RST at %.2f s; exit 1", r.Idle.At)},
		r.Idle.expectCut("rst", cut[0].Seconds()-0.2, cut[1].Seconds()+0.2)
}

// proveSilent makes the kernel drop every packet of idle connections, as a firewall
// does that has removed a connection from its table.
func (l *lab) proveSilent(ctx context.Context) (evidence, error) {
	r, _, err := l.cutInNamespace(ctx, "idle.silent", "nft",
		fmt.Sprintf("table ip cut { chain in { type filter hook input priority 0; tcp dport %[1]d drop; tcp sport %[1]d drop; }; }", oneCoordinatorPort))
	if err != nil {
		return evidence{}, err
	}
	if err := r.Idle.expectCut("silent", 0, 0); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: "packets dropped after 2 s: found between 1 and 4 s, not noticed before the next use; exit 1"},
		r.expectFinding("idle.cut", "fail")
}

// cutInNamespace runs idle in a network namespace, where a command cuts the connections
// when they have been idle for cutAfter. It returns how long they had been idle when the
// command began, and when it had ended.
func (l *lab) cutInNamespace(ctx context.Context, name string, command ...string) (r toolResult, cut [2]time.Duration, err error) {
	n, err := l.newNamespace(ctx, name)
	if err != nil {
		return r, cut, err
	}
	defer n.delete()
	c, err := l.startSimWithPrefix(ctx, n.execPrefix(), name, oneCoordinatorPort, 2, "--direct", "--coordinators", "1")
	if err != nil {
		return r, cut, err
	}
	defer c.proc.stop()
	r, err = l.check(ctx, toolRun{
		name: name, prefix: n.execPrefix(), want: idleCutFails, args: idleArgs("3s", c.addresses()[0]),
		during: func(ctx context.Context, _ int) error {
			opened, err := n.waitForConnections(ctx, oneCoordinatorPort, idleSessions)
			if err != nil {
				return err
			}
			if err := sleep(ctx, time.Until(opened.Add(cutAfter))); err != nil {
				return err
			}
			cut[0] = time.Since(opened)
			_, err = n.run(ctx, slices.Clone(command)...)
			cut[1] = time.Since(opened)
			return err
		},
	})
	return r, cut, err
}

// idleSessions is how many sessions idleArgs holds: one a step.
const idleSessions = 4

// waitForConnections waits until so many clients are connected to a port of the
// namespace, and returns the time.
func (n namespace) waitForConnections(ctx context.Context, port, count int) (time.Time, error) {
	for {
		out, err := n.run(ctx, "ss", "-Htn", "state", "established", "sport", "=", ":"+strconv.Itoa(port))
		if err != nil {
			return time.Time{}, err
		}
		if bytes.Count(out, []byte("\n")) >= count {
			return time.Now(), nil
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return time.Time{}, fmt.Errorf("waiting for %d connections to port %d: %w", count, port, err)
		}
	}
}
