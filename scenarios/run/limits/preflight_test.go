package limits

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestPreflight(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set          func(*scenarios.Scenario)
		nodes        int
		files, ports int
	}{
		"a look, and what it closed in the last minute": {set: func(*scenarios.Scenario) {}, nodes: 1, files: 16 + 32, ports: 16 + 10*6},
		"many held, over two nodes": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{Hold: 40_000, For: seconds(600)}
		}, nodes: 2, files: 40_016 + 32, ports: (40_016 + 600) / 2},
		"many held, from two addresses": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{Hold: 40_000, For: seconds(600)}
			s.Load.LocalAddresses = []string{"192.0.2.10", "192.0.2.11"}
		}, nodes: 1, files: 40_016 + 32, ports: (40_016 + 600) / 2},
		"all threads of coordinators that were not counted": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{UntilFull: true}
		}, nodes: 1, files: 16 + 5*64 + 32, ports: 16 + 5*64},
		"fast, over loopback, which uses ports again": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Load.Stages = scenarios.KindStages, []scenarios.Stage{{Rate: 1000, For: seconds(600)}}
			s.Target.Endpoints = []string{"127.0.0.1"}
		}, nodes: 1, files: 16 + 32, ports: 16},
		"fast, elsewhere": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Load.Stages = scenarios.KindStages, []scenarios.Stage{{Rate: 1000, For: seconds(600)}}
		}, nodes: 1, files: 16 + 32, ports: 60_016},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scenarios.Default()
			s.Target.Endpoints = []string{"192.0.2.1"}
			c.set(&s)
			got := Preflight(s, c.nodes)
			if got[0].Need != c.files || got[0].Name != "descriptors" || got[1].Need < c.ports || got[1].Need > c.ports+10 || got[1].Name != "ports" {
				t.Errorf("needs %+v, want %d descriptors and %d ports", got, c.files, c.ports)
			}
		})
	}
}

// A weight that one look cannot show is refused, unless the number of sessions is given.
func TestCheckLook(t *testing.T) {
	t.Parallel()
	s := scenarios.Default()
	s.Expect.Coordinators.Count, s.Expect.Balance.Weights = 3, []float64{100, 1, 1}
	if err := CheckLook(s, 2); err != nil {
		t.Errorf("100:1:1: %v", err)
	}
	s.Expect.Balance.Weights = []float64{1_000_000, 1, 1}
	if err := CheckLook(s, 1); err == nil || !strings.Contains(err.Error(), "expect.balance.weights: ") || !strings.Contains(err.Error(), "load.sessions") {
		t.Errorf("1000000:1:1: %v", err)
	}
	s.Load.Sessions = 500
	if err := CheckLook(s, 1); err != nil {
		t.Errorf("500 sessions: %v", err)
	}
}

func TestCheckPreflight_NamesNeedAndHave(t *testing.T) {
	t.Parallel()
	s := scenarios.Default()
	s.Target.Endpoints = []string{"192.0.2.1"}
	if err := CheckPreflight(s, 1); err != nil {
		t.Errorf("smoke: %v", err)
	}
	s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{Hold: 1_000_000}
	have := Preflight(s, 1)
	if have[1].Have == 0 || have[0].Have >= 1_000_000 {
		t.Skipf("this system does not say what it has, or has plenty: %+v", have)
	}
	err := CheckPreflight(s, 1)
	if err == nil || !strings.Contains(err.Error(), "it needs 1000048 descriptors and has ") || !strings.Contains(err.Error(), " ports and has ") {
		t.Errorf("err = %v", err)
	}
}
