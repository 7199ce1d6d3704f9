//go:build linux

package main

import (
	"context"
	"fmt"
	"math"
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

// idleArgs returns the flags of an idle run with steps around cutAfter.
func idleArgs(minIdle, address string) []string {
	return []string{"idle", "--idle-steps", "500ms,1s,1500ms,2500ms,3s", "--timeout", "2s", "--min-idle", minIdle, address}
}

// expectCut checks that the cut was found between the right steps and has the right
// type. If noticed, the client must have seen it when it happened, otherwise not at
// all before the next use.
func (s idleResult) expectCut(cut string, noticed bool) error {
	switch {
	case s.LastAlive != 1.5 || s.FirstDead != 2.5 || s.Cut != cut:
		return fmt.Errorf("a cut by %s after %s is reported as %+v", cut, cutAfter, s)
	case noticed && math.Abs(s.At-cutAfter.Seconds()) > 0.2 || !noticed && s.At != 0:
		return fmt.Errorf("a cut after %s was noticed after %.3f s", cutAfter, s.At)
	}
	return nil
}

// proveFIN uses HAProxy's timeout of two seconds, which --min-idle allows or not.
func (l *lab) proveFIN(ctx context.Context) (evidence, error) {
	_, address, err := l.loadListener("idle")
	if err != nil {
		return evidence{}, err
	}
	short, err := l.check(ctx, toolRun{name: "idle.fin", want: idleCutFails, args: idleArgs("2500ms", address)})
	if err != nil {
		return evidence{}, err
	}
	if err := short.Idle.expectCut("fin", true); err != nil {
		return evidence{}, err
	}
	enough, err := l.check(ctx, toolRun{name: "idle.fin.allowed", args: idleArgs("1s", address)})
	if err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("HAProxy's timeout of 2 s found between 1.5 and 2.5 s, noticed by FIN at %.2f s; exit 1 with --min-idle 2500ms, 0 with 1s", short.Idle.At)},
		enough.Idle.expectCut("fin", true)
}

// idleCutFails is the expected result if connections are cut before --min-idle.
var idleCutFails = expectation{exit: 1, failed: []string{"idle.cut"}}

// proveRST makes the kernel of the server reset idle connections.
func (l *lab) proveRST(ctx context.Context) (evidence, error) {
	r, err := l.cutInNamespace(ctx, "idle.rst", "ss", "-K", "state", "established", "sport", "=", ":"+strconv.Itoa(oneCoordinatorPort))
	if err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("the kernel's reset after 2 s found between 1.5 and 2.5 s, noticed by RST at %.2f s; exit 1", r.Idle.At)},
		r.Idle.expectCut("rst", true)
}

// proveSilent makes the kernel drop every packet of idle connections, as a firewall
// does that has removed a connection from its table.
func (l *lab) proveSilent(ctx context.Context) (evidence, error) {
	r, err := l.cutInNamespace(ctx, "idle.silent", "nft",
		fmt.Sprintf("table ip cut { chain in { type filter hook input priority 0; tcp dport %[1]d drop; tcp sport %[1]d drop; }; }", oneCoordinatorPort))
	if err != nil {
		return evidence{}, err
	}
	if err := r.Idle.expectCut("silent", false); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: "packets dropped after 2 s: found between 1.5 and 2.5 s, not noticed before the next use; exit 1"},
		r.expectFinding("idle.cut", "fail")
}

// cutInNamespace runs idle in a network namespace, where a command cuts the
// connections after cutAfter.
func (l *lab) cutInNamespace(ctx context.Context, name string, cut ...string) (toolResult, error) {
	n, err := l.newNamespace(ctx, name)
	if err != nil {
		return toolResult{}, err
	}
	defer n.delete()
	c, err := l.startSimWithPrefix(ctx, n.execPrefix(), name, oneCoordinatorPort, 2, "--direct", "--coordinators", "1")
	if err != nil {
		return toolResult{}, err
	}
	defer c.proc.stop()
	return l.check(ctx, toolRun{
		name: name, prefix: n.execPrefix(), want: idleCutFails, args: idleArgs("2500ms", c.addresses()[0]),
		during: func(ctx context.Context, _ int) error {
			if err := sleep(ctx, cutAfter); err != nil {
				return err
			}
			_, err := n.run(ctx, slices.Clone(cut)...)
			return err
		},
	})
}
