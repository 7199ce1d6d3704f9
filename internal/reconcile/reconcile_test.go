package reconcile

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

var nat = netip.MustParseAddr("203.0.113.9")

// usual is a run and its log without anything special.
func usual(format string) shape {
	return shape{format: format, sessions: 60, gap: 50 * time.Millisecond, ports: 100, offset: 300 * time.Millisecond, queue: time.Millisecond, others: 1}
}

func TestReconcile_Goldens(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		shape   shape
		spoil   func(*synthetic)
		options Options
		want    scenarios.Status
	}{
		"whole":                 {shape: usual("haproxy"), want: scenarios.StatusPass},
		"time zone":             {shape: with(usual("haproxy-tcplog"), func(s *shape) { s.offset += 5*time.Hour + 30*time.Minute }), want: scenarios.StatusPass},
		"one fails":             {shape: with(usual("envoy"), func(s *shape) { s.broken = 2 }), want: scenarios.StatusFail},
		"turned away":           {shape: with(usual("nginx"), func(s *shape) { s.broken = 3 }), spoil: loseFailed, want: scenarios.StatusFail},
		"never there":           {shape: with(usual("nginx"), func(s *shape) { s.broken = 3 }), spoil: neverConnect, want: scenarios.StatusFail},
		"sampled":               {shape: with(usual("classic"), func(s *shape) { s.lost = .3 })},
		"a node's file missing": {shape: usual("classic"), spoil: loseNode},
		"not yet written":       {shape: usual("classic"), spoil: loseTail},
		"behind a NAT":          {shape: with(usual("haproxy"), func(s *shape) { s.foreign = nat }), want: scenarios.StatusPass},
		"another NAT":           {shape: with(usual("haproxy"), func(s *shape) { s.foreign, s.moved, s.others = nat, true, 0 })},
		"other ports":           {shape: with(usual("haproxy"), func(s *shape) { s.lost, s.others = 1, 2 })},
		"two tiers":             {shape: usual("haproxy"), spoil: mixCoordinators, want: scenarios.StatusFail},
		"network":               {shape: usual("nlb-tls"), spoil: loseBackends, want: scenarios.StatusPass},
		"another clock":         {shape: with(usual("haproxy"), func(s *shape) { s.offset = time.Hour })},
		"clock given":           {shape: with(usual("haproxy"), func(s *shape) { s.offset = time.Hour }), options: Options{Offset: ptr(time.Hour)}, want: scenarios.StatusPass},
		"another day":           {shape: with(usual("haproxy"), func(s *shape) { s.offset, s.lost = 48*time.Hour, 1 })},
		"another node":          {shape: usual("haproxy"), spoil: moveNode},
		"two clocks":            {shape: usual("nginx"), spoil: setClock},
		"scouts":                {shape: usual("haproxy"), spoil: scoutFirst, want: scenarios.StatusPass},
		"scouts alone":          {shape: with(usual("haproxy"), func(s *shape) { s.sessions = 2 }), spoil: scoutFirst, want: scenarios.StatusPass},
		"cut off":               {shape: usual("haproxy"), options: Options{Cut: true}},
		"all held for long":     {shape: usual("haproxy"), spoil: answerLate},
		"months apart":          {shape: usual("haproxy"), spoil: moveHalf, want: scenarios.StatusPass},
		"empty":                 {shape: with(usual("haproxy"), func(s *shape) { s.lost, s.others = 1, 0 })},
		"nothing dialled":       {shape: usual("haproxy"), spoil: loseLocal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := tc.shape.make(rand.New(rand.NewPCG(7, 7)))
			if tc.spoil != nil {
				tc.spoil(&run)
			}
			out := run.join(tc.options).Reconcile(run.file())
			if out.Verdict != tc.want {
				t.Errorf("verdict %v, want %v", out.Verdict, tc.want)
			}
			golden.Equal(t, "testdata/golden/"+strings.NewReplacer(" ", "-", "'", "").Replace(name)+".txt", []byte(prose(out)))
		})
	}
}

func with(s shape, change func(*shape)) shape { change(&s); return s }

func ptr[T any](v T) *T { return &v }

