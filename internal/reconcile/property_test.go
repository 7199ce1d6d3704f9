package reconcile

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// shapes are runs of all kinds.
func shapes(r *rand.Rand) shape {
	formats := []string{"classic", "haproxy", "haproxy-tcplog", "nginx", "envoy", "nlb-tls"}
	s := shape{
		format: formats[r.IntN(len(formats))], sessions: 1 + r.IntN(300), gap: time.Duration(1+r.IntN(200)) * time.Millisecond,
		ports: 5 + r.IntN(400), offset: time.Duration(r.Int64N(int64(4*time.Minute))) - 2*time.Minute,
		drift: (r.Float64() - .5) * 1e-4, queue: []time.Duration{0, time.Millisecond, 3 * time.Second}[r.IntN(3)],
		lost: []float64{0, 0, .1, .5, .9, 1}[r.IntN(6)], broken: r.IntN(3), others: r.IntN(4),
	}
	if s.format == "haproxy-tcplog" {
		s.offset = s.offset/4 + time.Duration(r.IntN(100)-50)*zoneStep
	}
	switch r.IntN(6) {
	case 0:
		s.foreign = netip.MustParseAddr("203.0.113.9")
	case 1:
		s.foreign, s.moved = netip.MustParseAddr("203.0.113.9"), true
	}
	return s
}

// wrong are the pairs that are not true.
func wrong(p pairing) []string {
	var out []string
	for i := range p.pairs {
		if p.pairs[i].state == joined && p.pairs[i].record.Name != fmt.Sprintf("s%d", i) {
			out = append(out, fmt.Sprintf("session %d has the line of %s", i, p.pairs[i].record.Name))
		}
	}
	return out
}

// Whatever is lost, late, used again or translated: no session is given a line of another.
func TestJoin_NeverClaimsAWrongPair(t *testing.T) {
	t.Parallel()
	pairs := 0
	for seed := range 800 {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		s := shapes(r)
		run := s.make(r)
		j := run.join(Options{})
		var out Reconciliation
		_, p := j.joinBy(&out)
		if all := wrong(p); len(all) > 0 {
			t.Errorf("seed %d, %+v: %d wrong: %v", seed, s, len(all), all[:min(len(all), 3)])
		}
		for i := range p.pairs {
			if p.pairs[i].state == joined {
				pairs++
			}
		}
		full := j.Reconcile(run.file())
		if c := full.Sessions; c.Total != c.Joined+c.Ambiguous+c.Untimely+c.NotLogged+c.NoPort {
			t.Errorf("seed %d: %+v does not add up", seed, c)
		}
	}
	if pairs < 20_000 {
		t.Errorf("%d pairs: too few to prove anything", pairs)
	}
}

// Where nothing is lost and no port is used again, every session joins, and the truth lies
// within the bounds of the clocks' difference.
func TestJoin_AWholeLogJoinsWhole(t *testing.T) {
	t.Parallel()
	for seed := range 500 {
		r := rand.New(rand.NewPCG(uint64(seed), 2))
		s := shapes(r)
		s.sessions, s.ports, s.lost, s.drift, s.foreign, s.moved = 20+r.IntN(200), 1000, 0, 0, netip.Addr{}, false
		run := s.make(r)
		out := run.join(Options{}).Reconcile(run.file())
		if out.Sessions.Joined != s.sessions {
			t.Fatalf("seed %d, %+v: %+v: %s", seed, s, out.Sessions, out.Summary)
		}
		if offset := float64(s.offset) / 1e6; offset < out.Clock.Low-.1 || offset > out.Clock.High+.1 {
			t.Errorf("seed %d, %+v: %g ms is not within %+v", seed, s, offset, out.Clock)
		}
	}
}

