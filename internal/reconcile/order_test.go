package reconcile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
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

// Where times of the log tie, nothing is said of the steps within and beside the tie: a strict
// rotation stays one.
func TestOrders_TimesThatTie(t *testing.T) {
	t.Parallel()
	at := func(ms ...int) (out []*balancerlog.Record) {
		for i, m := range ms {
			backend := address(fmt.Sprintf("10.0.1.%d:21050", i%backendsOfRun+1))
			out = append(out, &balancerlog.Record{Accepted: began.Add(time.Duration(m) * time.Millisecond), Backend: backend})
		}
		return out
	}
	for name, c := range map[string]struct {
		ms    []int
		apart time.Duration
		want  Order
	}{
		"none ties":        {[]int{0, 1, 2, 3, 4, 5, 6, 7, 8}, 0, Order{Backends: 4, Steps: 8, Kept: 8}},
		"two tie":          {[]int{0, 1, 2, 3, 3, 4, 5, 6, 7}, 0, Order{Backends: 4, Steps: 5, Kept: 5, Unknown: 3}},
		"the last ones":    {[]int{0, 1, 2, 3, 4, 5, 6, 7, 7}, 0, Order{Backends: 4, Steps: 6, Kept: 6, Unknown: 2}},
		"seconds alone":    {[]int{0, 0, 0, 0, 1000, 1000, 1000}, 0, Order{Backends: 4, Unknown: 6}},
		"a derived time":   {[]int{0, 10, 11, 20, 30}, 2 * time.Millisecond, Order{Backends: 4, Steps: 1, Kept: 1, Unknown: 3}},
		"one session only": {[]int{0}, 0, Order{Backends: 1}},
	} {
		records := at(c.ms...)
		slices.Reverse(records) // of a log that was written at the end of each
		if diff := cmp.Diff(c.want, orderOf("", records, c.apart)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
