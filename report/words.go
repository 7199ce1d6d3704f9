package report

import (
	"fmt"
	"math"
	"net/netip"
	"strings"
)

// Texts from outside are cut to these lengths, in characters.
const (
	maxName    = 120
	maxMessage = 600
	maxLine    = 300
)

// unidentified stands for the coordinator of sessions of which the coordinator is not known.
const unidentified = "(unidentified)"

// name makes a server's, user's or certificate's name printable.
func name(s string) string { return Neutralize(s, maxName) }

// message makes a text of up to a few sentences printable.
func message(s string) string { return Neutralize(s, maxMessage) }

// address prints a node or a local address: its zone may be anything.
func address(a netip.AddrPort) string {
	if !a.IsValid() {
		return "-"
	}
	return name(a.String())
}

// count is "1 node", "2 nodes".
func count[N ~int | ~int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// either is yes where condition holds, and no where it does not.
func either(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

// percent is a share with one digit: "21.4 %".
func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*clamp(share, 0, 1)) }

// chance is a probability in whole percent that never claims certainty where
// there is none.
func chance(p float64) string {
	switch p = clamp(p, 0, 1); {
	case p > 0 && p < .005:
		return "<1 %"
	case p < 1 && p >= .995:
		return ">99 %"
	default:
		return fmt.Sprintf("%.0f %%", 100*p)
	}
}

// clamp is x, or the bound that it exceeds; what is no number is lo.
func clamp(x, lo, hi float64) float64 {
	if math.IsNaN(x) {
		return lo
	}
	return min(max(x, lo), hi)
}

// orDash prints a dash in place of nothing.
func orDash(s string) string {
	return either(s != "", s, "-")
}

// joined lists up to limit names, then how many more there are.
func joined(names []string, limit int) string {
	if len(names) <= limit {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:limit], ", ") + fmt.Sprintf(" and %d more", len(names)-limit)
}
