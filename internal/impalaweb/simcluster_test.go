package impalaweb

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// startWithPages starts a cluster of one coordinator with web pages.
func startWithPages(t *testing.T, c simcluster.Config, faults ...string) *simcluster.Cluster {
	t.Helper()
	c.Coordinators, c.Web = 1, true
	for _, text := range faults {
		f, err := simcluster.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		c.Faults = append(c.Faults, f)
	}
	cluster, err := simcluster.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cluster.Close() })
	return cluster
}

func TestRead_SimulatedCluster(t *testing.T) {
	t.Parallel()
	const version = "impalad version 4.5.0-RELEASE RELEASE (build 760167307562346a5e2a830bf6bcd55ed0767397)"
	idleView := func() View {
		return View{
			Healthy: new(true), Quiescing: new(false), Version: version, Threads: new(64), InUse: new(0), Total: new(0),
			Sessions: new(0), Executors: new(3), Keepalive: new(10 * time.Minute), IdleSession: new(time.Duration(0)), Coordinator: new(true),
		}
	}
	for name, c := range map[string]struct {
		config simcluster.Config
		faults []string
		change func(*View)
	}{
		"idle":                                  {change: func(*View) {}},
		"background sessions":                   {config: simcluster.Config{Background: []int{40}}, change: func(v *View) { *v.InUse, *v.Total, *v.Sessions = 40, 40, 40 }},
		"more background sessions than threads": {config: simcluster.Config{Background: []int{40}}, faults: []string{"threads=8"}, change: func(v *View) { *v.Threads, *v.InUse, *v.Total, *v.Sessions = 8, 8, 8, 8 }},
		"draining":                              {faults: []string{"draining"}, change: func(v *View) { *v.Quiescing = true }},
		"no executors":                          {faults: []string{"no-executors"}, change: func(v *View) { *v.Executors = 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster := startWithPages(t, c.config, c.faults...)
			want := idleView()
			c.change(&want)
			got, err := Read(t.Context(), cluster.Names()[0], ServerHiveServer2, Access{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRead_StoppedCoordinator(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"dead", "refused", "starting=1h"} {
		cluster := startWithPages(t, simcluster.Config{}, fault)
		if v, err := Read(t.Context(), cluster.Names()[0], ServerHiveServer2, Access{}); err == nil || v != (View{}) {
			t.Errorf("%s: %+v, %v", fault, v, err)
		}
	}
}
