package simcluster

import (
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

// plan is a Config with its faults resolved: what each part is to do. Its zero
// fields are healthy.
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
	sameHostname, noExecutors                 bool
	resetAfter                                int64 // bytes; 0: never
	slow, slowQuery, starting                 time.Duration
	down, leaves                              timeWindow
	restartAfter                              int    // sessions; 0: never
	version                                   string // "": Config.Version
	pid                                       int32  // 0: one of its own
	threads                                   int    // 0: Config.Threads
}

// nodePlan is what one node's listeners present.
type nodePlan struct {
	kind   certs.Kind
	maxTLS uint16 // 0: the newest
}

// balancerPlan is how every listener chooses.
type balancerPlan struct {
	weights     []int // nil: all alike
	zones       []int // nil: every node reaches all
	sticky      float64
	flaky       int
	proxyHeader bool
	idle        idlePlan
}

// newPlan applies c's faults in order. c has its defaults.
func newPlan(c Config) (*plan, error) {
	p := &plan{coordinators: make([]coordinatorPlan, c.Coordinators), nodes: make([]nodePlan, c.Nodes)}
	for _, f := range c.Faults {
		form, ok := findFault(f.Name)
		if !ok {
			return nil, &ConfigError{"Faults", unknownFault(f.Name).Error()}
		}
		if form.Scope == FaultScopeListener && !c.TLS {
			return nil, &ConfigError{"Faults: " + f.String(), "there is no certificate without TLS"}
		}
		if f.Name == "auth-reject" && c.Auth == NoAuth {
			return nil, &ConfigError{"Faults: " + f.String(), "there is no login without Auth"}
		}
		if err := form.apply(p, f); err != nil {
			return nil, &ConfigError{"Faults: " + f.String(), err.Error()}
		}
	}
	return p, p.validate()
}

// validate refuses lists that do not fit the cluster.
func (p *plan) validate() error {
	if w := p.balancer.weights; w != nil && (len(w) != len(p.coordinators) || sum(w) == 0) {
		return &ConfigError{"Faults: weights", fmt.Sprintf("wants %d numbers, not all 0, for as many coordinators", len(p.coordinators))}
	}
	if z := p.balancer.zones; z != nil && (len(z) != len(p.nodes) || sum(z) != len(p.coordinators)) {
		return &ConfigError{"Faults: zones", fmt.Sprintf("wants %d numbers, one a node, with the sum of %d coordinators", len(p.nodes), len(p.coordinators))}
	}
	if p.oneNode && len(p.nodes) < 2 {
		return &ConfigError{"Faults: one-node", "there is only one node"}
	}
	return nil
}

// eachCoordinator applies set to those that f names.
func (p *plan) eachCoordinator(f Fault, set func(*coordinatorPlan, string) error) error {
	if f.At > len(p.coordinators) {
		return fmt.Errorf("there are only %d coordinators", len(p.coordinators))
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

// eachNode applies set to those that f names.
func (p *plan) eachNode(f Fault, set func(*nodePlan)) error {
	if f.At > len(p.nodes) {
		return fmt.Errorf("there are only %d nodes", len(p.nodes))
	}
	for i := range p.nodes {
		if f.At == 0 || f.At == i+1 {
			set(&p.nodes[i])
		}
	}
	return nil
}

// zoneOf is the zone of coordinator i, from 0; 0 where there are none.
func (r balancerPlan) zoneOf(i int) int {
	for zone, n := range r.zones {
		if i < n {
			return zone
		}
		i -= n
	}
	return 0
}

// reaches reports whether a node may send to a coordinator, both from 0.
func (r balancerPlan) reaches(node, coordinator int) bool {
	return r.zones == nil || r.zoneOf(coordinator) == node
}

func sum(numbers []int) (sum int) {
	for _, n := range numbers {
		sum += n
	}
	return sum
}
