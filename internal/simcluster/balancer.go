package simcluster

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Balancer is the balancer of a cluster without the cluster, for tests that need many
// runs: it says where connections go, and opens none. Its methods are safe for
// concurrent use.
type Balancer struct {
	b     *balancer
	names []string
}

// Route is where a connection goes.
type Route struct {
	Coordinator int  // from 0; -1: none is eligible
	Lost        bool // it is refused, or reset after its first request
}

// NewBalancer returns the balancer that [Start] would use. The error is a *[ConfigError].
func NewBalancer(c Config) (*Balancer, error) {
	c, p, err := c.planned()
	if err != nil {
		return nil, err
	}
	names := hostNames(c.First, c.Coordinators, p.balancer)
	for i, host := range names {
		names[i] = webAddress(host)
	}
	return &Balancer{newBalancer(c, p), names}, nil
}

// Names returns the coordinators' names, in order.
func (b *Balancer) Names() []string { return slices.Clone(b.names) }

// Connect decides where an HS2 connection to a node, from 0, goes, elapsed being the time
// since the cluster's start. It counts as open until Release.
func (b *Balancer) Connect(elapsed time.Duration, node int, client netip.Addr) Route {
	r := b.b.route(elapsed, protocolHS2, node, client, -1)
	return Route{r.coordinator, r.refused || r.cut}
}

// Release marks a connection as closed that Connect sent to a coordinator.
func (b *Balancer) Release(node, coordinator int) { b.b.release(protocolHS2, node, coordinator) }

// balancer decides where the connections of all nodes go. It opens none itself,
// and is told the time. Its decisions are one after the other, so that what a
// coordinator has been sent when it stops does not depend on goroutines.
type balancer struct {
	plan *plan

	mu        sync.Mutex
	pickers   [protocolCount][]*picker // by node; the same one for all nodes with the fault shared-rotor
	flaky     []map[int]bool           // by node: the connections to reset, counted from 1
	routed    [protocolCount][]int     // connections by node
	total     int                      // sum of routed
	sent      []int                    // connections by coordinator
	lost      bool                     // a connection has failed in the balancer
	pinned    int                      // the only coordinator chosen since then; -1: any
	admission admission
}

// route is what the balancer does with a connection.
type route struct {
	coordinator int  // from 0; -1: none is eligible
	refused     bool // the coordinator's port is closed
	cut         bool // the connection is reset after the first request
}

// newBalancer returns the balancer of a cluster. c must have its defaults.
func newBalancer(c Config, p *plan) *balancer {
	b := &balancer{
		plan: p, flaky: flakyConnections(c, p.balancer.flaky), sent: make([]int, c.Coordinators), pinned: -1,
		admission: admission{limit: p.balancer.limit, rate: p.balancer.rate},
	}
	for proto := range protocolCount {
		b.routed[proto] = make([]int, c.Nodes)
		for node := range c.Nodes {
			if p.balancer.sharedRotor && node > 0 {
				b.pickers[proto] = append(b.pickers[proto], b.pickers[proto][0])
				continue
			}
			b.pickers[proto] = append(b.pickers[proto], newPicker(c, p.balancer, uint64(proto)<<32|uint64(node+1)))
		}
	}
	return b
}

// route decides where a connection goes, elapsed being the time since the cluster's
// start. It counts as open until release. prefer is the coordinator that a cookie names;
// -1: none.
func (b *balancer) route(elapsed time.Duration, proto protocol, node int, client netip.Addr, prefer int) route {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total++
	b.routed[proto][node]++
	r := route{coordinator: b.choose(elapsed, proto, node, client, prefer)}
	if r.coordinator < 0 {
		return r
	}
	b.sent[r.coordinator]++
	r.refused = b.plan.coordinators[r.coordinator].refuses(b.sent[r.coordinator])
	r.cut = b.flaky[node][b.routed[proto][node]] || slices.Contains(b.plan.balancer.cuts, b.total)
	b.lost = b.lost || r.refused || r.cut
	return r
}

// choose returns the coordinator for a connection; -1 if none is eligible. With the
// fault pins-after-loss it is the same one for all that follow a loss.
func (b *balancer) choose(elapsed time.Duration, proto protocol, node int, client netip.Addr, prefer int) int {
	eligible := b.eligible(elapsed, node)
	if prefer >= 0 && eligible[prefer] {
		b.pickers[proto][node].open[prefer]++
		return prefer
	}
	if b.pinned >= 0 && eligible[b.pinned] {
		eligible = make([]bool, len(eligible))
		eligible[b.pinned] = true
	}
	chosen := b.pickers[proto][node].pick(eligible, client)
	if b.plan.balancer.pinsAfterLoss && b.lost && b.pinned < 0 {
		b.pinned = chosen
	}
	return chosen
}

