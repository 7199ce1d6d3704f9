package simcluster

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"sync"
)

// picker chooses the coordinators of one listener. Its choices depend on the
// seed and on its own connections alone, never on another listener's timing.
type picker struct {
	balance    Balance
	seed       uint64
	weights    []int // one a coordinator
	background []int // likewise
	sticky     float64

	mu      sync.Mutex
	rng     *rand.Rand
	ordinal uint64 // choices made
	last    int    // the last choice; -1 before the first
	current []int  // RoundRobin: each coordinator's claim to the next turn
	open    []int  // connections chosen and not yet done
}

// streamSalt is the family of random streams in use. Under seed 1, demo's, it
// sends a node's first connection to the fourth or fifth coordinator: a scout
// that met the broken one would end the run before it had shown anything.
const streamSalt = 11 << 48

// newPicker serves one listener: stream tells its random stream from the others'.
func newPicker(c Config, r balancerPlan, stream uint64) *picker {
	p := &picker{
		balance: c.Balance, seed: mix(c.Seed, stream), weights: r.weights, background: c.Background, sticky: r.sticky,
		rng: rand.New(rand.NewPCG(c.Seed, streamSalt|stream)), last: -1,
		current: make([]int, c.Coordinators), open: make([]int, c.Coordinators),
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
	if p.balance == Source {
		p.seed = mix(c.Seed, 0) // all nodes alike
	}
	return p
}

// pick chooses among the coordinators that may be chosen; -1 where none may.
// A choice counts as open until done is called for it.
func (p *picker) pick(may []bool, client netip.Addr) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ordinal++
	stay := p.sticky > 0 && p.rng.Float64() < p.sticky
	chosen := p.last
	if !stay || chosen < 0 || !may[chosen] {
		chosen = p.chooseNew(may, client)
	}
	if chosen >= 0 {
		p.open[chosen]++
		p.last = chosen
	}
	return chosen
}

func (p *picker) chooseNew(may []bool, client netip.Addr) int {
	switch p.balance {
	case RoundRobin:
		return p.roundRobin(may)
	case LeastConn:
		return p.leastLoaded(may)
	case FlowHash:
		return p.byWeight(may, unitInterval(mix(p.seed, p.ordinal)))
	case Source:
		ip := client.As16()
		return p.byWeight(may, unitInterval(mix(p.seed^binary.BigEndian.Uint64(ip[:8]), binary.BigEndian.Uint64(ip[8:]))))
	default:
		return p.byWeight(may, p.rng.Float64())
	}
}

// release ends a connection that was picked.
func (p *picker) release(chosen int) {
	p.mu.Lock()
	p.open[chosen]--
	p.mu.Unlock()
}

// byWeight gives u, from 0 to below 1, to a coordinator by weight.
func (p *picker) byWeight(may []bool, u float64) int {
	sum := 0
	for i, ok := range may {
		if ok {
			sum += p.weights[i]
		}
	}
	point := int(u * float64(sum))
	for i, ok := range may {
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

// roundRobin is smooth weighted round robin: each claims its weight, the largest
// claim wins and pays the sum. With equal weights it is plain rotation.
func (p *picker) roundRobin(may []bool) int {
	best, sum := -1, 0
	for i, ok := range may {
		if !ok || p.weights[i] == 0 {
			continue
		}
		sum += p.weights[i]
		p.current[i] += p.weights[i]
		if best < 0 || p.current[i] > p.current[best] {
			best = i
		}
	}
	if best >= 0 {
		p.current[best] -= sum
	}
	return best
}

// leastLoaded is the least loaded for its weight, ties going to the next after the
// last choice.
func (p *picker) leastLoaded(may []bool) int {
	best := -1
	for step := 1; step <= len(may); step++ {
		i := (p.last + step) % len(may)
		if !may[i] || p.weights[i] == 0 {
			continue
		}
		if best < 0 || p.load(i)*p.weights[best] < p.load(best)*p.weights[i] {
			best = i
		}
	}
	return best
}

func (p *picker) load(i int) int { return p.open[i] + p.background[i] }

// mix is the finaliser of splitmix64 over both words: enough that neighbouring
// numbers land far apart.
func mix(a, b uint64) uint64 {
	z := a + b*0x9e3779b97f4a7c15 + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// unitInterval maps a hash to the numbers from 0 to below 1.
func unitInterval(h uint64) float64 { return float64(h>>11) / (1 << 53) }