// prose is what a reconciliation says.
func prose(r Reconciliation) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s\n%+v\nothers %d, unclaimed %d, address %q\n", r.Summary, r.Sessions, r.Log.Others, r.Log.Own, r.Log.Address)
	for _, f := range r.Findings {
		fmt.Fprintf(b, "%v %s: %s\n", f.Status, f.ID, f.Message)
		for _, text := range []string{f.Note, f.Explain} {
			if text != "" {
				fmt.Fprintf(b, "    %s\n", text)
			}
		}
	}
	for _, backend := range r.Backends {
		fmt.Fprintf(b, "%s: %d sessions, %d failed, %d others, met %v\n", backend.Backend, backend.Sessions, backend.Failed, backend.Others, backend.Coordinators)
	}
	for _, f := range r.Failed {
		fmt.Fprintf(b, "%d %v at %s (%s): %s\n", f.Sessions, f.Class, f.Backend, f.Coordinator, f.Reason)
	}
	return b.String()
}

func (s *synthetic) keep(may func(balancerlog.Record, *Session) bool) {
	s.lines = slices.DeleteFunc(s.lines, func(l balancerlog.Record) bool {
		var n int
		if _, err := fmt.Sscanf(l.Name, "s%d", &n); err != nil {
			return false
		}
		return !may(l, &s.sessions[n])
	})
}

func loseFailed(s *synthetic) {
	s.keep(func(_ balancerlog.Record, of *Session) bool { return of.Outcome != scenarios.OutcomeFailed })
}

func neverConnect(s *synthetic) {
	loseFailed(s)
	for i := range s.sessions {
		if s.sessions[i].Outcome == scenarios.OutcomeFailed {
			s.sessions[i].Class.Phase = scenarios.PhaseTCP
		}
	}
}

func loseNode(s *synthetic) {
	s.keep(func(_ balancerlog.Record, of *Session) bool { return of.Seq%2 == 0 })
}

func loseTail(s *synthetic) {
	s.keep(func(_ balancerlog.Record, of *Session) bool { return of.Seq < 40 })
}

func mixCoordinators(s *synthetic) {
	for i := range s.sessions {
		if i%7 == 0 {
			s.sessions[i].Coordinator = "coord-2:25000"
		}
	}
}

func loseBackends(s *synthetic) {
	for i := range s.lines {
		s.lines[i].Backend, s.lines[i].Name = netip.AddrPort{}, ""
	}
}

func moveNode(s *synthetic) {
	for i := range s.lines {
		s.lines[i].Node = address("192.168.0.1:31050")
	}
}

// setClock sets the clock of the log back while the run lasts.
func setClock(s *synthetic) {
	for i := range s.lines {
		if s.lines[i].Accepted.After(began.Add(2 * time.Second)) {
			s.lines[i].Accepted = s.lines[i].Accepted.Add(-700 * time.Millisecond)
		}
	}
}

// scoutFirst makes scouts of the first session over each node.
func scoutFirst(s *synthetic) { s.sessions[0].Scout, s.sessions[1].Scout = true, true }

// answerLate has no first byte come back within a minute.
func answerLate(s *synthetic) {
	for i := range s.sessions {
		s.sessions[i].Answer = s.sessions[i].Start.Add(time.Minute)
		s.sessions[i].End = s.sessions[i].Answer
	}
}

// moveHalf makes two runs of it, months apart, with their lines.
func moveHalf(s *synthetic) {
	later := func(n int) time.Duration { return time.Duration(n/30) * 60 * 24 * time.Hour }
	for i := range s.lines {
		var n int
		if _, err := fmt.Sscanf(s.lines[i].Name, "s%d", &n); err == nil {
			s.lines[i].Accepted, s.lines[i].Ended = s.lines[i].Accepted.Add(later(n)), s.lines[i].Ended.Add(later(n))
		}
	}
	for i := range s.sessions {
		one := &s.sessions[i]
		one.Start, one.Answer, one.End = one.Start.Add(later(i)), one.Answer.Add(later(i)), one.End.Add(later(i))
	}
}

func loseLocal(s *synthetic) {
	for i := range s.sessions {
		s.sessions[i].Client = netip.AddrPort{}
	}
}

// A log without a line has no format.
func TestReconcile_NoLine(t *testing.T) {
	t.Parallel()
	run := usual("haproxy").make(rand.New(rand.NewPCG(7, 7)))
	out := NewJoin(run.sessions, Options{}).Reconcile([]balancerlog.File{{Name: "x.log", Shown: []string{}}})
	if out.Exit != scenarios.ExitInconclusive || out.Sessions.NotLogged != 60 || out.Sessions.Why != "the log has no connection" {
		t.Errorf("%+v", out)
	}
}

