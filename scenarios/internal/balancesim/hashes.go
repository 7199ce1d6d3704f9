package balancesim

import (
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"hash/fnv"
	"math/rand/v2"
	"slices"
)

// flow is what a hash is taken of: the client's address and port, and the node.
type flow struct {
	client uint32
	port   uint16
	node   byte
}

// flows are those of a client: the system gives out even ports, each two above the
// one before.
func flows(r *rand.Rand) func(Session) flow {
	f := flow{client: r.Uint32(), port: uint16(32768 + 2*r.IntN(10000))}
	return func(s Session) flow {
		f.port += 2
		f.node = byte(s.Node)
		return f
	}
}

func (f flow) bytes() []byte {
	b := binary.BigEndian.AppendUint32(nil, f.client)
	b = binary.BigEndian.AppendUint16(b, f.port)
	b = append(b, 10, 0, 0, 2+f.node)
	return binary.BigEndian.AppendUint16(b, 21050)
}

// CRC32 is the flow's checksum, modulo the coordinators.
func CRC32(r *rand.Rand, k, _ int) Balancer {
	next := flows(r)
	return func(s Session) int { return int(crc32.ChecksumIEEE(next(s).bytes()) % uint32(k)) }
}

// mixed is a good hash of bytes and a number.
func mixed(b []byte, salt uint64) uint64 {
	h := fnv.New64a()
	h.Write(b)
	z := h.Sum64() + salt*0x9e3779b97f4a7c15 // then the finaliser of SplitMix64
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// maglevSize is the length of the table; a prime.
const maglevSize = 2039

// Maglev fills a table by each coordinator's own permutation, in turn (Eisenbud and
// others, NSDI 2016).
func Maglev(r *rand.Rand, k, _ int) Balancer {
	offset, skip := places(r, k, maglevSize), places(r, k, maglevSize-1)
	table := make([]int, maglevSize)
	for i := range table {
		table[i] = Lost
	}
	for filled := 0; ; {
		for c := range k {
			for table[offset[c]] != Lost {
				offset[c] = (offset[c] + skip[c] + 1) % maglevSize
			}
			table[offset[c]] = c
			if filled++; filled == maglevSize {
				next, salt := flows(r), r.Uint64()
				return func(s Session) int { return table[mixed(next(s).bytes(), salt)%maglevSize] }
			}
		}
	}
}

// ringPoints is how many points each coordinator has on the ring.
const ringPoints = 160

// Ketama gives a flow to the next point on a ring. Its shares are uneven: each is a
// sum of random arcs.
func Ketama(r *rand.Rand, k, _ int) Balancer {
	type point struct {
		at uint64
		of int
	}
	var ring []point
	for c := range k {
		for range ringPoints {
			ring = append(ring, point{r.Uint64(), c})
		}
	}
	slices.SortFunc(ring, func(a, b point) int { return cmp.Compare(a.at, b.at) })
	next, salt := flows(r), r.Uint64()
	return func(s Session) int {
		i, _ := slices.BinarySearchFunc(ring, mixed(next(s).bytes(), salt), func(p point, h uint64) int { return cmp.Compare(p.at, h) })
		return ring[i%len(ring)].of
	}
}
