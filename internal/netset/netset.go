// Package netset tells how much of an address family some networks contain together.
package netset

import (
	"math"
	"net/netip"
	"slices"
)

// mostOfAll is the share of all addresses of a family above which networks count as all
// of it. No network of one's own has as much.
const mostOfAll = 0.5

// NearlyAll returns those of the networks, masked and of one family, that together
// contain every address of that family, or nearly; nil where neither family's do.
func NearlyAll(networks []netip.Prefix) []netip.Prefix {
	for _, bits := range []int{32, 128} {
		if of := disjoint(networks, bits); share(of) > mostOfAll {
			return of
		}
	}
	return nil
}

// disjoint are the networks of a family, by the length of its addresses in bits, without
// those that lie within others.
func disjoint(networks []netip.Prefix, bits int) []netip.Prefix {
	var out []netip.Prefix
	for _, n := range networks {
		within := func(o netip.Prefix) bool { return o.Bits() < n.Bits() && o.Overlaps(n) }
		if n.IsValid() && n.Addr().BitLen() == bits && !slices.ContainsFunc(networks, within) && !slices.Contains(out, n.Masked()) {
			out = append(out, n.Masked())
		}
	}
	return out
}

func share(disjoint []netip.Prefix) float64 {
	sum := 0.0
	for _, n := range disjoint {
		sum += math.Ldexp(1, -n.Bits())
	}
	return sum
}