// A flow log has both legs of a balancer that keeps the client's address, in pieces of a
// minute, and the ways back.
func TestReconcile_FlowLog(t *testing.T) {
	t.Parallel()
	run := usual("vpc-flow").make(rand.New(rand.NewPCG(7, 7)))
	run.lines = nil
	for i, one := range run.sessions {
		second := one.Start.Truncate(time.Second)
		flow := func(from, to netip.AddrPort, start time.Time) {
			run.lines = append(run.lines, balancerlog.Record{Client: from, Backend: to, Accepted: start, Ended: start.Add(time.Minute), Sent: -1, Received: -1})
		}
		target := address(fmt.Sprintf("10.0.1.%d:21050", i%backendsOfRun+1))
		flow(one.Client, one.Node, second)
		flow(one.Node, one.Client, second)
		flow(one.Client, target, second)
		flow(target, one.Client, second)
		flow(address("10.0.0.7:50123"), target, second) // a health check
		flow(target, address("10.0.0.7:50123"), second)
	}
	out := run.join(Options{}).Reconcile(run.file())
	golden.Equal(t, "testdata/golden/flow-log.txt", []byte(prose(out)))
	if out.Sessions.Joined != 60 || out.Verdict != scenarios.StatusPass {
		t.Errorf("%+v: %s", out.Sessions, out.Summary)
	}
}

// A line without the node's port is of every port of that node; another node's is of none.
func TestIsAt(t *testing.T) {
	t.Parallel()
	for node, want := range map[string]bool{"10.0.0.7:21050": true, "10.0.0.7:0": true, "10.0.0.8:0": false, "10.0.0.7:21051": false} {
		r := balancerlog.Record{Node: address(node)}
		if isAt(&r, address("10.0.0.7:21050")) != want {
			t.Errorf("%s: %v", node, !want)
		}
	}
	if !isAt(&balancerlog.Record{}, address("10.0.0.7:21050")) {
		t.Error("a log without nodes fits no session")
	}
}

func TestSessionOf(t *testing.T) {
	t.Parallel()
	o := scenarios.Observation{
		Seq: 3, Start: time.Second, End: 3 * time.Second, Began: began, Local: address("[::ffff:10.1.2.3]:5"), Node: address("10.0.0.7:21050"),
		Outcome: scenarios.OutcomeOK, BytesIn: 7, BytesOut: 8, Who: scenarios.Identity{Coordinator: "c"},
	}
	o.Phases[vocab.PhaseTCP], o.Phases[vocab.PhaseSASL], o.Phases[vocab.PhaseOpen] = 5*time.Millisecond, 7*time.Millisecond, time.Second
	s := SessionOf(o)
	want := Session{
		Client: address("10.1.2.3:5"), Seq: 3, Node: o.Node, Start: began, Answer: began.Add(12 * time.Millisecond), End: began.Add(2 * time.Second),
		Coordinator: "c", Outcome: scenarios.OutcomeOK, Received: 7, Sent: 8, Scout: true,
	}
	if s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
	for part, scout := range map[scenarios.Part]bool{scenarios.PartSettle: true, scenarios.PartOrdered: false, scenarios.PartHeld: false} {
		if o.Part = part; SessionOf(o).Scout != scout {
			t.Errorf("%v: scout is %v", part, !scout)
		}
	}
	o.Phases = [scenarios.NumPhases]time.Duration{}
	if s = SessionOf(o); s.Answer != s.End {
		t.Errorf("without an answer: %+v", s)
	}
}

// BenchmarkRead is a log of others, from its bytes to the counts.
func BenchmarkRead(b *testing.B) {
	run := usual("haproxy").make(rand.New(rand.NewPCG(7, 7)))
	r := rand.New(rand.NewPCG(7, 8))
	text := &strings.Builder{}
	for i := range 100_000 {
		fmt.Fprintf(text, "10.1.7.%d:%d [%d.%03d] 10.0.0.7:21050 impala impala/c%[5]d 10.0.1.%[5]d:21050 10.0.0.9:50000 1/0/9 675/7403 -- 0\n",
			r.IntN(250), 32768+r.IntN(28000), began.Unix()+int64(i/100), i*10%1000, i%5+1)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if _, _, err := balancerlog.Read("x.log", strings.NewReader(text.String()), nil, NewJoin(run.sessions, Options{})); err != nil {
			b.Fatal(err)
		}
	}
}
