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

// idleResult is what we read of a result's idle connections.
type idleResult struct {
	LastAlive float64 `json:"last_alive_s"`
	FirstDead float64 `json:"first_dead_s"`
	Cut       string  `json:"cut"`
	At        float64 `json:"at_s"`
}

// cutAfter is when idle connections are cut in all of these proofs.
const cutAfter = 2 * time.Second

// idleArgs are the flags of an idle run whose steps stand around cutAfter.
func idleArgs(minIdle, address string) []string {
	return []string{"idle", "--idle-steps", "500ms,1s,1500ms,2500ms,3s", "--timeout", "2s", "--min-idle", minIdle, address}
}

// expectCut checks that the cut was found between its steps, that it is called what
// it is, and that it was seen when it happened, or not before somebody asked.
func (s idleResult) expectCut(cut string, seen bool) error {
	switch {
	case s.LastAlive != 1.5 || s.FirstDead != 2.5 || s.Cut != cut:
		return fmt.Errorf("a cut by %s after %s is said to be %+v", cut, cutAfter, s)
	case seen && math.Abs(s.At-cutAfter.Seconds()) > 0.2 || !seen && s.At != 0:
		return fmt.Errorf("a cut after %s was seen after %.3f s", cutAfter, s.At)
	}
	return nil
}

// proveFIN lets HAProxy close what was idle for two seconds. Whether that is
// good is for --min-idle to say.
func (l *lab) proveFIN(ctx context.Context) (evidence, error) {
	h, err := l.loadHAProxy()
	if err != nil {
		return evidence{}, err
	}
	address, err := h.find("idle")
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
	return evidence{numbers: fmt.Sprintf("HAProxy's timeout of 2 s found between 1.5 and 2.5 s, seen by FIN at %.2f s; exit 1 where 2.5 s are asked for, 0 with 1 s", short.Idle.At)},
		enough.Idle.expectCut("fin", true)
}

// idleCutFails is how an idle run ends where connections live too short.
var idleCutFails = expectation{exit: 1, failed: []string{"idle.cut"}}

// proveRST lets the kernel of the server reset what was idle.
func (l *lab) proveRST(ctx context.Context) (evidence, error) {
	r, err := l.cutInNamespace(ctx, "idle.rst", "ss", "-K", "state", "established", "sport", "=", ":"+strconv.Itoa(oneCoordinatorPort))
	if err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("the kernel's reset after 2 s found between 1.5 and 2.5 s, seen by RST at %.2f s; exit 1", r.Idle.At)},
		r.Idle.expectCut("rst", true)
}

// proveSilent lets the kernel drop every packet of what was idle, as a firewall
// does that has forgotten a connection: nobody is told.
func (l *lab) proveSilent(ctx context.Context) (evidence, error) {
	r, err := l.cutInNamespace(ctx, "idle.silent", "nft",
		fmt.Sprintf("table ip cut { chain in { type filter hook input priority 0; tcp dport %[1]d drop; tcp sport %[1]d drop; }; }", oneCoordinatorPort))
	if err != nil {
		return evidence{}, err
	}
	if err := r.Idle.expectCut("silent", false); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: "packets dropped after 2 s: found between 1.5 and 2.5 s, in silence, not seen until asked; exit 1"},
		r.expectFinding("idle.cut", "fail", "in silence")
}

// cutInNamespace leaves sessions idle in a namespace of their own, where a
// command cuts them after a while.
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

// sleep waits so long, or until ctx is over.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