// another returns the way to the next eligible coordinator after the one of r; r itself
// if there is no other. It does not count as a connection.
func (b *balancer) another(elapsed time.Duration, node int, r route) route {
	b.mu.Lock()
	defer b.mu.Unlock()
	eligible := b.eligible(elapsed, node)
	for step := 1; step < len(eligible); step++ {
		i := (r.coordinator + step) % len(eligible)
		if eligible[i] {
			return route{coordinator: i, refused: b.plan.coordinators[i].refuses(b.sent[i])}
		}
	}
	return r
}

// eligible reports for each coordinator whether a node may choose it.
func (b *balancer) eligible(elapsed time.Duration, node int) []bool {
	eligible := make([]bool, len(b.plan.coordinators))
	for i, c := range b.plan.coordinators {
		eligible[i] = b.plan.reaches(node, i) && c.inRotation(elapsed) && !c.knownStopped(b.sent[i])
	}
	return eligible
}

// release marks a connection that route sent to a coordinator as closed.
func (b *balancer) release(proto protocol, node, coordinator int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pickers[proto][node].release(coordinator)
}

// admit reports whether the balancer accepts one more connection; leave ends it.
func (b *balancer) admit(elapsed time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.admission.admit(elapsed)
}

func (b *balancer) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.admission.open--
}

// stopPlan is when a coordinator stops, counted in the connections sent to it, and
// when the balancer's health check notices. The zero value never stops.
type stopPlan struct {
	after  int // connections served; 0: the coordinator does not stop
	missed int // connections that the coordinator refuses until the health check notices; -1: it never does
}

// refuses reports whether the n-th connection sent to the coordinator, counted from
// 1, meets a closed port.
func (p coordinatorPlan) refuses(n int) bool {
	return p.refused || p.stops.after > 0 && n > p.stops.after
}

// knownStopped reports whether the health check has noticed that the coordinator
// stopped, n connections having been sent to it.
func (p coordinatorPlan) knownStopped(n int) bool {
	return p.stops.after > 0 && p.stops.missed >= 0 && n >= p.stops.after+p.stops.missed
}

// admission limits the connections that the balancer accepts, of all nodes together.
// Its zero value accepts all of them.
type admission struct {
	limit limitPlan
	rate  limitPlan
	open  int

	attempts []time.Duration // rate: when the latest connections came, those that were not accepted too
}

// limitPlan is how many connections are accepted, and what the others meet.
type limitPlan struct {
	n    int     // 0: no limit
	mode cutMode // cutModeRST, cutModeFIN
}

// rateWindow is the time for which a rate is given.
const rateWindow = 10 * time.Second

// admit counts a connection as open where it is accepted. elapsed does not decrease.
func (a *admission) admit(elapsed time.Duration) bool {
	if a.limit.n > 0 && a.open >= a.limit.n || a.tooMany(elapsed) {
		return false
	}
	a.open++
	return true
}

// tooMany counts a connection, and reports whether as many as the rate came within the
// window before it: like HAProxy's conn_rate, which counts those that it rejects, too.
func (a *admission) tooMany(elapsed time.Duration) bool {
	if a.rate.n == 0 {
		return false
	}
	full := len(a.attempts) == a.rate.n && elapsed-a.attempts[0] < rateWindow
	if len(a.attempts) == a.rate.n {
		a.attempts = a.attempts[1:]
	}
	a.attempts = append(a.attempts, elapsed)
	return full
}

// excessMode is how a connection that is not accepted ends.
func (p balancerPlan) excessMode() cutMode {
	if p.limit.n > 0 {
		return p.limit.mode
	}
	return p.rate.mode
}

// flakyConnections chooses n connections to reset and returns their ordinals by
// node. They are among the first 20 or so of the run (more if n needs it), but
// never a node's first connection: a run whose first connection fails ends before
// anything is measured.
func flakyConnections(c Config, n int) []map[int]bool {
	early := max((20+c.Nodes-1)/c.Nodes, (2*n+c.Nodes-1)/c.Nodes)
	byNode := make([]map[int]bool, c.Nodes)
	for i := range byNode {
		byNode[i] = make(map[int]bool)
	}
	rng := rand.New(rand.NewPCG(c.Seed, 0xf1a))
	for _, k := range rng.Perm(early * c.Nodes)[:n] {
		byNode[k%c.Nodes][k/c.Nodes+2] = true
	}
	return byNode
}
