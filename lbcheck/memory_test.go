package lbcheck

import (
	"reflect"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// A run holds as many sessions as there are service threads: what they have in common is
// there once.
func TestOpen_SessionsShareWhatTheyHaveInCommon(t *testing.T) {
	t.Parallel()
	c, err := simcluster.Start(simcluster.Config{Coordinators: 1, Nodes: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	s := scenarios.Scenario{QueryOptions: map[string]string{"MEM_LIMIT": "1g"}}
	s.Load.Timeout = scenarios.Duration(20e9)
	open := Options{}.Open(t.Context(), s)
	var held []*lbSession
	for range 2 {
		session, err := open(t.Context(), run.Node{Addr: c.Nodes()[0]}, new(scenarios.Observation))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = session.Close(t.Context()) })
		held = append(held, session.(graceful).HandleSession.(*lbSession))
	}
	if held[0].scenario != held[1].scenario {
		t.Error("each session has a scenario of its own")
	}
	if n := reflect.TypeFor[lbSession]().Size() + reflect.TypeFor[hs2client.Record]().Size(); n > 512 {
		t.Errorf("a session keeps %d bytes beside the client's", n)
	}
}