// A balancer that is held up logs times from before the connection: HAProxy and nginx take
// the clock once for each turn of their event loop. Those sessions join, too, and move the
// bounds of the clocks' difference by no more than they are behind.
func TestJoin_AClockThatIsBehind(t *testing.T) {
	t.Parallel()
	for seed := range 300 {
		r := rand.New(rand.NewPCG(uint64(seed), 6))
		s := shapes(r)
		s.sessions, s.ports, s.lost, s.drift, s.queue, s.foreign, s.moved = 20+r.IntN(200), 1000, 0, 0, time.Millisecond, netip.Addr{}, false
		sharp := s.make(rand.New(rand.NewPCG(uint64(seed), 7)))
		s.stale = time.Duration(1 + r.Int64N(int64(maxTurn)))
		run := s.make(rand.New(rand.NewPCG(uint64(seed), 7)))
		out, prompt := run.join(Options{}).Reconcile(run.file()), sharp.join(Options{}).Reconcile(sharp.file())
		if out.Sessions.Joined != s.sessions || out.Sessions.Untimely != 0 {
			t.Fatalf("seed %d, %+v: %+v: %s", seed, s, out.Sessions, out.Summary)
		}
		if width, was := out.Clock.High-out.Clock.Low, prompt.Clock.High-prompt.Clock.Low; width > was+5 {
			t.Errorf("seed %d, %+v: the bounds are %g ms apart, and %g without", seed, s, width, was)
		}
		if offset := float64(s.offset) / 1e6; offset < out.Clock.Low-.1 || offset > out.Clock.High+float64(s.stale)/1e6+.1 {
			t.Errorf("seed %d, %+v: %g ms is not within %+v", seed, s, offset, out.Clock)
		}
	}
}

// Two sessions that use a port within a second are told apart by neither of their lines.
func TestJoin_CountsAmbiguity(t *testing.T) {
	t.Parallel()
	s := shape{format: "classic", sessions: 60, gap: 20 * time.Millisecond, ports: 40, queue: time.Millisecond}
	run := s.make(rand.New(rand.NewPCG(1, 3)))
	out := run.join(Options{}).Reconcile(run.file())
	if out.Sessions.Ambiguous != 40 || out.Sessions.Joined != 20 {
		t.Errorf("%+v", out.Sessions)
	}
}

// Ports that come back in a steady rhythm fit at several times: nothing is joined before the
// user says how the clocks differ.
func TestJoin_ARhythmOfPortsFitsTwice(t *testing.T) {
	t.Parallel()
	s := shape{format: "classic", sessions: 2000, gap: 100 * time.Millisecond, ports: 900, queue: time.Millisecond}
	run := s.make(rand.New(rand.NewPCG(1, 3)))
	out := run.join(Options{}).Reconcile(run.file())
	if out.Sessions.Joined != 0 || !strings.Contains(out.Sessions.Why, "fits at two times") {
		t.Errorf("%+v", out.Sessions)
	}
	offset := time.Duration(0)
	if out = run.join(Options{Offset: &offset}).Reconcile(run.file()); out.Sessions.Joined != 2000 {
		t.Errorf("%+v", out.Sessions)
	}
}

// A line that is in two files counts once.
func TestJoin_DropsRepeats(t *testing.T) {
	t.Parallel()
	s := shape{format: "haproxy", sessions: 50, gap: 10 * time.Millisecond, ports: 100, queue: time.Millisecond}
	run := s.make(rand.New(rand.NewPCG(1, 4)))
	run.lines = append(run.lines, run.lines...)
	out := run.join(Options{}).Reconcile(run.file())
	if out.Sessions.Joined != 50 || out.Log.Repeats != 50 {
		t.Errorf("%+v, %d repeats", out.Sessions, out.Log.Repeats)
	}
}

// Memory is bounded where a log has one address and port over and over.
func TestJoin_BoundsLinesOfAKey(t *testing.T) {
	t.Parallel()
	s := shape{format: "haproxy", sessions: 3, gap: time.Second, ports: 3, queue: time.Millisecond}
	run := s.make(rand.New(rand.NewPCG(1, 5)))
	j := run.join(Options{})
	again := run.lines[0]
	for range 10 * maxLinesOfKey {
		again.Accepted = again.Accepted.Add(time.Minute)
		j.Add(&again)
	}
	out := j.Reconcile(run.file())
	if j.kept > maxLinesOfKey+3 || out.Sessions.Joined != 2 || out.Sessions.Ambiguous != 1 {
		t.Errorf("%d kept, %+v", j.kept, out.Sessions)
	}
}
