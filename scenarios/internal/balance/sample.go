package balance

import (
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
)

// sample is the sessions of a look, or of a part of one, in the order in which the
// balancer got them. Those of a node that answered nobody are left out: they are
// that node's failures, and say nothing of coordinators.
type sample struct {
	k         int // slots
	values    int // slots, and undeclared coordinators that were seen
	events    []event
	nodes     []netip.AddrPort // by number; those that answered
	planned   int
	cut       bool
	sequenced bool // the order is known; else events are of the right number alone
	mixed     bool // sessions that are not in order are of several machines, and which is not known
}

// event is sessions over one node with one coordinator, which are one session where
// the order is strict. Events of one group have no order among them.
type event struct {
	node   int
	value  int // slot, or the number of an undeclared coordinator; unknown: it named none
	n      int
	group  int
	part   int // of those in order: sessions of two parts of a look are no neighbours
	client int // number of the machine among those that took the look side by side
	local  netip.Addr
	how    how
}

const unknown = -1

// how sessions were opened.
type how int

const (
	inOrder   how = iota // one after the other
	unordered            // at once with others
	inBurst              // together, after all others
)

// sampleOf reads a look.
func sampleOf(cs batch.CoordinatorSet, l batch.Look) sample {
	s := sample{k: len(cs.Slots), values: len(cs.Slots) + len(cs.Undeclared), planned: l.Planned, cut: l.Cut, sequenced: true}
	r := eventReader{sample: &s, valueOf: valuesOf(cs)}
	for _, look := range l.Parts {
		r.read(look)
	}
	return s.withoutDeadNodes()
}

// valuesOf numbers the names: those of expected coordinators by slot.
func valuesOf(cs batch.CoordinatorSet) map[string]int {
	out := map[string]int{"": unknown}
	for name, slot := range cs.SlotOf {
		out[name] = slot
	}
	for i, name := range cs.Undeclared {
		out[name] = len(cs.Slots) + i
	}
	return out
}

// eventReader appends looks to a sample.
type eventReader struct {
	*sample
	valueOf map[string]int
	part    int
	group   int
}

func (r *eventReader) read(l scenarios.Look) {
	inTally := tallied(l.Tally)
	known := l.Ordered() + l.Blocks.Sessions()
	local := l.Local()
	if known == 0 && inTally > local { // of an earlier version
		r.sequenced = false
		r.tally(l.Tally, unordered, local)
		known = inTally
	}
	r.orders(l.Orders())
	r.mixed = r.mixed || l.Clients > 1 && l.Blocks.Sessions() > 0
	for _, block := range l.Blocks.List {
		for _, c := range block {
			r.add(event{node: r.nodeOf(c.Node), value: r.value(c.Coordinator), n: c.Sessions, how: unordered})
		}
		r.group++
	}
	r.tally(l.Burst, inBurst, local-max(0, inTally-known))
}

// orders reads the sequences of a look. Those of several machines went on side by side:
// the n-th sessions of all have no order among them.
func (r *eventReader) orders(all []scenarios.Sequence) {
	longest := 0
	for _, s := range all {
		longest = max(longest, len(s.Steps))
	}
	for i := range longest {
		for client, order := range all {
			if i < len(order.Steps) {
				s := order.At(i)
				r.add(event{node: r.nodeOf(s.Node), value: r.value(s.Coordinator), n: 1, part: r.part + client, client: client, local: s.Local, how: inOrder})
			}
		}
		r.group++
	}
	r.part += len(all)
}

// tally reads sessions of which no order is known; some that are unidentified failed
// on this machine and are left out.
func (r *eventReader) tally(t scenarios.Tally, h how, local int) {
	for _, c := range t {
		n := c.Sessions()
		if c.Coordinator == "" {
			left := min(max(0, local), n)
			local, n = local-left, n-left
		}
		if n > 0 {
			r.add(event{node: r.nodeOf(c.Node), value: r.value(c.Coordinator), n: n, how: h})
		}
	}
	r.group++
}

// value numbers a name; one that no tally has is of no coordinator.
func (r *eventReader) value(name string) int {
	if v, ok := r.valueOf[name]; ok {
		return v
	}
	return unknown
}

func (r *eventReader) add(e event) {
	e.group = r.group
	r.events = append(r.events, e)
}

func (r *eventReader) nodeOf(node netip.AddrPort) int {
	i := slices.Index(r.nodes, node)
	if i < 0 {
		r.nodes = append(r.nodes, node)
		i = len(r.nodes) - 1
	}
	return i
}

func tallied(t scenarios.Tally) int {
	n, _, _, _ := t.Total()
	return n
}

