package simcluster

import (
	"fmt"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

// plan is how each part of a cluster behaves, as the faults of a Config say.
// Zero fields are healthy behavior.
type plan struct {
	coordinators []coordinatorPlan
	nodes        []nodePlan
	balancer     balancerPlan
	oneNode      bool
}

// coordinatorPlan is how one coordinator behaves.
type coordinatorPlan struct {
	dead, refused, hung, draining, authReject bool
	foreign, pingOff, noPing, noHTTPAddr      bool
	sameHostname, sameWebAddress              bool
	noExecutors, closeHangs, wrongKeytab      bool
	resetAfter                                int64 // bytes; 0: never
	slow, slowQuery, starting                 time.Duration
	skew                                      time.Duration // of the clock that tickets are checked by
	down, leaves                              timeWindow
	stops                                     stopPlan
	restartAfter                              int    // sessions; 0: never
	version                                   string // "": Config.Version
	pid                                       int32  // 0: a distinct one
	threads                                   int    // 0: Config.Threads
}

// nodePlan is how one node's listeners behave.
type nodePlan struct {
	kind                certs.Kind
	maxTLS              uint16 // 0: the newest
	clientCert          bool   // one that the cluster's CA issued is required
	stripsAuthorization bool
	loginPage           bool          // requests over HTTP are answered with a redirect
	unavailable         time.Duration // after which clients shall try again, as the answer to each request over HTTP says; 0: requests are passed on
	lacks               int           // number of the coordinator that is missing from the node's list, from 1; 0: none
}

// balancerPlan is how the balancer behaves on every node.
type balancerPlan struct {
	weights     []int   // nil: equal
	zones       []int   // nil: every node reaches all coordinators
	lists       [][]int // by node: the numbers of the coordinators on its list, from 1; nil: all of them
	sticky      float64
	flaky       int
	cuts        []int // connections to reset, counted over all nodes from 1
	proxyHeader bool
	idle        idlePlan
	sharedRotor bool // the nodes have one balancing state
	rotors      int  // that RoundRobin uses in turn; 0: one
	others      othersPlan
	limit, rate limitPlan // of open connections; of new ones per rateWindow

	pinsAfterLoss bool

	dropsCookies  bool  // over HTTP, in both directions
	foreignCookie bool  // requests with a cookie of Impala's go to another coordinator
	foreignHandle int64 // every n-th request over HTTP of a node goes to another coordinator; 0: none
}

// planned is c with its defaults, and what its faults make of it. The error is a
// *[ConfigError].
func (c Config) planned() (Config, *plan, error) {
	c, err := c.withDefaults()
	if err != nil {
		return c, nil, err
	}
	p, err := newPlan(c)
	return c, p, err
}

// newPlan applies c's faults in order. c must have its defaults.
func newPlan(c Config) (*plan, error) {
	p := &plan{coordinators: make([]coordinatorPlan, c.Coordinators), nodes: make([]nodePlan, c.Nodes)}
	for _, f := range c.Faults {
		spec, ok := findFault(f.Name)
		if !ok {
			return nil, invalidFault(f.String(), "%s", unknownFault(f.Name))
		}
		if spec.needs != nil && spec.needs(c) != "" {
			return nil, invalidFault(f.String(), "%s", spec.needs(c))
		}
		if err := spec.apply(p, f); err != nil {
			return nil, invalidFault(f.String(), "%v", err)
		}
	}
	if err := p.validate(); err != nil {
		return nil, err
	}
	return p, nil
}

func invalidFault(fault, format string, args ...any) error {
	return &ConfigError{Field: "Faults", Fault: fault, Reason: fmt.Sprintf(format, args...)}
}

// validate rejects lists that do not match the size of the cluster.
func (p *plan) validate() error {
	if w := p.balancer.weights; w != nil && (len(w) != len(p.coordinators) || sum(w) == 0) {
		return invalidFault("weights", "it needs a number for each of the %d coordinators, not all of them 0", len(p.coordinators))
	}
	if z := p.balancer.zones; z != nil && (len(z) != len(p.nodes) || sum(z) != len(p.coordinators)) {
		return invalidFault("zones", "it needs a number for each of the %d nodes, and their sum must be the %d coordinators", len(p.nodes), len(p.coordinators))
	}
	if l := p.balancer.lists; l != nil && len(l) != len(p.nodes) {
		return invalidFault("lists", "it needs a list for each of the %d nodes", len(p.nodes))
	}
	for _, list := range p.balancer.lists {
		if slices.ContainsFunc(list, func(n int) bool { return n < 1 || n > len(p.coordinators) }) {
			return invalidFault("lists", "coordinators are numbered from 1 to %d", len(p.coordinators))
		}
	}
	for _, n := range p.nodes {
		if n.lacks > len(p.coordinators) {
			return invalidFault("stale", "coordinator %d is out of range: there are %d coordinators", n.lacks, len(p.coordinators))
		}
	}
	if p.oneNode && len(p.nodes) < 2 {
		return invalidFault("one-node", "it needs at least two nodes")
	}
	return nil
}

// eachCoordinator calls set for the coordinators that f affects.
func (p *plan) eachCoordinator(f Fault, set func(*coordinatorPlan, string) error) error {
	if f.At > len(p.coordinators) {
		return fmt.Errorf("@%d is out of range: there are %d coordinators", f.At, len(p.coordinators))
	}
	for i := range p.coordinators {
		if f.At == 0 || f.At == i+1 {
			if err := set(&p.coordinators[i], f.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// eachNode calls set for the nodes that f affects.
func (p *plan) eachNode(f Fault, set func(*nodePlan, string) error) error {
	if f.At > len(p.nodes) {
		return fmt.Errorf("@%d is out of range: there are %d nodes", f.At, len(p.nodes))
	}
	for i := range p.nodes {
		if f.At == 0 || f.At == i+1 {
			if err := set(&p.nodes[i], f.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// zoneOf returns the zone of coordinator i, both from 0; 0 without zones.
func (r balancerPlan) zoneOf(i int) int {
	for zone, n := range r.zones {
		if i < n {
			return zone
		}
		i -= n
	}
	return 0
}

// reaches reports whether a node may connect to a coordinator, both from 0.
func (p *plan) reaches(node, coordinator int) bool {
	r := p.balancer
	return (r.zones == nil || r.zoneOf(coordinator) == node) &&
		(r.lists == nil || slices.Contains(r.lists[node], coordinator+1)) &&
		p.nodes[node].lacks != coordinator+1
}

func sum(numbers []int) (sum int) {
	for _, n := range numbers {
		sum += n
	}
	return sum
}
