package scenarios

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
)

// What several machines did side by side keeps the order of each.
func TestLook_MergeClient(t *testing.T) {
	t.Parallel()
	node := netip.MustParseAddrPort("127.0.0.2:1")
	of := func(part Part, names ...string) Look {
		l := Look{Planned: len(names)}
		for i, name := range names {
			l.Add(Observation{Seq: i, Part: part, Node: node, Outcome: OutcomeOK, Who: Identity{Coordinator: name}})
		}
		return l
	}
	a, b, none := of(PartOrdered, "x", "y"), of(PartOrdered, "y"), of(PartArrival, "x")
	sum := a
	sum.MergeClient(b)
	if want := []Sequence{a.Sequence, b.Sequence}; sum.Clients != 2 || !reflect.DeepEqual(sum.Sequences, want) || len(sum.Sequence.Steps) > 0 || sum.Planned != 3 || sum.Ordered() != 3 {
		t.Errorf("%+v", sum)
	}
	sum.MergeClient(of(PartOrdered, "x", "x", "x"))
	if sum.Clients != 3 || len(sum.Orders()) != 3 || sum.Planned != 6 {
		t.Errorf("%+v", sum)
	}
	if err := sum.checkOrder(); err != nil {
		t.Error(err)
	}
	one := of(PartOrdered, "x")
	one.MergeClient(none)
	if one.Clients != 2 || len(one.Sequences) > 0 || len(one.Sequence.Steps) != 1 || one.Blocks.Sessions() != 1 {
		t.Errorf("an order of one machine: %+v", one)
	}
}

func TestLook_CheckOrder_OfSeveralMachines(t *testing.T) {
	t.Parallel()
	one := Sequence{Nodes: []netip.AddrPort{{}}, Steps: Steps{{Node: 1}}}
	for want, l := range map[string]Look{
		"it has both a sequence and sequences": {Clients: 2, Sequence: one, Sequences: []Sequence{one}},
		"it has 2 sequences of 1 clients":      {Sequences: []Sequence{one, one}},
		"sequences[1]: sessions: number 1 is":  {Clients: 2, Sequences: []Sequence{one, {Steps: Steps{{Node: 1}}}}},
	} {
		if err := l.checkOrder(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("fails with %v, want %q", err, want)
		}
	}
}

func TestSeries_MergeAt(t *testing.T) {
	t.Parallel()
	hour := Series{}
	for i := range 60 {
		hour.at(time.Duration(i) * time.Second).Started = 1
	}
	for name, c := range map[string]struct {
		later time.Duration
		first int // point that the second run begins in
		width Seconds
	}{
		"at once":        {0, 0, 1},
		"a bit later":    {400 * time.Millisecond, 0, 1},
		"nearly 2 s":     {1700 * time.Millisecond, 2, 1},
		"an hour":        {time.Hour, 450, 8},
		"as long as two": {366 * 24 * time.Hour, 483, 65536},
	} {
		var sum Series
		sum.MergeAt(hour, 0)
		sum.MergeAt(hour, c.later)
		total, at := 0, -1
		for i, p := range sum.Points {
			if total += p.Started; p.Started > 0 && at < 0 && total > 60 || at < 0 && c.later == 0 {
				at = i
			}
		}
		if total != 120 || sum.Width != c.width || len(sum.Points) > MaxPoints || c.later > time.Minute && at != c.first {
			t.Errorf("%s: %d sessions, width %g, %d points, the second begins at %d", name, total, sum.Width, len(sum.Points), at)
		}
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	a := Default()
	b := a
	a.Kind, b.Kind = "", KindLooks // which is the same
	b.Load.Rate, b.Target.Endpoints, b.Seed, b.TLS.Enabled = 50, []string{"h:1"}, 9, true
	var got []string
	for _, d := range Differences(a, b, "seed", "target") {
		got = append(got, d.String())
	}
	if want := "load.rate: 10/s and 50/s|tls.enabled: false and true"; strings.Join(got, "|") != want {
		t.Errorf("%s, want %s", strings.Join(got, "|"), want)
	}
	if d := Differences(a, a); len(d) > 0 {
		t.Errorf("a scenario differs from itself: %v", d)
	}
}

func TestDecodeResult_OfMergedResults(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"shard": {"index": 0, "count": 4}`:                               "shard: there is no shard 0/4",
		`"shard": {"index": 5, "count": 4}`:                               "shard: there is no shard 5/4",
		`"shard": {"index": 1, "count": 20000}`:                           "shard: there is no shard 1/20000",
		`"sources": [{"shard": {"index": 9, "count": 4}}]`:                "sources[0].shard: there is no shard 9/4",
		`"series": {"width_s": 1e-12, "points": [{}]}`:                    "series: points of 1e-12 s; a second is the least",
		`"sources": [{"sessions": -1}]`:                                   "sources[0].sessions: invalid count -1",
		`"sources": [{}` + strings.Repeat(",{}", MaxShards) + `]`:         "sources: list of 10001; the limit is 10000",
		`"baseline": {"figures": [{}` + strings.Repeat(",{}", 256) + `]}`: "baseline.figures: list of 257; the limit is 256",
		`"logins": {"times": {"nodes": {"a": {"hdr": "HISTEwAAAAA="}}}}`:  "inflate histogram",
		`"looks": [{"sequences": [{"sessions": "1:1:1"}]}]`:               "looks[0]: sequences[0]: sessions: number 1 is 1:1:1",
	} {
		if _, err := DecodeResult([]byte(part(in))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s fails with %v, want %q", in, err, want)
		}
	}
}

// A text that ends too soon is told from one that is no result.
func TestDecodeResult_OfATextThatEnds(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"schema": "` + Schema + `", "verdict": "pa`: "the text ends before the result does",
		`{"schema": "` + Schema + `", "looks": [`:     "the text ends before the result does",
		" \n": "the text is empty",
	} {
		if _, err := DecodeResult([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q fails with %v, want %q", in, err, want)
		}
		if _, err := DecodeResultHead([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the head of %q fails with %v, want %q", in, err, want)
		}
	}
}