// withoutDeadNodes leaves out the nodes that answered nobody, and numbers the others
// by address, so that nothing depends on which was dialled first.
func (s sample) withoutDeadNodes() sample {
	answered := make([]bool, len(s.nodes))
	for _, e := range s.events {
		if e.value != unknown {
			answered[e.node] = true
		}
	}
	var nodes []netip.AddrPort
	for i, node := range s.nodes {
		if answered[i] {
			nodes = append(nodes, node)
		}
	}
	slices.SortFunc(nodes, netip.AddrPort.Compare)
	var events []event
	for _, e := range s.events {
		if answered[e.node] {
			e.node = slices.Index(nodes, s.nodes[e.node])
			events = append(events, e)
		}
	}
	s.nodes, s.events = nodes, events
	return s
}

// parts cuts the sample into so many consecutive ones of about the same length.
func (s sample) parts(count int) []sample {
	total, out := 0, make([]sample, count)
	for i := range out {
		out[i] = s
		out[i].events = nil
		out[i].planned = s.planned / count
	}
	for _, e := range s.events {
		total += e.n
	}
	for i, begun := 0, 0; i < len(s.events); {
		at := min(count-1, begun*count/max(1, total))
		for group := s.events[i].group; i < len(s.events) && s.events[i].group == group; i++ {
			out[at].events = append(out[at].events, s.events[i])
			begun += s.events[i].n
		}
	}
	for i := range out {
		out[i] = out[i].withoutDeadNodes()
	}
	return out
}

// counts are the sessions by slot, the burst left out.
func (s sample) counts() []int { return s.countsOf(func(e event) bool { return e.how != inBurst }) }

// all are the sessions by slot, the burst included.
func (s sample) all() []int { return s.countsOf(func(event) bool { return true }) }

func (s sample) countsOf(with func(event) bool) []int {
	out := make([]int, s.k)
	for _, e := range s.events {
		if e.value >= 0 && e.value < s.k && with(e) {
			out[e.value] += e.n
		}
	}
	return out
}

// identified counts the sessions that named a coordinator, the burst left out.
func (s sample) identified() int {
	return s.count(func(e event) bool { return e.value != unknown && e.how != inBurst })
}

// unidentified counts those that did not.
func (s sample) unidentified() int {
	return s.count(func(e event) bool { return e.value == unknown && e.how != inBurst })
}

// allUnidentified is the same with the burst.
func (s sample) allUnidentified() int {
	return s.count(func(e event) bool { return e.value == unknown })
}

// sessions counts all of them.
func (s sample) sessions() int { return s.count(func(event) bool { return true }) }

// sessionsOf counts those of one node.
func (s sample) sessionsOf(node int) int {
	return s.count(func(e event) bool { return e.node == node })
}

func (s sample) count(with func(event) bool) int {
	n := 0
	for _, e := range s.events {
		if with(e) {
			n += e.n
		}
	}
	return n
}

// seen lists the values with a session, the burst included.
func (s sample) seen() []int {
	var out []int
	for _, e := range s.events {
		if e.value != unknown && !slices.Contains(out, e.value) {
			out = append(out, e.value)
		}
	}
	slices.Sort(out)
	return out
}

// table counts the sessions by node and value, the burst left out; the sessions that
// named nobody are apart.
func (s sample) table() (counts [][]int, unidentified []int) {
	counts, unidentified = newTable(len(s.nodes), s.values), make([]int, len(s.nodes))
	for _, e := range s.events {
		switch {
		case e.how == inBurst:
		case e.value == unknown:
			unidentified[e.node] += e.n
		default:
			counts[e.node][e.value] += e.n
		}
	}
	return counts, unidentified
}

func newTable(rows, columns int) [][]int {
	out := make([][]int, rows)
	for i := range out {
		out[i] = make([]int, columns)
	}
	return out
}

// perNode are the values of the ordered sessions of each node, those left out that
// named nobody: their neighbours close up.
func (s sample) perNode() [][]int {
	return s.sequences(func(e event) [2]int { return [2]int{e.part, e.node} })
}

// merged are the same of all nodes together.
func (s sample) merged() [][]int {
	return s.sequences(func(e event) [2]int { return [2]int{e.part, 0} })
}

func (s sample) sequences(of func(event) [2]int) [][]int {
	var out [][]int
	at := map[[2]int]int{}
	for _, e := range s.events {
		if e.how != inOrder || e.value == unknown {
			continue
		}
		i, ok := at[of(e)]
		if !ok {
			i = len(out)
			at[of(e)] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], e.value)
	}
	return out
}
