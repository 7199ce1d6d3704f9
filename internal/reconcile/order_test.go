package reconcile

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A rotation over both nodes is none of either, where two nodes share four backends in turn.
func TestOrders(t *testing.T) {
	t.Parallel()
	s := shape{format: "haproxy", sessions: 60, gap: 50 * time.Millisecond, ports: 100, queue: time.Millisecond}
	run := s.make(rand.New(rand.NewPCG(7, 7)))
	got := run.join(Options{}).Reconcile(run.file()).Order
	want := []Order{
		{Node: "", Backends: 4, Steps: 59, Kept: 59},
		{Node: "10.0.0.7:21050", Backends: 2, Steps: 29, Kept: 29},
		{Node: "10.0.0.8:21050", Backends: 2, Steps: 29, Kept: 29},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r := rand.New(rand.NewPCG(7, 8))
	for i := range run.lines { // at random
		run.lines[i].Backend = address([]string{"10.0.1.1:1", "10.0.1.2:1", "10.0.1.3:1", "10.0.1.4:1"}[r.IntN(4)])
	}
	if all := run.join(Options{}).Reconcile(run.file()).Order[0]; all.Kept > all.Steps*2/3 {
		t.Errorf("at random: %+v", all)
	}
}

func TestOrders_OfNothing(t *testing.T) {
	t.Parallel()
	run := shape{format: "nlb-tls", sessions: 10, gap: time.Second, ports: 10, queue: time.Millisecond}.make(rand.New(rand.NewPCG(7, 7)))
	loseBackends(&run)
	if got := run.join(Options{}).Reconcile(run.file()).Order; len(got) != 0 {
		t.Errorf("%+v", got)
	}
}
