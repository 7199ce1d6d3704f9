package scenarios_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestBuiltin_IsValid(t *testing.T) {
	t.Parallel()
	if got, want := scenarios.BuiltinNames(), []string{"capacity", "handle-reuse", "idle", "query", "smoke", "spread", "tls", "watch"}; !slices.Equal(got, want) {
		t.Errorf("names = %v, want %v", got, want)
	}
	for _, name := range scenarios.BuiltinNames() {
		s, err := scenarios.Builtin(name)
		if err != nil {
			t.Fatal(err)
		}
		if s.Name != name || s.Description == "" {
			t.Errorf("%s is named %q and described as %q", name, s.Name, s.Description)
		}
		s.Target.Endpoints = []string{"impala.example.com"}
		switch s.Kind { // what only the user can say
		case scenarios.KindCapacity:
			s.Capacity.Hold = 400
		case scenarios.KindQuery:
			s.Query = "SELECT count(*) FROM db.t"
		}
		if err := s.Validate(); err != nil {
			t.Error(err)
		}
	}
}

func TestBuiltin_SmokeHasTheDefaults(t *testing.T) {
	t.Parallel()
	got, err := scenarios.Builtin("smoke")
	if err != nil {
		t.Fatal(err)
	}
	want := scenarios.Default()
	want.Name, want.Description = got.Name, got.Description
	want.Load.Lanes, want.Query = scenarios.LanesPerNode, "SELECT pid()" // spelled out, as good as left out
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBuiltin_SpreadDetectsAFactorOfTwo(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Builtin("spread")
	if err != nil {
		t.Fatal(err)
	}
	if s.Load.PerCoordinator != 100 || s.Load.Sessions != 0 || s.Expect.Balance.Tolerance != 0.25 {
		t.Errorf("load = %+v, balance = %+v", s.Load, s.Expect.Balance)
	}
}

func TestBuiltin_UnknownSuggestsAName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"smok":     `no scenario "smok"; did you mean smoke?`,
		"../smoke": `no scenario "../smoke"; there are capacity, handle-reuse, idle, query, smoke, spread, tls, watch`,
		"soak":     `no scenario "soak"; there are capacity, handle-reuse, idle, query, smoke, spread, tls, watch`,
	} {
		if _, err := scenarios.Builtin(name); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}
