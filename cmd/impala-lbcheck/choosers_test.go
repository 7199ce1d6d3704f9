package main

import (
	"cmp"
	"context"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// chooserRuns are how many runs without sockets a seed of make seeds stands for.
const chooserRuns = 20

// healthyBalancers are balancers that distribute sessions as they should, beyond the
// healthy runs of the rows: other policies, numbers of coordinators and of nodes, and
// state that nodes share.
var healthyBalancers = []string{
	"--balance round-robin --coordinators 3 --nodes 3",
	"--balance round-robin --coordinators 10",
	"--balance flow-hash --coordinators 2",
	"--balance flow-hash --nodes 3",
	"--balance random --coordinators 2 --nodes 1",
	"--balance random --coordinators 10 --nodes 3",
	"--balance leastconn",
	"--balance source --policy source",
	"--balance round-robin --coordinators 2 --fault shared-rotor",
	"--balance round-robin --coordinators 3 --nodes 3 --fault shared-rotor",
	"--balance round-robin --coordinators 3 --nodes 3 --fault shared-rotor --fault other-clients=0.05",
	"--balance round-robin --coordinators 4 --nodes 4 --fault shared-rotor --fault other-clients=0.1",
	"--balance round-robin --coordinators 2 --fault shared-rotor --fault other-clients=1",
	"--balance round-robin --fault other-clients=0.2",
	"--balance round-robin --policy round-robin --fault two-level=2",
	"--balance round-robin --policy round-robin --nodes 1 --fault two-level=3",
	"--coordinators 4 --nodes 2 --fault zones=2:2",
	"--coordinators 4 --fault weights=4:2:1:1 --expect-weights 4:2:1:1",
}

// TestHealthyBalancers_WithoutSockets runs smoke over the simulated balancer's choices
// alone: no sockets, and a clock that does not wait. No seed may raise an alarm.
func TestHealthyBalancers_WithoutSockets(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	all := healthyBalancers
	for _, row := range faultRows {
		if settings := row.settingsOf(true); !row.noHealthyRun && choosesAlone(row.scenarioName(), settings) {
			all = append(all, settings)
		}
	}
	for _, settings := range all {
		if tried[settings] {
			continue
		}
		tried[settings] = true
		t.Run(settings, func(t *testing.T) {
			t.Parallel()
			n := *seeds
			if n > defaultSeeds {
				n *= chooserRuns
			}
			var failed []int
			for seed := 1; seed <= n; seed++ {
				synctest.Test(t, func(t *testing.T) {
					r := runChooser(t, settings, uint64(seed))
					if r.Exit != exitPass {
						failed = append(failed, seed)
						if len(failed) == 1 {
							t.Logf("seed %d: exit %d: %+v", seed, r.Exit, notPassed(r))
						}
					}
				})
			}
			if *seeds > defaultSeeds {
				printSeeds(t, n, failed)
			}
			if len(failed) > 0 {
				t.Errorf("seeds %v of %d did not pass", failed, n)
			}
		})
	}
}

// notPassed lists the findings that failed or are inconclusive.
func notPassed(r scenarios.Result) (texts []string) {
	for _, f := range r.Findings {
		if f.Status == scenarios.StatusFail || f.Status == scenarios.StatusInconclusive {
			texts = append(texts, f.ID+": "+f.Message)
		}
	}
	return texts
}

// choosesAlone reports whether a run depends on the balancer's choices alone.
func choosesAlone(scenario, settings string) bool {
	for _, other := range []string{"--tls", "--auth", "--web-port", "--settle", "--threshold", "--expect-nodes", "--expect-version"} {
		if strings.Contains(settings, other) {
			return false
		}
	}
	return scenario == "smoke"
}

// runChooser runs smoke with the settings of demo over a balancer's choices.
func runChooser(t *testing.T, settings string, seed uint64) scenarios.Result {
	t.Helper()
	cmd := &cobra.Command{}
	overrides := flags.Bind(cmd, nil, demoUsual(), scenarios.KindLooks)
	cluster := withCluster(cmd)
	if err := cmd.ParseFlags(splitSettings(settings)); err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Builtin("smoke")
	if err != nil {
		t.Fatal(err)
	}
	setDemoDefaults(&s)
	if err := overrides.Apply(&s, nil); err != nil {
		t.Fatal(err)
	}
	s.Seed = seed
	config, err := cluster.config(seed)
	if err != nil {
		t.Fatal(err)
	}
	b, err := simcluster.NewBalancer(config)
	if err != nil {
		t.Fatal(err)
	}
	if s.Expect.Coordinators.K() == 0 {
		s.Expect.Coordinators.Names = b.Names()
	}
	c := &chooser{balancer: b, nodes: map[netip.AddrPort]int{}, began: time.Now()}
	for i := range cmp.Or(config.Nodes, 2) {
		node := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, byte(2 + i)}), 21050)
		c.nodes[node] = i
		s.Target.Endpoints = append(s.Target.Endpoints, node.String())
	}
	return run.Run(t.Context(), c.open, s, run.Options{RateIsDefault: true})
}

// chooser opens sessions that exist in the balancer's state only.
type chooser struct {
	balancer *simcluster.Balancer
	nodes    map[netip.AddrPort]int
	began    time.Time
}

// chooserClient is the client's address.
var chooserClient = netip.MustParseAddrPort("127.0.0.1:40000")

func (c *chooser) open(_ context.Context, n run.Node, o *scenarios.Observation) (run.Session, error) {
	time.Sleep(time.Millisecond) // of the clock that does not wait: sessions come one after the other
	node := c.nodes[n.Addr]
	to := c.balancer.Connect(time.Since(c.began), node, chooserClient.Addr())
	o.Local = chooserClient
	o.Phases[scenarios.PhaseOpen] = time.Millisecond
	o.Who = scenarios.Identity{
		Coordinator: c.balancer.Names()[to.Coordinator], PID: int32(1000 + to.Coordinator),
		Version: "impalad version 4.5.0-RELEASE RELEASE", Source: scenarios.SourceHTTPAddr,
	}
	return &chosenSession{c, node, to.Coordinator}, nil
}

// chosenSession is a session that answers at once.
type chosenSession struct {
	*chooser
	node, coordinator int
}

func (s *chosenSession) Identify(context.Context) error { return nil }
func (s *chosenSession) Query(context.Context) error    { return nil }
func (s *chosenSession) Ping(context.Context) error     { return nil }

func (s *chosenSession) Wait(_ context.Context, d time.Duration) error {
	time.Sleep(d)
	return nil
}

func (s *chosenSession) Close(context.Context) error {
	s.balancer.Release(s.node, s.coordinator)
	return nil
}
