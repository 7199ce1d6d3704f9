package simcluster

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
)

// picker chooses coordinators for the connections of one listener, or of all of them
// with the fault shared-rotor. The choices depend only on the seed and on these
// connections. The balancer calls it for one connection at a time.
type picker struct {
	balance    Balance
	seed       uint64
	weights    []int // by coordinator
	background []int // by coordinator
	sticky     float64
	others     othersPlan

	rng      *rand.Rand
	ordinal  uint64              // number of choices made
	previous int                 // the last choice for a connection of ours; -1 before the first
	last     int                 // the last choice for any connection; -1 before the first
	rotors   []rotor             // RoundRobin: used in turn
	turn     int                 // RoundRobin: number of rotations made
	open     []int               // open connections, by coordinator
	foreign  []foreignConnection // connections of other clients that are open, in the order in which they end
}

// rotor is the state of a smooth weighted round robin: the current weight of each
// coordinator.
type rotor []int

// othersPlan is the traffic of other clients that advances the balancing state.
type othersPlan struct {
	perConnection float64 // connections of others per connection of ours
	stay          int     // connections of ours during which each stays open; 0: it ends immediately
}

// foreignConnection is an open connection of another client.
type foreignConnection struct {
	coordinator int
	until       uint64 // ordinal at which it ends
}

// streamSalt selects the family of random streams. With seed 1, the one of demo,
// a node's first connection goes to the fourth or fifth coordinator, which the
// documented faults leave healthy: a run whose first connection fails ends there.
const streamSalt = 11 << 48

// newPicker returns the picker of one listener. stream is distinct for each
// listener and selects its random stream.
func newPicker(c Config, r balancerPlan, stream uint64) *picker {
	p := &picker{
		balance: c.Balance, seed: mix(c.Seed, stream), weights: r.weights, background: c.Background, sticky: r.sticky, others: r.others,
		rng: rand.New(rand.NewPCG(c.Seed, streamSalt|stream)), previous: -1, last: -1,
		rotors: make([]rotor, max(r.rotors, 1)), open: make([]int, c.Coordinators),
	}
	if p.weights == nil {
		p.weights = make([]int, c.Coordinators)
		for i := range p.weights {
			p.weights[i] = 1
		}
	}
	if p.background == nil {
		p.background = make([]int, c.Coordinators)
	}
	if p.balance == BalanceSource {
		p.seed = mix(c.Seed, 0) // the same on all nodes
	}
	for i := range p.rotors {
		p.rotors[i] = make(rotor, c.Coordinators)
	}
	return p
}

// pick chooses one of the eligible coordinators; -1 if there is none. The
// connection counts as open until release is called.
func (p *picker) pick(eligible []bool, client netip.Addr) int {
	p.serveOthers(eligible)
	p.ordinal++
	stay := p.sticky > 0 && p.rng.Float64() < p.sticky
	chosen := p.previous
	if !stay || chosen < 0 || !eligible[chosen] {
		chosen = p.chooseNew(eligible, client)
	}
	if chosen >= 0 {
		p.open[chosen]++
		p.previous, p.last = chosen, chosen
	}
	return chosen
}

// serveOthers chooses coordinators for the connections of other clients that come
// before the next one of ours: a random number, since a fixed one would meet a rotor in
// step.
func (p *picker) serveOthers(eligible []bool) {
	for len(p.foreign) > 0 && p.foreign[0].until <= p.ordinal {
		p.release(p.foreign[0].coordinator)
		p.foreign = p.foreign[1:]
	}
	if p.others.perConnection == 0 {
		return
	}
	again := p.others.perConnection / (1 + p.others.perConnection) // so that the number is geometric
	for p.rng.Float64() < again {
		stranger := netip.AddrFrom4([4]byte{192, 0, 2, byte(p.rng.Uint32())})
		chosen := p.chooseNew(eligible, stranger)
		if chosen < 0 {
			return
		}
		p.last = chosen
		if p.others.stay > 0 {
			p.open[chosen]++
			p.foreign = append(p.foreign, foreignConnection{chosen, p.ordinal + uint64(p.others.stay)})
		}
	}
}

func (p *picker) chooseNew(eligible []bool, client netip.Addr) int {
	switch p.balance {
	case BalanceRoundRobin:
		return p.roundRobin(eligible)
	case BalanceLeastConn:
		return p.leastLoaded(eligible)
	case BalanceFlowHash:
		return p.byWeight(eligible, unitInterval(mix(p.seed, p.ordinal)))
	case BalanceSource:
		ip := client.As16()
		return p.byWeight(eligible, unitInterval(mix(p.seed^binary.BigEndian.Uint64(ip[:8]), binary.BigEndian.Uint64(ip[8:]))))
	default:
		return p.byWeight(eligible, p.rng.Float64())
	}
}

// release marks a connection returned by pick as closed.
func (p *picker) release(chosen int) { p.open[chosen]-- }

// byWeight maps u, in [0, 1), to a coordinator in proportion to the weights.
func (p *picker) byWeight(eligible []bool, u float64) int {
	sum := 0
	for i, ok := range eligible {
		if ok {
			sum += p.weights[i]
		}
	}
	point := int(u * float64(sum))
	for i, ok := range eligible {
		if !ok {
			continue
		}
		if point < p.weights[i] {
			return i
		}
		point -= p.weights[i]
	}
	return -1
}

// roundRobin is smooth weighted round robin, as in nginx: every current weight
// grows by the weight, the largest is chosen and reduced by the sum of weights.
// With equal weights it is plain rotation. Several rotors take turns.
func (p *picker) roundRobin(eligible []bool) int {
	current := p.rotors[p.turn%len(p.rotors)]
	p.turn++
	best, sum := -1, 0
	for i, ok := range eligible {
		if !ok || p.weights[i] == 0 {
			continue
		}
		sum += p.weights[i]
		current[i] += p.weights[i]
		if best < 0 || current[i] > current[best] {
			best = i
		}
	}
	if best >= 0 {
		current[best] -= sum
	}
	return best
}

// leastLoaded returns the coordinator with the lowest load relative to its
// weight. Ties go to the next one after the last choice.
func (p *picker) leastLoaded(eligible []bool) int {
	best := -1
	for step := 1; step <= len(eligible); step++ {
		i := (p.last + step) % len(eligible)
		if !eligible[i] || p.weights[i] == 0 {
			continue
		}
		if best < 0 || p.load(i)*p.weights[best] < p.load(best)*p.weights[i] {
			best = i
		}
	}
	return best
}

func (p *picker) load(i int) int { return p.open[i] + p.background[i] }

// mix hashes both words with the finalizer of splitmix64.
func mix(a, b uint64) uint64 {
	z := a + b*0x9e3779b97f4a7c15 + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// unitInterval maps a hash to [0, 1).
func unitInterval(h uint64) float64 { return float64(h>>11) / (1 << 53) }
